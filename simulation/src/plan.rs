//! What is to happen in one schedule, all of it drawn from a seed before it begins, so that it can be made
//! shorter when it fails.

mod draw;

use shared::client::Rewind;

use crate::store::Broken;
use crate::weather::Weather;

/// The topics that are published to.
pub const TOPICS: [&str; 4] = ["a/x", "a/y", "b", "c/d/e"];
/// What is watched.
pub const FILTERS: [&str; 5] = ["*", "a/*", "a/x", "b", "c/*"];

/// One schedule.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it was drawn from; also the seed of everything left to chance while it runs.
    pub seed: u64,
    /// The world it happens in.
    pub setting: Setting,
    /// What happens, and how many milliseconds after the one before.
    pub acts: Vec<(u64, Act)>,
}

/// What does not change during a schedule.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Which of the two worlds.
    pub platform: Platform,
    /// Whether the server asks for tokens.
    pub tokens: bool,
    /// After how long clients are told to rotate, in milliseconds.
    pub rotate_in_ms: u64,
    /// After how long the gateway cuts a connection, in milliseconds.
    pub life_ms: u64,
    /// After how much silence it does, in milliseconds.
    pub idle_ms: u64,
    /// How many publications of a topic are kept.
    pub keep_items: u64,
    /// For how long, in milliseconds.
    pub keep_age_ms: i64,
    /// Everybody who watches or publishes over a session.
    pub clients: Vec<ClientSetting>,
}

/// Where the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// One process: messages of a connection one after the other, history written with the append.
    Laptop,
    /// Functions: messages of a connection at the same time, history written by the broadcast.
    Cloud,
}

/// One client.
#[derive(Debug, Clone)]
pub struct ClientSetting {
    /// What it watches from the start: an index into [`FILTERS`].
    pub watches: Vec<(usize, Option<Rewind>)>,
    /// A browser is not told why a handshake was refused.
    pub is_browser: bool,
    /// Its wall clock minus the server's, in milliseconds.
    pub skew_ms: i64,
    /// Its outbound queue.
    pub queue_messages: usize,
}

/// Something that happens. Clients and topics are named by their index.
#[derive(Debug, Clone)]
pub enum Act {
    /// A client publishes by its session.
    Publish { client: usize, topic: usize, items: usize, idempotent: bool },
    /// Somebody publishes over HTTP.
    Post { topic: usize, items: usize },
    /// A client's sockets break.
    Cut { client: usize, client_notices: bool, server_notices: bool },
    /// Nothing passes on a client's sockets for a while.
    Freeze { client: usize, ms: u64 },
    /// A client is without network for a while.
    Unplug { client: usize, ms: u64, told: bool, sockets_survive: bool },
    /// A client's machine sleeps.
    Sleep { client: usize, ms: u64, clock_stops: bool, sockets_survive: bool },
    /// A page is shown or hidden.
    Show { client: usize, visible: bool },
    /// The server goes down and comes up again.
    Restart { down_ms: u64, farewell: bool, keeps: Keeps },
    /// A topic's log is lost.
    Reset { topic: usize },
    /// History drops all but the newest.
    Evict { topic: usize, keep: u64 },
    /// The store fails for a while.
    BreakStore { ms: u64, how: Broken },
    /// The weather changes.
    Weather(Weather),
    /// A client watches something more.
    Watch { client: usize, filter: usize, rewind: Option<Rewind> },
    /// A client watches something no longer.
    Unwatch { client: usize, filter: usize },
    /// A client closes its session.
    Close { client: usize },
    /// It opens it again.
    Open { client: usize },
    /// Somebody presses "Try now".
    RetryNow { client: usize },
    /// The rows of a client's connections are lost.
    Forget { client: usize },
    /// A client is handed a token.
    Token { client: usize, good: bool },
    /// The shell tells watchers how many they are.
    CountViewers,
}

/// What a restart leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Connections' rows and the log, as on AWS.
    Rows,
    /// The log.
    Log,
    /// Nothing: every log begins anew.
    Nothing,
}
