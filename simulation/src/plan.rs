//! The plan of one schedule. It is drawn completely from a seed before the schedule begins, so that it can be shortened if the
//! schedule fails.

mod draw;

use shared::Millis;
use shared::client::Rewind;

use crate::conditions::Conditions;

/// Time by the server's clock at which a schedule begins, in milliseconds since the Unix epoch.
pub const BEGIN: Millis = 1_800_000_000_000;
/// Topics to which clients publish.
pub const TOPICS: [&str; 4] = ["a/x", "a/y", "b", "c/d/e"];
/// Filters to which clients subscribe.
pub const FILTERS: [&str; 5] = ["*", "a/*", "a/x", "b", "c/*"];

/// The plan of one schedule.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Seed from which the plan was drawn. It also determines all random decisions during the schedule.
    pub seed: u64,
    /// Settings that stay the same during the schedule.
    pub setting: Setting,
    /// Acts of the schedule, each with its delay after the previous act in milliseconds.
    pub acts: Vec<(u64, Act)>,
}

/// Settings that stay the same during a schedule.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Platform on which the server runs.
    pub platform: Platform,
    /// True if the server requires tokens.
    pub tokens: bool,
    /// Time after which the server tells clients to replace their connection, in milliseconds.
    pub rotate_in_ms: u64,
    /// Age at which the gateway closes a connection, in milliseconds.
    pub life_ms: u64,
    /// Time without a message after which the gateway closes a connection, in milliseconds.
    pub idle_ms: u64,
    /// Maximum number of publications of a topic. Older ones are deleted.
    pub keep_items: u64,
    /// Maximum age of publications, in milliseconds. Older ones are deleted.
    pub keep_age_ms: i64,
    /// Clients that subscribe and publish over a session.
    pub clients: Vec<ClientSetting>,
}

/// Platform on which the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// One process. It handles the messages of a connection one after the other, and writes history together with the append.
    Laptop,
    /// Functions. They handle the messages of a connection at the same time, and the broadcast writes history.
    Cloud,
}

/// Settings of one client.
#[derive(Debug, Clone)]
pub struct ClientSetting {
    /// First subscriptions of the client: indices into [`FILTERS`], and the past to replay.
    pub watches: Vec<(usize, Option<Rewind>)>,
    /// True for a browser, which is not told why a handshake was refused.
    pub is_browser: bool,
    /// Wall clock of the client minus that of the server, in milliseconds.
    pub skew_ms: i64,
    /// Maximum number of messages in the client's outbound queue.
    pub queue_messages: usize,
}

/// An act of a schedule. Clients, topics and filters are given by their index.
#[derive(Debug, Clone)]
pub enum Act {
    /// A client publishes over its session.
    Publish { client: usize, topic: usize, items: usize, idempotent: bool },
    /// A publisher without a session publishes over HTTP.
    Post { topic: usize, items: usize },
    /// Another principal publishes under the ids of the producers of a topic, with the maximum request number.
    Impersonate { topic: usize },
    /// Another principal publishes under `producers` different ids.
    Crowd { topic: usize, producers: usize },
    /// A topic is deleted.
    Delete { topic: usize },
    /// A client's sockets break.
    Cut { client: usize, client_notices: bool, server_notices: bool },
    /// No message passes on a client's sockets for a while.
    Freeze { client: usize, ms: u64 },
    /// A client has no network for a while.
    Unplug { client: usize, ms: u64, notified: bool, sockets_survive: bool },
    /// A client's machine sleeps for a while.
    Sleep { client: usize, ms: u64, clock_stops: bool, sockets_survive: bool },
    /// The page of a client is shown or hidden.
    Show { client: usize, visible: bool },
    /// The server stops and is started again.
    Restart { down_ms: u64, announced: bool, keeps: Keeps },
    /// A topic's log is lost, so that it is started anew with another epoch.
    Reset { topic: usize },
    /// All publications of a topic but the newest `keep` are deleted from history.
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
    /// The server loses the database rows of a client's connections.
    Forget { client: usize },
    /// A client's shell sets a token.
    Token { client: usize, good: bool },
    /// The server's host calls `occupancy_due`, which sends the numbers of viewers.
    CountViewers,
}

/// Data that the server keeps when it is restarted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// It keeps the rows of connections and the logs, as on AWS.
    Rows,
    /// It keeps the logs.
    Log,
    /// It keeps nothing: every log is started anew with another epoch.
    Nothing,
}

/// Kind of failure of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFault {
    /// The store works.
    None,
    /// Every call fails and changes nothing.
    Refuses,
    /// The disk is full: every append fails, and reading still works.
    Full,
    /// An append succeeds, and the caller gets an error.
    LosesAnswers,
}
