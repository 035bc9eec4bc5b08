//! Every duration and bound of the session, with its reason. [`TABLE`] is printed in `PROTOCOL.md`.

/// Time in which a socket has to open, in milliseconds. A cold authorizer needs seconds.
pub const OPEN_MS: u64 = 10_000;
/// Time in which the first reply on an open socket has to come, in milliseconds; then the first messages are sent again.
pub const FIRST_REPLY_MS: u64 = 5_000;
/// The second and last wait for a first reply, in milliseconds.
pub const SECOND_REPLY_MS: u64 = 10_000;
/// First ceiling of the backoff, in milliseconds; it doubles with every failed attempt.
pub const BACKOFF_BASE_MS: u64 = 500;
/// Last ceiling of the backoff, in milliseconds.
pub const BACKOFF_CAP_MS: u64 = 20_000;
/// Time after which a connection is stable, in milliseconds. Only a stable connection resets the backoff: a server that
/// accepts a connection and drops it at once must not be called in quick succession for ever.
pub const STABLE_MS: u64 = 5_000;
/// Silence after which a visible page sends a ping, in milliseconds: below the 60 s after which common proxies close a
/// connection.
pub const PING_VISIBLE_MS: u64 = 50_000;
/// The same for a hidden page, in milliseconds: two fit into API Gateway's ten minutes, and browsers slow
/// the timers of hidden pages.
pub const PING_HIDDEN_MS: u64 = 270_000;
/// Longest time between two pings, in milliseconds, even on a busy connection: a `pong` carries the server's clock, and
/// the heads that reveal the loss of a quiet topic's last publication.
pub const MAX_PING_INTERVAL_MS: u64 = 270_000;
/// Time in which a ping has to be answered, in milliseconds. Otherwise the socket is dead.
pub const PONG_MS: u64 = 10_000;
/// The same after an event that makes a dead socket likely: the end of a sleep, `online`, `offline`, a page that is shown,
/// [`Session::check_liveness`](crate::Session::check_liveness).
pub const PROBE_MS: u64 = 5_000;
/// Silence after which [`Session::check_liveness`](crate::Session::check_liveness) sends a ping, in milliseconds: a socket
/// that has just received something is alive.
pub const LIVENESS_CHECK_MS: u64 = 1_000;
/// Jump of a clock that means that the machine slept, in milliseconds.
pub const WAKE_JUMP_MS: u64 = 30_000;
/// Time without a stable connection after which attempts become rare, in milliseconds.
pub const SUSPEND_AFTER_MS: u64 = 120_000;
/// Time between attempts when suspended, in milliseconds, give or take [`SPREAD_PERCENT`].
pub const SUSPENDED_RETRY_MS: u64 = 30_000;
/// Time between attempts while the browser says it is offline, in milliseconds: it is often wrong.
pub const OFFLINE_RETRY_MS: u64 = 30_000;
/// Spread of the slow timers, in percent of their length, to either side.
pub const SPREAD_PERCENT: u64 = 20;
/// Time without a connection after which a banner is shown, in milliseconds. Shorter interruptions are not worth it.
pub const BANNER_MS: u64 = 1_500;
/// Age at which a connection is replaced if the server names no time, in milliseconds: before API Gateway cuts it after
/// two hours.
pub const ROTATE_MS: u64 = 110 * 60_000;
/// Spread of [`ROTATE_MS`], in milliseconds to either side.
pub const ROTATE_SPREAD_MS: u64 = 5 * 60_000;
/// Shortest time after which a server can ask for a rotation, in milliseconds.
pub const ROTATE_LEAST_MS: u64 = 1_000;
/// Time in which the new connection has to catch up, in milliseconds. Then the old one is closed, and what is missing is
/// fetched on the new one.
pub const CATCH_UP_MS: u64 = 10_000;
/// Time to the next try after a rotation that failed, in milliseconds, give or take [`SPREAD_PERCENT`].
pub const ROTATE_AGAIN_MS: u64 = 30_000;
/// Time in which a closing socket has to close, in milliseconds.
pub const CLOSE_MS: u64 = 2_000;
/// Capacity of the outbound queue, in messages, unless [`Settings`](crate::Settings) says otherwise.
pub const QUEUE_MESSAGES: usize = 100;
/// Longest time that a message waits in the queue, in milliseconds, unless [`Settings`](crate::Settings) says otherwise.
pub const QUEUE_AGE_MS: u64 = 120_000;
/// Largest number of publish requests that are sent and not yet answered.
pub const PUBLISHES_IN_FLIGHT: usize = 32;
/// Time after which an unanswered request is taken for lost, in milliseconds: API Gateway gives a route 29 s. So is a
/// connection on which no `history` was answered for as long.
pub const REPLY_MS: u64 = 30_000;
/// Pause before a refused request is repeated, in milliseconds, if the server names none.
pub const REFUSED_RETRY_MS: u64 = 1_000;
/// Time in which a hole may close by itself before it is requested, in milliseconds: frames overtake each other.
pub const HOLE_MS: u64 = 300;
/// Time in which an announced replay has to begin, in milliseconds. Otherwise it is fetched by `history`.
pub const REPLAY_MS: u64 = 5_000;
/// Time after which an unanswered `history` request is repeated, in milliseconds.
pub const HISTORY_MS: u64 = 5_000;
/// Largest number of `history` requests on their way at once, of which each topic has at most one.
pub const HISTORY_IN_FLIGHT: usize = 8;
/// Number of `history` requests in a row that brought nothing before a hole is declared a gap, so that newer data is not
/// held back for ever.
pub const HISTORY_ATTEMPTS: u32 = 6;
/// Time over which those requests have to be spread at least, in milliseconds: a server that restarts or a store that
/// stalls is back sooner.
pub const GIVE_UP_MS: u64 = 60_000;
/// Largest number of publications of one topic that are held back behind a hole; those beyond it are fetched again.
pub const AHEAD_ITEMS: usize = 1_000;
/// The same over all topics.
pub const AHEAD_TOTAL: usize = 4_096;
/// Largest number of topics whose position is kept.
pub const BOOK_TOPICS: usize = shared::limits::TOPICS;

/// One row of the table of constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constant {
    /// Description for people.
    pub what: &'static str,
    /// Value in `unit`.
    pub value: u64,
    /// Unit of the value.
    pub unit: &'static str,
}

const fn ms(what: &'static str, value: u64) -> Constant {
    Constant { what, value, unit: "ms" }
}

const fn count(what: &'static str, value: usize, unit: &'static str) -> Constant {
    Constant { what, value: value as u64, unit }
}

/// Every constant, as the documents print it.
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
