//! Every limit, with its unit, its source, and what happens beyond it.
//!
//! The gateway, the service, the board and the documents take their numbers from here. [`TABLE`] is printed in
//! `PROTOCOL.md`.

use serde::{Deserialize, Serialize};

/// Largest message of the WebSocket, in bytes.
pub const MESSAGE_BYTES: usize = 128 * 1024;
/// Largest frame of the WebSocket, in bytes. API Gateway bills this much as one message.
pub const FRAME_BYTES: usize = 32 * 1024;
/// Size up to which the server packs a frame, in bytes: below [`FRAME_BYTES`], with room for what a proxy adds.
pub const PACK_BYTES: usize = 31 * 1024;
/// Silence after which a connection is cut, in milliseconds.
pub const IDLE_MS: u64 = 10 * 60 * 1000;
/// Age at which a connection is cut, in milliseconds.
pub const LIFE_MS: u64 = 2 * 60 * 60 * 1000;
/// Time in which the function of a route has to answer, in milliseconds.
pub const INTEGRATION_MS: u64 = 29_000;
/// Largest number of new connections a second.
pub const CONNECTS_PER_SECOND: u32 = 500;
/// Time for which the row of a connection is kept, in milliseconds: its longest life and ten minutes.
pub const CONNECTION_ROW_MS: i64 = LIFE_MS as i64 + 10 * 60 * 1000;
/// Largest data of a publication, in bytes of JSON.
pub const PUBLICATION_BYTES: usize = 24 * 1024;
/// Deepest nesting of a publication's data, in levels.
pub const DATA_DEPTH: usize = 8;
/// Longest name of a topic, in bytes.
pub const TOPIC_BYTES: usize = 128;
/// Longest name of a topic, in segments.
pub const TOPIC_SEGMENTS: usize = 8;
/// Longest text in a topic's metadata, in bytes.
pub const META_TEXT_BYTES: usize = 64;
/// Largest number of series whose unit the metadata of a topic names.
pub const META_UNITS: usize = 200;
/// Longest name of a series in the metadata of a topic, in bytes.
pub const META_SERIES_BYTES: usize = 256;
/// Greatest age of a publisher's time stamp, in milliseconds.
pub const TS_PAST_MS: i64 = 366 * 24 * 60 * 60 * 1000;
/// Greatest time by which a publisher's time stamp may be ahead of the server's clock, in milliseconds.
pub const TS_FUTURE_MS: i64 = 60 * 60 * 1000;
/// Largest number of filters that one connection may subscribe to.
pub const SUBSCRIPTIONS: usize = 100;
/// Largest rate of publications of one principal, a second on average; a burst may be twice that.
pub const PUBLISHES_PER_SECOND: u32 = 20_000;
/// Largest rate of publish requests of one principal, a second on average; a burst may be twice that.
pub const REQUESTS_PER_SECOND: u32 = 2_000;
/// Largest number of publications in one request.
pub const BATCH_ITEMS: usize = 10_000;
/// Largest body of an HTTP publish request, in bytes.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Largest number of topics of a server.
pub const TOPICS: usize = 10_000;
/// Largest number of publications of one topic that are replayed to a subscription; the client requests the rest.
pub const REPLAY_ITEMS: usize = 300;
/// Largest number of publications of all topics that are replayed to a subscription, shared equally among the topics (at
/// least one each).
pub const REPLAY_TOTAL_ITEMS: usize = 30_000;
/// The same limit in bytes of JSON.
pub const REPLAY_TOTAL_BYTES: usize = 4 * 1024 * 1024;
/// Largest number of publications that one `history` request may ask for.
pub const HISTORY_ITEMS: usize = 1_000;
/// Longest name of an idempotent producer, in bytes.
pub const PRODUCER_BYTES: usize = 64;
/// Number of idempotent producers that are remembered with each topic.
pub const PRODUCERS: usize = 32;

/// The limits that a client receives when it subscribes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// [`MESSAGE_BYTES`].
    pub message_bytes: usize,
    /// [`FRAME_BYTES`].
    pub frame_bytes: usize,
    /// [`PUBLICATION_BYTES`].
    pub publication_bytes: usize,
    /// [`PUBLISHES_PER_SECOND`].
    pub publishes_per_second: u32,
    /// [`SUBSCRIPTIONS`].
    pub subscriptions: usize,
    /// [`HISTORY_ITEMS`].
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

/// Source of the limits on the page "Quotas for WebSocket APIs" of the API Gateway Developer Guide.
const AWS: &str = "API Gateway";
const OURS: &str = "Tickertape";

/// Every limit that a user can reach, as the documents print it.
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
