//! Every limit, with its unit, its source, and the reaction when it is exceeded.
//!
//! The gateway, the service, the board and the documents read the limits from here. [`TABLE`] is printed in `PROTOCOL.md`.

use serde::{Deserialize, Serialize};

/// Maximum size of a WebSocket message, in bytes.
pub const MESSAGE_BYTES: usize = 128 * 1024;
/// Maximum size of a WebSocket frame, in bytes. API Gateway bills a frame of up to this size as one message.
pub const FRAME_BYTES: usize = 32 * 1024;
/// Maximum size to which the server fills a frame, in bytes. It is below [`FRAME_BYTES`], so that a proxy can add to the frame.
pub const PACK_BYTES: usize = 31 * 1024;
/// Time without a message after which the gateway closes a connection, in milliseconds.
pub const IDLE_MS: u64 = 10 * 60 * 1000;
/// Maximum age of a connection, in milliseconds. The gateway then closes it.
pub const LIFE_MS: u64 = 2 * 60 * 60 * 1000;
/// Time within which the function of a route has to answer, in milliseconds.
pub const INTEGRATION_MS: u64 = 29_000;
/// Maximum number of new connections per second.
pub const CONNECTS_PER_SECOND: u32 = 500;
/// Time for which the database row of a connection is kept, in milliseconds: the maximum age of a connection, plus ten minutes.
pub const CONNECTION_ROW_MS: i64 = LIFE_MS as i64 + 10 * 60 * 1000;
/// Maximum size of a publication's data, in bytes of JSON.
pub const PUBLICATION_BYTES: usize = 24 * 1024;
/// Maximum nesting of a publication's data, in levels.
pub const DATA_DEPTH: usize = 8;
/// Maximum length of a topic's name, in bytes.
pub const TOPIC_BYTES: usize = 128;
/// Maximum number of segments of a topic's name.
pub const TOPIC_SEGMENTS: usize = 8;
/// Maximum length of a text in a topic's metadata, in bytes.
pub const META_TEXT_BYTES: usize = 64;
/// Maximum number of series for which a topic's metadata can contain a unit.
pub const META_UNITS: usize = 200;
/// Maximum number of states for which a topic's metadata can contain a meaning.
pub const META_STATES: usize = 64;
/// Maximum length of a series' name in a topic's metadata, in bytes.
pub const META_SERIES_BYTES: usize = 256;
/// Maximum time by which a publisher's time stamp may be behind the server's clock, in milliseconds.
pub const TS_PAST_MS: i64 = 366 * 24 * 60 * 60 * 1000;
/// Maximum time by which a publisher's time stamp may be ahead of the server's clock, in milliseconds.
pub const TS_FUTURE_MS: i64 = 60 * 60 * 1000;
/// Maximum number of filters that one connection may subscribe to.
pub const SUBSCRIPTIONS: usize = 100;
/// Maximum average number of publications of one principal per second. A burst may be twice as large.
pub const PUBLISHES_PER_SECOND: u32 = 20_000;
/// Maximum average number of publish requests of one principal per second. A burst may be twice as large.
pub const REQUESTS_PER_SECOND: u32 = 2_000;
/// Maximum number of publications in one request.
pub const BATCH_ITEMS: usize = 10_000;
/// Maximum size of the body of an HTTP publish request, in bytes.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Maximum number of topics of a server.
pub const TOPICS: usize = 10_000;
/// Maximum number of publications of one topic that are replayed to a subscription. The client requests the others by `history`.
pub const REPLAY_ITEMS: usize = 300;
/// Maximum number of publications of all topics together that are replayed to a subscription. They are shared equally among the
/// topics, at least one for each.
pub const REPLAY_TOTAL_ITEMS: usize = 30_000;
/// Maximum size of the publications of all topics together that are replayed to a subscription, in bytes of JSON.
pub const REPLAY_TOTAL_BYTES: usize = 4 * 1024 * 1024;
/// Maximum number of publications that one `history` request may ask for.
pub const HISTORY_ITEMS: usize = 1_000;
/// Maximum length of an idempotent producer's name, in bytes.
pub const PRODUCER_BYTES: usize = 64;
/// Number of idempotent producers whose last `seq` is remembered with each topic.
pub const PRODUCERS: usize = 32;

/// Limits of a server. A client receives them when it subscribes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Value of [`MESSAGE_BYTES`].
    pub message_bytes: usize,
    /// Value of [`FRAME_BYTES`].
    pub frame_bytes: usize,
    /// Value of [`PUBLICATION_BYTES`].
    pub publication_bytes: usize,
    /// Value of [`PUBLISHES_PER_SECOND`].
    pub publishes_per_second: u32,
    /// Value of [`SUBSCRIPTIONS`].
    pub subscriptions: usize,
    /// Value of [`HISTORY_ITEMS`].
    pub history_items: usize,
}

impl Default for Announced {
    fn default() -> Self {
        Self {
            message_bytes: MESSAGE_BYTES,
            frame_bytes: FRAME_BYTES,
            publication_bytes: PUBLICATION_BYTES,
            publishes_per_second: PUBLISHES_PER_SECOND,
            subscriptions: SUBSCRIPTIONS,
            history_items: HISTORY_ITEMS,
        }
    }
}

/// One row of the table of limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Description of the quantity that is limited.
    pub what: &'static str,
    /// Value in `unit`.
    pub value: u64,
    /// Unit of the value.
    pub unit: &'static str,
    /// Origin of the limit: API Gateway or Tickertape.
    pub source: &'static str,
    /// Reaction when the limit is exceeded.
    pub beyond: &'static str,
}

const fn row(
    what: &'static str,
    value: u64,
    unit: &'static str,
    source: &'static str,
    beyond: &'static str,
) -> Limit {
    Limit { what, value, unit, source, beyond }
}

/// Source of the limits that are listed on the page "Quotas for WebSocket APIs" of the API Gateway Developer Guide.
const AWS: &str = "API Gateway";
const OURS: &str = "Tickertape";

/// Every limit that a user can reach, in the order in which the documents print them.
pub const TABLE: &[Limit] = &[
    row("WebSocket message", MESSAGE_BYTES as u64, "bytes", AWS, "the socket is closed with 1009"),
    row("WebSocket frame", FRAME_BYTES as u64, "bytes", AWS, "the socket is closed with 1009"),
    row("silence on a connection", IDLE_MS, "ms", AWS, "the socket is closed with 1001"),
    row("life of a connection", LIFE_MS, "ms", AWS, "the socket is closed with 1001"),
    row("time to answer a message", INTEGRATION_MS, "ms", AWS, "`Endpoint request timed out`"),
    row("new connections", CONNECTS_PER_SECOND as u64, "a second", AWS, "handshake refused with 429"),
    row("data of a publication", PUBLICATION_BYTES as u64, "bytes of JSON", OURS, "205 too_large"),
    row("nesting of data", DATA_DEPTH as u64, "levels", OURS, "204 bad_data"),
    row("name of a topic", TOPIC_BYTES as u64, "bytes", OURS, "202 bad_topic"),
    row("depth of a topic", TOPIC_SEGMENTS as u64, "segments", OURS, "202 bad_topic"),
    row("text in metadata", META_TEXT_BYTES as u64, "bytes", OURS, "204 bad_data"),
    row("units of single series in metadata", META_UNITS as u64, "series", OURS, "204 bad_data"),
    row("meanings of states in metadata", META_STATES as u64, "states", OURS, "204 bad_data"),
    row("name of a series in metadata", META_SERIES_BYTES as u64, "bytes", OURS, "204 bad_data"),
    row("time stamp in the past", TS_PAST_MS as u64, "ms", OURS, "206 bad_timestamp"),
    row("time stamp in the future", TS_FUTURE_MS as u64, "ms", OURS, "206 bad_timestamp"),
    row("subscriptions of a connection", SUBSCRIPTIONS as u64, "filters", OURS, "207 too_many_subscriptions"),
    row(
        "publications of a principal",
        PUBLISHES_PER_SECOND as u64,
        "a second",
        OURS,
        "101 rate_limited, HTTP 429",
    ),
    row(
        "requests of a principal",
        REQUESTS_PER_SECOND as u64,
        "a second",
        OURS,
        "101 rate_limited, HTTP 429",
    ),
    row("publications in one request", BATCH_ITEMS as u64, "items", OURS, "205 too_large"),
    row("body of an HTTP request", BODY_BYTES as u64, "bytes", OURS, "HTTP 413"),
    row("topics of a server", TOPICS as u64, "topics", OURS, "210 too_many_topics"),
    row("replay to a subscription", REPLAY_ITEMS as u64, "items a topic", OURS, "the rest by `history`"),
    row("replay of all topics", REPLAY_TOTAL_BYTES as u64, "bytes of JSON", OURS, "the rest by `history`"),
    row("items of one `history`", HISTORY_ITEMS as u64, "items", OURS, "the rest by another"),
    row("name of a producer", PRODUCER_BYTES as u64, "bytes", OURS, "200 malformed"),
];
