//! Every duration and limit of the session, with its reason. [`TABLE`] is printed in `PROTOCOL.md`.

/// Time within which a socket has to open, in milliseconds. It is long because a cold start of the authorizer takes seconds.
pub const OPEN_MS: u64 = 10_000;
/// Time within which the first reply on an open socket has to arrive, in milliseconds. If none arrives, the first
/// messages are sent once more.
pub const FIRST_REPLY_MS: u64 = 5_000;
/// Time within which the first reply has to arrive after the first messages were sent once more, in milliseconds. If
/// none arrives, the socket is closed.
pub const SECOND_REPLY_MS: u64 = 10_000;
/// Upper bound of the random delay before the first attempt to reconnect, in milliseconds. Each further failed attempt
/// doubles the bound.
pub const BACKOFF_BASE_MS: u64 = 500;
/// Upper bound of the random delay before an attempt to connect, however many attempts have failed, in milliseconds.
pub const BACKOFF_CAP_MS: u64 = 20_000;
/// Age from which a connection counts as stable, in milliseconds. Only a stable connection resets the backoff.
/// Otherwise a server that accepts connections and drops them at once would be called in quick succession for ever.
pub const STABLE_MS: u64 = 5_000;
/// Time without a message after which a visible page sends a ping, in milliseconds. It is below the 60 s after which common
/// proxies close a connection.
pub const PING_VISIBLE_MS: u64 = 50_000;
/// Time without a message after which a hidden page sends a ping, in milliseconds. It is longer than for a visible page
/// because browsers slow down the timers of hidden pages. Two such periods fit into the ten minutes after which API
/// Gateway closes an idle connection.
pub const PING_HIDDEN_MS: u64 = 270_000;
/// Maximum time between two pings, in milliseconds, even on a busy connection. A `pong` contains the server's time and
/// the ends of the logs, by which the client notices that the last publication of a quiet topic was lost.
pub const MAX_PING_INTERVAL_MS: u64 = 270_000;
/// Time within which a ping has to be answered, in milliseconds. Otherwise the connection is considered dead.
pub const PONG_MS: u64 = 10_000;
/// Time within which a ping has to be answered after an event that makes a dead connection likely, in milliseconds.
/// Such events are the end of a sleep of the machine, a change between online and offline, a page that becomes visible,
/// and [`Session::check_liveness`](crate::Session::check_liveness).
pub const PROBE_MS: u64 = 5_000;
/// Time without a message after which [`Session::check_liveness`](crate::Session::check_liveness) sends a ping, in
/// milliseconds. A connection on which a message was received more recently is alive.
pub const LIVENESS_CHECK_MS: u64 = 1_000;
/// Minimum jump of a clock, in milliseconds, that is taken as a sign that the machine was asleep.
pub const WAKE_JUMP_MS: u64 = 30_000;
/// Time without a stable connection after which the attempts to connect become rare, in milliseconds.
pub const SUSPEND_AFTER_MS: u64 = 120_000;
/// Time between attempts to connect in the state `Suspended`, in milliseconds. It varies at random by
/// [`SPREAD_PERCENT`] to either side.
pub const SUSPENDED_RETRY_MS: u64 = 30_000;
/// Time between attempts to connect while the browser reports that it is offline, in milliseconds. Attempts continue
/// because this report is often wrong.
pub const OFFLINE_RETRY_MS: u64 = 30_000;
/// Random variation of long delays to either side, in percent of their length.
pub const SPREAD_PERCENT: u64 = 20;
/// Time without a connection after which a banner is shown, in milliseconds. Shorter interruptions are not shown.
pub const BANNER_MS: u64 = 1_500;
/// Age at which a connection is replaced if the server does not say when, in milliseconds. It is below the two hours
/// after which API Gateway closes the connection.
pub const ROTATE_MS: u64 = 110 * 60_000;
/// Random variation of [`ROTATE_MS`] to either side, in milliseconds.
pub const ROTATE_SPREAD_MS: u64 = 5 * 60_000;
/// Minimum age at which a connection is replaced, in milliseconds, even if the server asks for a lower one.
pub const ROTATE_LEAST_MS: u64 = 1_000;
/// Time within which a new connection that replaces an old one has to receive everything that is missing, in
/// milliseconds. After it, the old connection is closed in any case, and missing publications are requested on the new
/// one.
pub const CATCH_UP_MS: u64 = 10_000;
/// Time between a failed replacement of the connection and the next attempt, in milliseconds. It varies at random by
/// [`SPREAD_PERCENT`] to either side.
pub const ROTATE_AGAIN_MS: u64 = 30_000;
/// Time to wait for the socket to close after the session was closed, in milliseconds.
pub const CLOSE_MS: u64 = 2_000;
/// Default of [`Settings::queue_messages`](crate::Settings::queue_messages), the maximum number of messages in the
/// outbound queue.
pub const QUEUE_MESSAGES: usize = 100;
/// Default of [`Settings::queue_age_ms`](crate::Settings::queue_age_ms), the maximum time that a message waits in the
/// outbound queue, in milliseconds.
pub const QUEUE_AGE_MS: u64 = 120_000;
/// Maximum number of publish requests that have been sent and not answered yet.
pub const PUBLISHES_IN_FLIGHT: usize = 32;
/// Time after which an unanswered request is considered lost, in milliseconds. It is longer than the 29 s that API
/// Gateway gives a route. A connection on which no `history` request was answered for this time is closed.
pub const REPLY_MS: u64 = 30_000;
/// Delay before a refused request is sent again, in milliseconds, if the server sends no `retry_after_ms`.
pub const REFUSED_RETRY_MS: u64 = 1_000;
/// Time to wait before missing publications are requested, in milliseconds. They may still arrive by themselves,
/// because frames may arrive in a different order.
pub const HOLE_MS: u64 = 300;
/// Time within which an announced replay of past publications has to begin, in milliseconds. Otherwise the publications
/// are requested by `history`.
pub const REPLAY_MS: u64 = 5_000;
/// Time after which an unanswered `history` request is repeated, in milliseconds.
pub const HISTORY_MS: u64 = 5_000;
/// Maximum number of `history` requests that have been sent and not answered yet. Each topic has at most one.
pub const HISTORY_IN_FLIGHT: usize = 8;
/// Number of consecutive failed `history` requests for a topic after which its missing publications are declared lost,
/// so that newer ones are not held back for ever.
pub const HISTORY_ATTEMPTS: u32 = 6;
/// Minimum time between the first and the last of the failed `history` requests before missing publications are
/// declared lost, in milliseconds. A server that restarts, or a store that is temporarily slow, recovers within this
/// time.
pub const GIVE_UP_MS: u64 = 60_000;
/// Maximum number of publications of one topic that are held back because earlier ones are missing. Further ones are
/// dropped and requested again.
pub const AHEAD_ITEMS: usize = 1_000;
/// Maximum number of publications of all topics together that are held back because earlier ones are missing.
pub const AHEAD_TOTAL: usize = 4_096;
/// Maximum number of topics of which a session delivers publications.
pub const BOOK_TOPICS: usize = shared::limits::TOPICS;

/// One row of [`TABLE`], which describes a constant for the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constant {
    /// Description of the constant for people.
    pub what: &'static str,
    /// Value of the constant, in `unit`.
    pub value: u64,
    /// Unit of the value, such as `ms`.
    pub unit: &'static str,
}

const fn ms(what: &'static str, value: u64) -> Constant {
    Constant { what, value, unit: "ms" }
}

const fn count(what: &'static str, value: usize, unit: &'static str) -> Constant {
    Constant { what, value: value as u64, unit }
}

/// Every constant of this module, in the order in which the documents print them.
pub const TABLE: &[Constant] = &[
    ms("socket open time-out", OPEN_MS),
    ms("first reply time-out", FIRST_REPLY_MS),
    ms("second reply time-out, once", SECOND_REPLY_MS),
    ms("backoff, first ceiling (full jitter)", BACKOFF_BASE_MS),
    ms("backoff, last ceiling", BACKOFF_CAP_MS),
    ms("connected for this long resets the backoff", STABLE_MS),
    ms("ping when silent, page visible", PING_VISIBLE_MS),
    ms("ping when silent, page hidden", PING_HIDDEN_MS),
    ms("ping on a busy connection", MAX_PING_INTERVAL_MS),
    ms("pong deadline", PONG_MS),
    ms("pong deadline of a probe", PROBE_MS),
    ms("silence before a requested ping", LIVENESS_CHECK_MS),
    ms("clock jump that means sleep", WAKE_JUMP_MS),
    ms("suspended after", SUSPEND_AFTER_MS),
    ms("retry when suspended, ± 20 %", SUSPENDED_RETRY_MS),
    ms("retry when offline", OFFLINE_RETRY_MS),
    ms("banner after", BANNER_MS),
    ms("rotation", ROTATE_MS),
    ms("rotation, spread to either side", ROTATE_SPREAD_MS),
    ms("soonest rotation", ROTATE_LEAST_MS),
    ms("time to catch up when rotating", CATCH_UP_MS),
    ms("next try after a failed rotation, ± 20 %", ROTATE_AGAIN_MS),
    ms("close time-out", CLOSE_MS),
    count("outbound queue", QUEUE_MESSAGES, "messages"),
    ms("age in the outbound queue", QUEUE_AGE_MS),
    count("publish requests in flight", PUBLISHES_IN_FLIGHT, "messages"),
    ms("reply time-out", REPLY_MS),
    ms("repeat of a refused request", REFUSED_RETRY_MS),
    ms("a hole is asked for after", HOLE_MS),
    ms("a replay is waited for", REPLAY_MS),
    ms("history time-out", HISTORY_MS),
    count("history requests in flight", HISTORY_IN_FLIGHT, "requests"),
    count("attempts to fill a hole, at least", HISTORY_ATTEMPTS as usize, "requests"),
    ms("… and for at least", GIVE_UP_MS),
    count("held behind a hole, each topic", AHEAD_ITEMS, "publications"),
    count("held behind holes, in all", AHEAD_TOTAL, "publications"),
    count("positions kept", BOOK_TOPICS, "topics"),
];
