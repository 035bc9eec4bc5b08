//! Every duration and limit of the session, with its reason. [`TABLE`] is printed in `PROTOCOL.md`.

/// Time within which a socket has to open, in milliseconds. It is long because a cold start of the authorizer takes seconds.
pub const OPEN_MS: u64 = 10_000;
/// Time within which the first reply on an open socket has to arrive, in milliseconds. After it the first messages are sent once
/// more.
pub const FIRST_REPLY_MS: u64 = 5_000;
/// Time within which the first reply has to arrive after the first messages were sent the second time, in milliseconds.
pub const SECOND_REPLY_MS: u64 = 10_000;
/// Maximum of the random delay before the first attempt, in milliseconds. It doubles with every failed attempt.
pub const BACKOFF_BASE_MS: u64 = 500;
/// Maximum up to which the delay of the backoff is doubled, in milliseconds.
pub const BACKOFF_CAP_MS: u64 = 20_000;
/// Age from which a connection counts as stable, in milliseconds. Only a stable connection resets the backoff, so that a server
/// that accepts connections and drops them at once is not called in quick succession for ever.
pub const STABLE_MS: u64 = 5_000;
/// Time without a message after which a visible page sends a ping, in milliseconds. It is below the 60 s after which common
/// proxies close a connection.
pub const PING_VISIBLE_MS: u64 = 50_000;
/// Time without a message after which a hidden page sends a ping, in milliseconds. Two of these fit into API Gateway's ten
/// minutes. It is longer than for a visible page because browsers slow the timers of hidden pages.
pub const PING_HIDDEN_MS: u64 = 270_000;
/// Maximum time between two pings, in milliseconds, even on a busy connection: a `pong` carries the server's clock, and the heads
/// that reveal the loss of a quiet topic's last publication.
pub const MAX_PING_INTERVAL_MS: u64 = 270_000;
/// Time within which a ping has to be answered, in milliseconds. Otherwise the socket is taken for dead.
pub const PONG_MS: u64 = 10_000;
/// Time within which a ping has to be answered after an event that makes a dead socket likely, in milliseconds: the end of a
/// sleep, `online`, `offline`, a page that is shown, [`Session::check_liveness`](crate::Session::check_liveness).
pub const PROBE_MS: u64 = 5_000;
/// Time without a message after which [`Session::check_liveness`](crate::Session::check_liveness) sends a ping, in milliseconds.
/// A socket that received a message more recently is alive.
pub const LIVENESS_CHECK_MS: u64 = 1_000;
/// Jump of a clock from which a sleep of the machine is concluded, in milliseconds.
pub const WAKE_JUMP_MS: u64 = 30_000;
/// Time without a stable connection after which attempts to connect become rare, in milliseconds.
pub const SUSPEND_AFTER_MS: u64 = 120_000;
/// Time between attempts to connect in the state `Suspended`, in milliseconds, give or take [`SPREAD_PERCENT`].
pub const SUSPENDED_RETRY_MS: u64 = 30_000;
/// Time between attempts while the browser reports that it is offline, in milliseconds. Attempts go on because the report is
/// often wrong.
pub const OFFLINE_RETRY_MS: u64 = 30_000;
/// Random spread of the slow timers to either side, in percent of their length.
pub const SPREAD_PERCENT: u64 = 20;
/// Time without a connection after which a banner is shown, in milliseconds. Shorter interruptions are not reported.
pub const BANNER_MS: u64 = 1_500;
/// Age at which a connection is replaced if the server sends no time, in milliseconds. It is below the two hours after which API
/// Gateway closes the connection.
pub const ROTATE_MS: u64 = 110 * 60_000;
/// Random spread of [`ROTATE_MS`] to either side, in milliseconds.
pub const ROTATE_SPREAD_MS: u64 = 5 * 60_000;
/// Minimum time after which a connection is replaced, in milliseconds, even if the server asks for a shorter time.
pub const ROTATE_LEAST_MS: u64 = 1_000;
/// Time within which the new connection of a rotation has to catch up, in milliseconds. After it the old connection is closed,
/// and missing publications are requested on the new one.
pub const CATCH_UP_MS: u64 = 10_000;
/// Time between a failed rotation and the next one, in milliseconds, give or take [`SPREAD_PERCENT`].
pub const ROTATE_AGAIN_MS: u64 = 30_000;
/// Time within which a socket has to close after the session was closed, in milliseconds.
pub const CLOSE_MS: u64 = 2_000;
/// Default of [`Settings::queue_messages`](crate::Settings::queue_messages).
pub const QUEUE_MESSAGES: usize = 100;
/// Default of [`Settings::queue_age_ms`](crate::Settings::queue_age_ms), in milliseconds.
pub const QUEUE_AGE_MS: u64 = 120_000;
/// Maximum number of publish requests that are sent and not yet answered.
pub const PUBLISHES_IN_FLIGHT: usize = 32;
/// Time after which an unanswered request is taken for lost, in milliseconds: API Gateway gives a route 29 s. A connection on
/// which no `history` request was answered for this time is taken for lost, too.
pub const REPLY_MS: u64 = 30_000;
/// Delay before a refused request is repeated, in milliseconds, if the server sends no `retry_after_ms`.
pub const REFUSED_RETRY_MS: u64 = 1_000;
/// Time for which a hole may close by itself before it is requested, in milliseconds. It can close by itself because frames may
/// arrive in a different order.
pub const HOLE_MS: u64 = 300;
/// Time within which an announced replay has to begin, in milliseconds. Otherwise the publications are requested by `history`.
pub const REPLAY_MS: u64 = 5_000;
/// Time after which an unanswered `history` request is repeated, in milliseconds.
pub const HISTORY_MS: u64 = 5_000;
/// Maximum number of `history` requests that are sent and not yet answered. Each topic has at most one.
pub const HISTORY_IN_FLIGHT: usize = 8;
/// Number of consecutive failed `history` requests after which a hole is declared a gap, so that newer data is not held back for
/// ever.
pub const HISTORY_ATTEMPTS: u32 = 6;
/// Minimum time over which these failed requests have to be spread, in milliseconds. A server that restarts or a store that is
/// temporarily slow recovers within this time.
pub const GIVE_UP_MS: u64 = 60_000;
/// Maximum number of publications of one topic that are held back behind a hole. Those beyond it are dropped and requested again.
pub const AHEAD_ITEMS: usize = 1_000;
/// Maximum number of publications of all topics together that are held back behind holes.
pub const AHEAD_TOTAL: usize = 4_096;
/// Maximum number of topics that a session follows.
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
