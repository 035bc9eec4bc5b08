//! Every duration and bound of the session, with its reason. [`TABLE`] is what `PROTOCOL.md` prints.

/// A socket that has not opened after this long is given up, in milliseconds. A cold authorizer needs
/// seconds.
pub const OPEN_MS: u64 = 10_000;
/// The first reply on an open socket is waited for this long, in milliseconds; then it is asked for again.
pub const FIRST_REPLY_MS: u64 = 5_000;
/// The second and last wait for a first reply, in milliseconds.
pub const SECOND_REPLY_MS: u64 = 10_000;
/// First ceiling of the backoff, in milliseconds; it doubles with every failed attempt.
pub const BACKOFF_BASE_MS: u64 = 500;
/// Last ceiling of the backoff, in milliseconds.
pub const BACKOFF_CAP_MS: u64 = 20_000;
/// Only a connection that has stood this long, in milliseconds, ends a run of failures: one that is
/// accepted and dropped at once must not be met with quick retries for ever.
pub const STABLE_MS: u64 = 5_000;
/// Silence after which a visible page asks for a sign of life, in milliseconds: below the 60 s after
/// which common proxies cut.
pub const PING_VISIBLE_MS: u64 = 50_000;
/// The same for a hidden page, in milliseconds: two fit into API Gateway's ten minutes, and browsers slow
/// the timers of hidden pages.
pub const PING_HIDDEN_MS: u64 = 270_000;
/// A `pong` at least this often, in milliseconds, even on a busy connection: it carries the server's clock
/// and the heads by which the loss of a quiet topic's last publication is noticed.
pub const CHECK_UP_MS: u64 = 270_000;
/// A ping not answered within this time, in milliseconds, means a dead socket.
pub const PONG_MS: u64 = 10_000;
/// The same after an event that makes a dead socket likely: wake, `online`, `offline`, tab shown, a doubt.
pub const PROBE_MS: u64 = 5_000;
/// A doubted socket is asked whether it lives once it has been silent for this long, in milliseconds: while it is heard,
/// whoever is silent, it is not the socket.
pub const DOUBT_MS: u64 = 1_000;
/// A clock that jumps by more than this, in milliseconds, means that the machine slept.
pub const WAKE_JUMP_MS: u64 = 30_000;
/// After this long without success, in milliseconds, attempts become rare.
pub const SUSPEND_AFTER_MS: u64 = 120_000;
/// Time between attempts when suspended, in milliseconds, give or take [`SPREAD_PERCENT`].
pub const SUSPENDED_RETRY_MS: u64 = 30_000;
/// Time between attempts while the browser says it is offline, in milliseconds: it is often wrong.
pub const OFFLINE_RETRY_MS: u64 = 30_000;
/// Spread of the slow timers, in percent of their length, to either side.
pub const SPREAD_PERCENT: u64 = 20;
/// Trouble shorter than this, in milliseconds, is not shown: a blink is not news.
pub const BANNER_MS: u64 = 1_500;
/// When a connection is replaced if the server names no time, in milliseconds: before API Gateway's two
/// hours.
pub const ROTATE_MS: u64 = 110 * 60_000;
/// Spread of [`ROTATE_MS`], in milliseconds to either side.
pub const ROTATE_SPREAD_MS: u64 = 5 * 60_000;
/// No server can ask for a rotation sooner than this, in milliseconds.
pub const ROTATE_LEAST_MS: u64 = 1_000;
/// The new connection has this long to catch up, in milliseconds, before the old one is closed anyway:
/// what is still missing is then fetched by the new one.
pub const CATCH_UP_MS: u64 = 10_000;
/// Time to the next try after a rotation that failed, in milliseconds, give or take [`SPREAD_PERCENT`].
pub const ROTATE_AGAIN_MS: u64 = 30_000;
/// How long a closing socket is waited for, in milliseconds.
pub const CLOSE_MS: u64 = 2_000;
/// Messages the outbound queue holds unless [`super::Settings`] says otherwise.
pub const QUEUE_MESSAGES: usize = 100;
/// How long a message may wait in it, in milliseconds, unless [`super::Settings`] says otherwise.
pub const QUEUE_AGE_MS: u64 = 120_000;
/// Publish requests sent and not yet answered, at most.
pub const PUBLISHES_IN_FLIGHT: usize = 32;
/// A request unanswered for this long, in milliseconds, is taken for lost: API Gateway gives a route 29 s. So is a
/// connection on which no `history` was answered for as long.
pub const REPLY_MS: u64 = 30_000;
/// Pause before a refused request is repeated, in milliseconds, if the server names none.
pub const REFUSED_RETRY_MS: u64 = 1_000;
/// A hole may close by itself within this time, in milliseconds, before it is asked for: frames overtake
/// each other.
pub const HOLE_MS: u64 = 300;
/// A promised replay is waited for this long, in milliseconds, before it is asked for by `history`.
pub const REPLAY_MS: u64 = 5_000;
/// A `history` request unanswered for this long, in milliseconds, is repeated.
pub const HISTORY_MS: u64 = 5_000;
/// `history` requests on their way at once; one for each topic at most.
pub const HISTORY_IN_FLIGHT: usize = 8;
/// Attempts in a row that the server refused or answered in vain before a hole is declared a gap, so that newer data is
/// not held back for ever.
pub const HISTORY_ATTEMPTS: u32 = 6;
/// For at least this long, in milliseconds, as well: a server that restarts or a store that stalls is back sooner.
pub const GIVE_UP_MS: u64 = 60_000;
/// Publications of one topic kept while a hole before them is being filled; what is beyond is fetched again.
pub const AHEAD_ITEMS: usize = 1_000;
/// The same over all topics.
pub const AHEAD_TOTAL: usize = 4_096;
/// Topics whose position is kept.
pub const BOOK_TOPICS: usize = shared::limits::TOPICS;

/// One row of the table of constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constant {
    /// What it is, for people.
    pub what: &'static str,
    /// Its value.
    pub value: u64,
    /// Its unit.
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
    ms("ping on a busy connection", CHECK_UP_MS),
    ms("pong deadline", PONG_MS),
    ms("pong deadline of a probe", PROBE_MS),
    ms("silence that can be doubted", DOUBT_MS),
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
