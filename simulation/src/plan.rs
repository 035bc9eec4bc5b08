//! The plan of one schedule. All of it is drawn from a seed before the schedule begins, so that it can be shortened when the
//! schedule fails.

mod draw;

use shared::Millis;
use shared::client::Rewind;

use crate::conditions::Conditions;

/// Time by the server's clock at which a schedule begins, in milliseconds since the Unix epoch.
pub const BEGIN: Millis = 1_800_000_000_000;
/// The topics that are published to.
pub const TOPICS: [&str; 4] = ["a/x", "a/y", "b", "c/d/e"];
/// The filters that clients subscribe to.
pub const FILTERS: [&str; 5] = ["*", "a/*", "a/x", "b", "c/*"];

/// One schedule.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Seed that the plan was drawn from; also the seed of all random decisions while it runs.
    pub seed: u64,
    /// The conditions that stay the same during the schedule.
    pub setting: Setting,
    /// The acts, each with the milliseconds since the act before it.
    pub acts: Vec<(u64, Act)>,
}

/// The settings of a schedule.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Platform that the server runs on.
    pub platform: Platform,
    /// True if the server needs tokens.
    pub tokens: bool,
    /// Time after which clients replace their connection, in milliseconds.
    pub rotate_in_ms: u64,
    /// Age at which the gateway closes a connection, in milliseconds.
    pub life_ms: u64,
    /// Silence after which the gateway closes a connection, in milliseconds.
    pub idle_ms: u64,
    /// Number of publications of a topic that are kept.
    pub keep_items: u64,
    /// Maximum age of publications, in milliseconds. Older ones are deleted.
    pub keep_age_ms: i64,
    /// Clients that subscribe and publish over a session.
    pub clients: Vec<ClientSetting>,
}

/// Platform that the server runs on.
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
    /// Its first subscriptions: indices into [`FILTERS`], and the past to replay.
    pub watches: Vec<(usize, Option<Rewind>)>,
    /// True for a browser, which does not learn why a handshake was refused.
    pub is_browser: bool,
    /// Its wall clock minus the server's, in milliseconds.
    pub skew_ms: i64,
    /// Length of its outbound queue.
    pub queue_messages: usize,
}

/// An act of a schedule. Clients, topics and filters are given by their index.
#[derive(Debug, Clone)]
pub enum Act {
    /// A client publishes over its session.
    Publish { client: usize, topic: usize, items: usize, idempotent: bool },
    /// A publisher without a session publishes over HTTP.
    Post { topic: usize, items: usize },
    /// A client's sockets break.
    Cut { client: usize, client_notices: bool, server_notices: bool },
    /// Nothing passes on a client's sockets for a while.
    Freeze { client: usize, ms: u64 },
    /// A client is without network for a while.
    Unplug { client: usize, ms: u64, notified: bool, sockets_survive: bool },
    /// A client's machine sleeps.
    Sleep { client: usize, ms: u64, clock_stops: bool, sockets_survive: bool },
    /// A page is shown or hidden.
    Show { client: usize, visible: bool },
    /// The server goes down and comes up again.
    Restart { down_ms: u64, announced: bool, keeps: Keeps },
    /// A topic's log is lost, so that it begins again with a new epoch.
    Reset { topic: usize },
    /// History drops all but the newest publications of a topic.
    Evict { topic: usize, keep: u64 },
    /// The store fails for a while.
    BreakStore { ms: u64, how: StoreFault },
    /// The conditions of the network and the platform change.
    Conditions(Conditions),
    /// A client adds a subscription.
    Watch { client: usize, filter: usize, rewind: Option<Rewind> },
    /// A client ends a subscription.
    Unwatch { client: usize, filter: usize },
    /// A client closes its session.
    Close { client: usize },
    /// A client opens its session again.
    Open { client: usize },
    /// The user of a client presses "Try now".
    RetryNow { client: usize },
    /// The rows of a client's connections are lost.
    Forget { client: usize },
    /// A client gets a token from its shell.
    Token { client: usize, good: bool },
    /// The host calls `occupancy_due`.
    CountViewers,
}

/// The data that a restart keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Connections' rows and the log, as on AWS.
    Rows,
    /// The log.
    Log,
    /// Nothing: every log begins again with a new epoch.
    Nothing,
}

/// The way in which the store fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFault {
    /// It does not fail.
    None,
    /// Every call fails and changes nothing.
    Refuses,
    /// An append succeeds, and the caller gets an error.
    LosesAnswers,
}
