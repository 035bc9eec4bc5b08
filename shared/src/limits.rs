//! Every limit of the server, with its unit, its source, and the reaction when it is exceeded.
//!
//! The gateway, the service, the board and the documents read the limits from here. [`TABLE`] is printed in
//! `PROTOCOL.md`.

use serde::{Deserialize, Serialize};

use crate::read::read;

/// Maximum size of a WebSocket message, in bytes.
pub const MESSAGE_BYTES: usize = 128 * 1024;
/// Maximum size of a WebSocket frame, in bytes. API Gateway bills a frame of up to this size as one message.
pub const FRAME_BYTES: usize = 32 * 1024;
/// Maximum size to which the server fills a frame, in bytes. It is below [`FRAME_BYTES`], so that a proxy can add to the frame.
pub const PACK_BYTES: usize = 31 * 1024;
/// Time without a message in either direction after which the gateway closes a connection, in milliseconds.
pub const IDLE_MS: u64 = 10 * 60 * 1000;
/// Maximum age of a connection on AWS, in milliseconds. API Gateway then closes it.
pub const LIFE_MS: u64 = 2 * 60 * 60 * 1000;
/// Time within which the Lambda function of a route has to answer, in milliseconds.
pub const INTEGRATION_MS: u64 = 29_000;
/// Maximum number of new connections per second on AWS.
pub const CONNECTS_PER_SECOND: u32 = 500;
/// Time for which the database row of a connection is kept, in milliseconds: the maximum age of a connection, plus ten minutes.
pub const CONNECTION_ROW_MS: i64 = LIFE_MS as i64 + ROW_GRACE_MS as i64;
/// Time for which the row of a connection is kept after the maximum age of the connection, in milliseconds.
pub const ROW_GRACE_MS: u64 = 10 * 60 * 1000;
/// Age at which the server `tickertape serve` closes a connection, in milliseconds.
pub const SERVE_LIFE_MS: u64 = SERVE_ROTATE_MS + 10 * 60 * 1000;
/// Age at which clients of the server `tickertape serve` should replace their connection, in milliseconds.
pub const SERVE_ROTATE_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// Maximum number of handshakes per second that `tickertape serve` handles of one IP address, for each processor of its
/// machine.
pub const HANDSHAKES_OF_ADDRESS_PER_CORE: u32 = 1_000;
/// Maximum number of new connections per second of one client of `tickertape serve`, for each processor of its machine.
pub const CONNECTS_OF_CLIENT_PER_CORE: u32 = 500;
/// Maximum number of new connections per second of all clients of `tickertape serve`, for each processor of its
/// machine.
pub const CONNECTS_PER_CORE: u32 = 2_000;
/// Maximum number of open WebSockets of `tickertape serve`. It is lower if the operating system does not permit that
/// many open files.
pub const SOCKETS: usize = 100_000;
/// Number of equal parts into which the permitted WebSockets of `serve` are divided. A client may have at most one
/// part. The more sockets other clients have, the fewer it may have, so that some always stay free.
pub const SOCKETS_SHARE: usize = 4;
/// Maximum number of TCP connections for HTTP to `tickertape serve`. It is lower if the operating system does not
/// permit that many open files.
pub const HTTP_CONNECTIONS: usize = 4_096;
/// Number of equal parts into which the [`HTTP_CONNECTIONS`] are divided. A single address may have at most one part,
/// and less if other addresses have many connections.
pub const HTTP_SHARE: usize = 2;
/// Maximum number of TLS handshakes in progress. It is lower if the operating system does not permit that many open files.
pub const TLS_HANDSHAKES: usize = 2_048;
/// Number of equal parts into which the [`TLS_HANDSHAKES`] are divided. A single address may have at most one part, and
/// less if other addresses have many handshakes in progress.
pub const TLS_SHARE: usize = 8;
/// Maximum duration of a TLS handshake, in milliseconds.
pub const TLS_HANDSHAKE_MS: u64 = 10_000;
/// Maximum time until the request line and headers of an HTTP request have arrived, in milliseconds.
pub const HEADER_MS: u64 = 10_000;
/// Maximum time that a client may take to accept each 64 KB of an HTTP response, in milliseconds.
pub const ANSWER_MS: u64 = 10_000;
/// Maximum number of large HTTP responses to one client of `serve` that the client has not read completely yet. Lists
/// of topics and parts of logs are large, and so are the files of a page that is not compiled into the program.
pub const LARGE_ANSWERS_OF_CLIENT: usize = 16;
/// Maximum number of large HTTP responses to all clients of `serve` together that the clients have not read completely
/// yet.
pub const LARGE_ANSWERS: usize = 128;
/// Maximum time that a request waits until its client has read earlier large responses, in milliseconds.
pub const LARGE_ANSWER_WAIT_MS: u64 = 5_000;
/// Maximum number of bytes that wait to be sent on one WebSocket of `tickertape serve`.
pub const QUEUE_BYTES: usize = 256 * 1024;
/// Maximum number of bytes that wait to be sent on all WebSockets of one client of `tickertape serve`.
pub const QUEUED_BYTES_OF_CLIENT: usize = 8 * 1024 * 1024;
/// Number of bytes that wait to be sent on all WebSockets of `tickertape serve`. While the total is higher, each client
/// may only have an equal share of this number waiting.
pub const QUEUED_BYTES: usize = 64 * 1024 * 1024;
/// Maximum time in which a client of `tickertape serve` must read at least one of the bytes that wait to be sent on its
/// WebSocket, in milliseconds.
pub const STALLED_MS: u64 = 30_000;
/// Maximum size of a publication's data, in bytes of JSON.
pub const PUBLICATION_BYTES: usize = 24 * 1024;
/// Maximum nesting of a publication's data, in levels.
pub const DATA_DEPTH: usize = 8;
/// Maximum length of a topic's name, in bytes.
pub const TOPIC_BYTES: usize = 128;
/// Maximum number of segments of a topic's name.
pub const TOPIC_SEGMENTS: usize = 8;
/// Maximum length of a text in a topic's metadata, such as its label, in bytes.
pub const META_TEXT_BYTES: usize = 64;
/// Maximum number of series (named values of one topic) for which the topic's metadata can contain a unit.
pub const META_UNITS: usize = 200;
/// Maximum size of the units of all series in a topic's metadata, in bytes of JSON. With the other limits of metadata it ensures that
/// the entry of a topic in the answer to `subscribe` fits into a frame.
pub const META_UNITS_BYTES: usize = 16 * 1024;
/// Maximum number of state names (such as `open`) for which a topic's metadata can contain a meaning.
pub const META_STATES: usize = 64;
/// Maximum size of the meanings of all states in a topic's metadata, in bytes of JSON.
pub const META_STATES_BYTES: usize = 4096;
/// Maximum length of the name of a series (a named value of one topic) in the topic's metadata, in bytes.
pub const META_SERIES_BYTES: usize = 256;
/// Maximum size of the thresholds in a topic's metadata, in bytes of JSON.
pub const META_THRESHOLDS_BYTES: usize = 4096;
/// Maximum time by which a publisher's time stamp may be behind the server's clock, in milliseconds.
pub const TS_PAST_MS: i64 = 366 * 24 * 60 * 60 * 1000;
/// Maximum time by which a publisher's time stamp may be ahead of the server's clock, in milliseconds.
pub const TS_FUTURE_MS: i64 = 60 * 60 * 1000;
/// Maximum number of filters that one connection may subscribe to.
pub const SUBSCRIPTIONS: usize = 100;
/// Maximum average number of publications per second of one principal (authenticated client). A burst may be twice as
/// large.
pub const PUBLISHES_PER_SECOND: u32 = 20_000;
/// Maximum average amount of data that one client may publish, in kilobytes of 1,024 bytes per second. A burst may be
/// twice as large.
pub const PUBLISHED_KB_PER_SECOND: u32 = 16 * 1024;
/// Maximum average number of requests of any kind per second of one client. A burst may be twice as large.
pub const REQUESTS_PER_SECOND: u32 = 2_000;
/// Maximum average amount of data that one client may read by requests, in kilobytes of 1,024 bytes per second.
pub const READ_KB_PER_SECOND: u32 = 64 * 1024;
/// Maximum average number of requests per second of all clients of one server process. A burst may be twice as large.
pub const REQUESTS_OF_ALL_PER_SECOND: u32 = 20_000;
/// Maximum average number of publications per second of all clients of one server process. A burst may be twice as
/// large.
pub const PUBLISHES_OF_ALL_PER_SECOND: u32 = 200_000;
/// Maximum average amount of data that all clients of one server process may publish, in kilobytes of 1,024 bytes per
/// second. A burst may be twice as large.
pub const PUBLISHED_KB_OF_ALL_PER_SECOND: u32 = 64 * 1024;
/// Maximum number of topics on one page of `GET /topics`.
pub const TOPICS_PAGE: usize = 1_000;
/// Maximum size of the topics on one page of `GET /topics`, in bytes of JSON. A page contains at least one topic.
pub const TOPICS_PAGE_BYTES: usize = 1024 * 1024;
/// Maximum number of publications in one request.
pub const BATCH_ITEMS: usize = 10_000;
/// Maximum size of the body of an HTTP publish request, in bytes.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Maximum number of topics of a server.
pub const TOPICS: usize = 10_000;
/// Maximum number of topics that one principal (authenticated client) may create on a server that requires tokens.
pub const PRINCIPAL_TOPICS: usize = 4_000;
/// Maximum number of past publications of one topic that the server replays to a subscription. The client requests the
/// others by `history`.
pub const REPLAY_ITEMS: usize = 300;
/// Maximum number of past publications of all topics together that the server replays to a subscription. The number is
/// divided equally among the topics, but each topic gets at least one.
pub const REPLAY_TOTAL_ITEMS: usize = 30_000;
/// Maximum size of the past publications of all topics together that the server replays to a subscription, in bytes of
/// JSON.
pub const REPLAY_TOTAL_BYTES: usize = 4 * 1024 * 1024;
/// Maximum time between two broadcasts of publications that a server may be set to, in milliseconds. It is shorter than the time after
/// which a silent client sends a ping (50 s): with a longer time, the pings would cost more than the frames that are saved.
pub const FRAME_EVERY_MS: u64 = 30_000;
/// Maximum value of `max_hz` of a subscription: the number of times a second at which a server sends conflated publications.
pub const MAX_HZ: u32 = 60;
/// Maximum number of publications that one `history` request may ask for.
pub const HISTORY_ITEMS: usize = 1_000;
/// Maximum size of the publications in the answer of `GET /topics/TOPIC`, in bytes of JSON. An answer contains at least one
/// publication, if there are any. AWS's Lambda refuses answers of more than 6 MB.
pub const HISTORY_BYTES: usize = 1024 * 1024;
/// Maximum number of buckets of one series into which `history` divides the stretch that is asked for. If `step_ms` is shorter, the
/// server uses a longer one and says so.
pub const BUCKETS: u64 = 2_000;
/// Maximum number of series of one topic that have buckets. The others are counted and named.
pub const BUCKET_SERIES: usize = 64;
/// Maximum number of series without buckets that a reply names. The others are only counted.
pub const BUCKET_NAMES: usize = 16;
/// Maximum length of a text that a bucket contains, in characters. Longer texts are counted as lines of a log.
pub const BUCKET_TEXT_CHARS: usize = 40;
/// Maximum length of a number in a bucket whose digits are kept as they were sent, in bytes.
pub const BUCKET_NUMBER_BYTES: usize = 32;
/// Maximum length of the name of a series that has buckets, in bytes. A longer name is left out.
pub const BUCKET_NAME_BYTES: usize = 256;
/// Maximum length of the name of an idempotent producer, in bytes.
pub const PRODUCER_BYTES: usize = 64;
/// Highest sequence number that an idempotent producer may give to a request. It is the largest whole number that every
/// JSON parser reads exactly.
pub const PRODUCER_SEQ: u64 = (1 << 53) - 1;
/// Maximum number of idempotent producers of one principal (authenticated client) that the server remembers for each
/// topic.
pub const PRODUCERS: usize = 256;
/// Maximum number of idempotent producers of all principals together that the server remembers for each topic.
pub const TOPIC_PRODUCERS: usize = 512;
/// Minimum time for which the server remembers a producer after its last request, in milliseconds. It remembers the
/// producer longer while there is room.
pub const PRODUCER_MS: u64 = 10 * 60 * 1000;
/// Minimum time for which the server remembers a producer after the request that the producer marked as its last, in
/// milliseconds.
pub const DONE_MS: u64 = 30 * 1000;

/// Maximum length of the name under which a server keeps a board, in bytes.
pub const BOARD_NAME_BYTES: usize = 64;
/// Maximum size of a board document, in bytes of JSON.
pub const BOARD_BYTES: usize = 128 * 1024;
/// Maximum nesting of a board document, in levels.
pub const BOARD_DEPTH: usize = 32;
/// Maximum number of boards of a server.
pub const BOARDS: usize = 200;
/// Maximum number of panels of a board document.
pub const BOARD_PANELS: usize = 500;
/// Maximum number of topics that one panel of a board document shows.
pub const BOARD_SOURCES: usize = 50;
/// Maximum number of thresholds of one panel of a board document.
pub const BOARD_THRESHOLDS: usize = 8;
/// Maximum length of a title or the name of a group in a board document, in bytes.
pub const BOARD_TEXT_BYTES: usize = 128;

/// The limits that a server sends to a client in its answer to `subscribe`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Maximum size of a WebSocket message, in bytes: the server's value of [`MESSAGE_BYTES`].
    pub message_bytes: usize,
    /// Maximum size of a WebSocket frame, in bytes: the server's value of [`FRAME_BYTES`].
    pub frame_bytes: usize,
    /// Maximum size of a publication's data, in bytes of JSON: the server's value of [`PUBLICATION_BYTES`].
    pub publication_bytes: usize,
    /// Maximum number of publications per second: the server's value of [`PUBLISHES_PER_SECOND`].
    pub publishes_per_second: u32,
    /// Maximum number of subscriptions of one connection: the server's value of [`SUBSCRIPTIONS`].
    pub subscriptions: usize,
    /// Maximum number of publications in the reply to a `history` request: the server's value of [`HISTORY_ITEMS`].
    pub history_items: usize,
    /// Minimum time between two broadcasts of publications, in milliseconds. The publications in between are collected, and arrive
    /// together. 0 (the default, which is not sent) if publications are sent at once.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub frame_every_ms: u64,
    /// Maximum value of `max_hz` of a subscription: the server's value of [`MAX_HZ`]. `None` (the default, which is not sent) if the
    /// server does not conflate publications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_hz: Option<u32>,
}

read!(Announced {
    message_bytes,
    frame_bytes,
    publication_bytes,
    publishes_per_second,
    subscriptions,
    history_items,
} or default { frame_every_ms, max_hz });

impl Default for Announced {
    fn default() -> Self {
        Self {
            message_bytes: MESSAGE_BYTES,
            frame_bytes: FRAME_BYTES,
            publication_bytes: PUBLICATION_BYTES,
            publishes_per_second: PUBLISHES_PER_SECOND,
            subscriptions: SUBSCRIPTIONS,
            history_items: HISTORY_ITEMS,
            frame_every_ms: 0,
            max_hz: None,
        }
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference; in WebAssembly the lint is silent"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// One row of [`TABLE`], which describes a limit for the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Description of the quantity that is limited.
    pub what: &'static str,
    /// Value of the limit in `unit`, for one request, topic, connection or client.
    pub value: u64,
    /// Value of the limit in `unit` for all clients together, if there is such a limit.
    pub all: Option<u64>,
    /// Unit of `value` and of `all`, such as `bytes`.
    pub unit: &'static str,
    /// Origin of the limit: `API Gateway` or `Tickertape`.
    pub source: &'static str,
    /// Reaction of the server when the limit is exceeded, for the documentation.
    pub beyond: &'static str,
}

const fn row(
    what: &'static str,
    value: u64,
    unit: &'static str,
    source: &'static str,
    beyond: &'static str,
) -> Limit {
    Limit { what, value, all: None, unit, source, beyond }
}

/// Returns a row of [`TABLE`] for a quantity that has a limit for one client and another for all clients together.
const fn share(what: &'static str, one: u64, all: u64, unit: &'static str, beyond: &'static str) -> Limit {
    Limit { what, value: one, all: Some(all), unit, source: OURS, beyond }
}

/// Value of [`Limit::source`] for limits of AWS. They are listed on the page "Quotas for WebSocket APIs" of the API
/// Gateway Developer Guide.
const AWS: &str = "API Gateway";
const OURS: &str = "Tickertape";

/// Every limit that a user can reach, in the order in which the documents print them.
pub const TABLE: &[Limit] = &[
    row("WebSocket message", MESSAGE_BYTES as u64, "bytes", AWS, "the socket is closed with 1009"),
    row("WebSocket frame", FRAME_BYTES as u64, "bytes", AWS, "the socket is closed with 1009"),
    row("silence on a connection", IDLE_MS, "ms", AWS, "the socket is closed with 1001"),
    row("life of a connection on AWS", LIFE_MS, "ms", AWS, "the socket is closed with 1001"),
    row("life of a connection of `serve`", SERVE_LIFE_MS, "ms", OURS, "the socket is closed with 1001"),
    row("time to answer a message", INTEGRATION_MS, "ms", AWS, "`Endpoint request timed out`"),
    row("new connections on AWS", CONNECTS_PER_SECOND as u64, "a second", AWS, "handshake refused with 429"),
    share(
        "new connections to `serve`, for each processor",
        CONNECTS_OF_CLIENT_PER_CORE as u64,
        CONNECTS_PER_CORE as u64,
        "a second",
        "handshake refused with 429",
    ),
    row(
        "handshakes of one address, for each processor",
        HANDSHAKES_OF_ADDRESS_PER_CORE as u64,
        "a second",
        OURS,
        "refused with 429, the token is not looked at",
    ),
    share(
        "WebSockets, if as many files may be open",
        (SOCKETS / SOCKETS_SHARE) as u64,
        SOCKETS as u64,
        "sockets",
        "handshake refused with 429; the more others have, the sooner",
    ),
    share(
        "TCP connections that speak HTTP, if as many files may be open",
        (HTTP_CONNECTIONS / HTTP_SHARE) as u64,
        HTTP_CONNECTIONS as u64,
        "connections",
        "the oldest silent one is closed, or else the new one",
    ),
    share(
        "TLS handshakes in progress, if as many files may be open",
        (TLS_HANDSHAKES / TLS_SHARE) as u64,
        TLS_HANDSHAKES as u64,
        "connections",
        "the connection is closed",
    ),
    row("TLS handshake", TLS_HANDSHAKE_MS, "ms", OURS, "the connection is closed"),
    row("head of an HTTP request", HEADER_MS, "ms", OURS, "the connection is closed"),
    row("each 64 KB of an HTTP answer", ANSWER_MS, "ms", OURS, "the connection is closed"),
    share(
        "large answers that a client has not taken yet",
        LARGE_ANSWERS_OF_CLIENT as u64,
        LARGE_ANSWERS as u64,
        "answers",
        "the next one waits 5 s, then HTTP 429",
    ),
    row(
        "data that waits for one WebSocket",
        QUEUE_BYTES as u64,
        "bytes",
        OURS,
        "newer data is dropped; the client fetches it later",
    ),
    share(
        "data that waits for WebSockets",
        QUEUED_BYTES_OF_CLIENT as u64,
        QUEUED_BYTES as u64,
        "bytes",
        "newer data is dropped; the client fetches it later",
    ),
    row("time in which a WebSocket takes nothing that waits", STALLED_MS, "ms", OURS, "3002 too_slow"),
    row("data of a publication", PUBLICATION_BYTES as u64, "bytes of JSON", OURS, "205 too_large"),
    row("nesting of data", DATA_DEPTH as u64, "levels", OURS, "204 bad_data"),
    row("name of a topic", TOPIC_BYTES as u64, "bytes", OURS, "202 bad_topic"),
    row("depth of a topic", TOPIC_SEGMENTS as u64, "segments", OURS, "202 bad_topic"),
    row("text in metadata", META_TEXT_BYTES as u64, "bytes", OURS, "204 bad_data"),
    row("units of single series in metadata", META_UNITS as u64, "series", OURS, "204 bad_data"),
    row("units of all series in metadata", META_UNITS_BYTES as u64, "bytes of JSON", OURS, "204 bad_data"),
    row("meanings of states in metadata", META_STATES as u64, "states", OURS, "204 bad_data"),
    row(
        "meanings of all states in metadata",
        META_STATES_BYTES as u64,
        "bytes of JSON",
        OURS,
        "204 bad_data",
    ),
    row("name of a series in metadata", META_SERIES_BYTES as u64, "bytes", OURS, "204 bad_data"),
    row("thresholds in metadata", META_THRESHOLDS_BYTES as u64, "bytes of JSON", OURS, "204 bad_data"),
    row("time stamp in the past", TS_PAST_MS as u64, "ms", OURS, "206 bad_timestamp"),
    row("time stamp in the future", TS_FUTURE_MS as u64, "ms", OURS, "206 bad_timestamp"),
    row("subscriptions of a connection", SUBSCRIPTIONS as u64, "filters", OURS, "207 too_many_subscriptions"),
    share(
        "publications",
        PUBLISHES_PER_SECOND as u64,
        PUBLISHES_OF_ALL_PER_SECOND as u64,
        "a second",
        "101 rate_limited, HTTP 429",
    ),
    share(
        "data of publications",
        PUBLISHED_KB_PER_SECOND as u64,
        PUBLISHED_KB_OF_ALL_PER_SECOND as u64,
        "KB a second",
        "101 rate_limited, HTTP 429",
    ),
    share(
        "requests of any kind",
        REQUESTS_PER_SECOND as u64,
        REQUESTS_OF_ALL_PER_SECOND as u64,
        "a second",
        "101 rate_limited, HTTP 429",
    ),
    share(
        "requests that need no token, or have no valid one",
        REQUESTS_PER_SECOND as u64,
        REQUESTS_OF_ALL_PER_SECOND as u64,
        "a second",
        "HTTP 429",
    ),
    row(
        "answers to what a client reads",
        READ_KB_PER_SECOND as u64,
        "KB a second",
        OURS,
        "101 rate_limited, HTTP 429",
    ),
    row("publications in one request", BATCH_ITEMS as u64, "items", OURS, "205 too_large"),
    row("body of an HTTP request", BODY_BYTES as u64, "bytes", OURS, "HTTP 413"),
    row("topics on a page of `GET /topics`", TOPICS_PAGE as u64, "topics", OURS, "the rest by `after`"),
    row("page of `GET /topics`", TOPICS_PAGE_BYTES as u64, "bytes of JSON", OURS, "the rest by `after`"),
    row(
        "publications of `GET /topics/TOPIC`",
        HISTORY_BYTES as u64,
        "bytes of JSON",
        OURS,
        "the rest by `since` or `to_ms`",
    ),
    row("topics of a server", TOPICS as u64, "topics", OURS, "210 too_many_topics"),
    row(
        "topics of a principal",
        PRINCIPAL_TOPICS as u64,
        "topics",
        OURS,
        "210 too_many_topics; the more others have, the sooner",
    ),
    row("replay to a subscription", REPLAY_ITEMS as u64, "items a topic", OURS, "the rest by `history`"),
    row("replay of all topics", REPLAY_TOTAL_BYTES as u64, "bytes of JSON", OURS, "the rest by `history`"),
    row("rate of conflated publications", MAX_HZ as u64, "a second", OURS, "215 not_conflated"),
    row("items of one `history`", HISTORY_ITEMS as u64, "items", OURS, "the rest by another"),
    row(
        "buckets of a series in the stretch of a `history`",
        BUCKETS,
        "buckets",
        OURS,
        "a longer `step_ms`, which the answer names",
    ),
    row(
        "series of a topic with buckets",
        BUCKET_SERIES as u64,
        "series",
        OURS,
        "counted and named in `left_out`",
    ),
    row("boards of a server", BOARDS as u64, "boards", OURS, "214 too_many_boards"),
    row("board document", BOARD_BYTES as u64, "bytes of JSON", OURS, "205 too_large"),
    row("nesting of a board document", BOARD_DEPTH as u64, "levels", OURS, "213 bad_board"),
    row("name of a board", BOARD_NAME_BYTES as u64, "bytes", OURS, "213 bad_board"),
    row("title or group in a board", BOARD_TEXT_BYTES as u64, "bytes", OURS, "213 bad_board"),
    row("panels of a board", BOARD_PANELS as u64, "panels", OURS, "213 bad_board"),
    row("topics of a panel of a board", BOARD_SOURCES as u64, "topics", OURS, "213 bad_board"),
    row("thresholds of a panel of a board", BOARD_THRESHOLDS as u64, "thresholds", OURS, "213 bad_board"),
    row("name of a producer", PRODUCER_BYTES as u64, "bytes", OURS, "200 malformed"),
    row("number of a producer's request", PRODUCER_SEQ, "", OURS, "200 malformed"),
    row("producers of a principal on a topic", PRODUCERS as u64, "in ten minutes", OURS, "102 unavailable"),
    row("producers on a topic", TOPIC_PRODUCERS as u64, "in ten minutes", OURS, "102 unavailable"),
];
