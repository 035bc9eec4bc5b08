//! The plan of one schedule (simulated run): its settings, and its acts (publications, faults and actions of users).
//! The plan is drawn completely from a seed before the run begins, so that it can be shortened if the run fails.

mod draw;

use shared::Millis;
use shared::client::Rewind;

use crate::conditions::Conditions;

/// Time of the server's clock at the beginning of a simulated run, in milliseconds since the Unix epoch.
pub const BEGIN: Millis = 1_800_000_000_000;
/// Names of the topics to which clients publish.
pub const TOPICS: [&str; 4] = ["a/x", "a/y", "b", "c/d/e"];
/// Filters to which clients subscribe.
pub const FILTERS: [&str; 5] = ["*", "a/*", "a/x", "b", "c/*"];

/// The plan of one schedule (simulated run): its settings, and the acts to perform.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Seed from which the plan was drawn. It also determines all random decisions during the simulated run.
    pub seed: u64,
    /// Settings that stay the same during the simulated run.
    pub setting: Setting,
    /// Acts to perform, each with its delay after the previous act, in milliseconds.
    pub acts: Vec<(u64, Act)>,
}

/// Settings that stay the same during a simulated run.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Platform on which the server runs.
    pub platform: Platform,
    /// True if clients need a token to connect.
    pub tokens: bool,
    /// Age of a connection at which the server wants clients to replace it, in milliseconds.
    pub rotate_in_ms: u64,
    /// Time for which publications are collected before they are broadcast, in milliseconds.
    pub frame_every_ms: u64,
    /// Age at which the gateway closes a connection, in milliseconds.
    pub life_ms: u64,
    /// Time without a message after which the gateway closes a connection, in milliseconds.
    pub idle_ms: u64,
    /// Maximum number of publications that the server keeps of a topic. Older ones are deleted.
    pub keep_items: u64,
    /// Maximum age of publications that the server keeps, in milliseconds. Older ones are deleted.
    pub keep_age_ms: i64,
    /// Settings of the clients that subscribe and publish over a session.
    pub clients: Vec<ClientSetting>,
}

/// Kind of platform on which the simulated server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// A single process, as on a laptop. It handles the messages of a connection one after the other, and writes
    /// history together with the append.
    Laptop,
    /// Lambda functions. They handle the messages of a connection at the same time, and history is written later, by
    /// the broadcast.
    Cloud,
}

/// Settings of one simulated client.
#[derive(Debug, Clone)]
pub struct ClientSetting {
    /// First subscriptions of the client: each is an index into [`FILTERS`], with the amount of past publications to
    /// replay.
    pub watches: Vec<(usize, Option<Rewind>)>,
    /// True if the client is a browser, which does not learn why a handshake was refused.
    pub is_browser: bool,
    /// Difference of the clocks in milliseconds: the client's wall clock minus the server's.
    pub skew_ms: i64,
    /// Maximum number of publish requests in the client's outbound queue.
    pub queue_messages: usize,
}

/// An act of a simulated run: a publication, a fault, or an action of a user. Clients, topics and filters are given by
/// their index.
#[derive(Debug, Clone)]
pub enum Act {
    /// A client publishes `items` values to a topic over its session.
    Publish { client: usize, topic: usize, items: usize, idempotent: bool },
    /// A publisher without a session publishes `items` values to a topic over HTTP.
    Post { topic: usize, items: usize },
    /// Another principal (authenticated client) publishes to a topic under the names of all producers that the topic
    /// remembers, with the highest sequence number. This must not affect the requests of the real producers.
    Impersonate { topic: usize },
    /// Another principal (authenticated client) publishes to a topic under `producers` different producer names.
    Crowd { topic: usize, producers: usize },
    /// A topic is deleted by an HTTP request.
    Delete { topic: usize },
    /// The connections of a client break. Each end either notices it or not.
    Cut { client: usize, client_notices: bool, server_notices: bool },
    /// For `ms` milliseconds, no message arrives on the sockets of a client. The messages arrive afterwards.
    Freeze { client: usize, ms: u64 },
    /// A client has no network for `ms` milliseconds. If `notified` is true, its session is told at once. If
    /// `sockets_survive` is true, its messages are only delayed; otherwise its connections break.
    Unplug { client: usize, ms: u64, notified: bool, sockets_survive: bool },
    /// A client's machine sleeps for `ms` milliseconds. If `clock_stops` is true, its monotonic clock stands still
    /// meanwhile. If `sockets_survive` is false, its connections break.
    Sleep { client: usize, ms: u64, clock_stops: bool, sockets_survive: bool },
    /// The page of a client becomes visible or hidden.
    Show { client: usize, visible: bool },
    /// The server stops, and is started again after `down_ms` milliseconds.
    Restart { down_ms: u64, announced: bool, keeps: Keeps },
    /// The log of a topic is lost. The next publication starts a new log with another epoch.
    Reset { topic: usize },
    /// All publications of a topic except the newest `keep` are deleted from history.
    Evict { topic: usize, keep: u64 },
    /// The server's store fails for `ms` milliseconds, in the way `how`.
    BreakStore { ms: u64, how: StoreFault },
    /// The conditions of the network and the platform change to these.
    Conditions(Conditions),
    /// A client subscribes to another filter.
    Watch { client: usize, filter: usize, rewind: Option<Rewind> },
    /// A client asks for conflated publications of a filter to which it is subscribed, or for every publication again.
    Conflate { client: usize, filter: usize, max_hz: Option<u32> },
    /// A client ends its subscription to a filter.
    Unwatch { client: usize, filter: usize },
    /// A client closes its session.
    Close { client: usize },
    /// A client opens its session again.
    Open { client: usize },
    /// The user of a client presses the button "Try now".
    RetryNow { client: usize },
    /// The server loses its records of a client's connections.
    Forget { client: usize },
    /// A client passes a token to its session: a valid one if `good` is true, or else an invalid one.
    Token { client: usize, good: bool },
    /// The server sends the numbers of subscribers to its clients (`occupancy_due`).
    CountViewers,
}

/// Data that the server still has after it was restarted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// The server keeps the logs and the records of connections, as on AWS.
    Rows,
    /// The server keeps the logs, but loses the records of connections.
    Log,
    /// The server loses everything. Every log is started anew with another epoch.
    Nothing,
}

/// Kind of failure of the server's store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFault {
    /// The store works without failures.
    None,
    /// Every call of the store fails and changes nothing.
    Refuses,
    /// The disk is full: appending fails, but reading works.
    Full,
    /// An append succeeds, but its caller gets an error.
    LosesAnswers,
}
