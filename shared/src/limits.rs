//! Every limit, with its unit, its source, and what happens beyond it.
//!
//! This is the one place: the gateway, the service, the board and the documents take their numbers from
//! here, and [`TABLE`] is what `PROTOCOL.md` prints.

use serde::{Deserialize, Serialize};

/// A message of the WebSocket, in bytes.
pub const MESSAGE_BYTES: usize = 128 * 1024;
/// A frame of the WebSocket, in bytes; also what API Gateway bills as one message.
pub const FRAME_BYTES: usize = 32 * 1024;
/// How full the server packs a frame, in bytes: under [`FRAME_BYTES`], with room for what a proxy adds.
pub const PACK_BYTES: usize = 31 * 1024;
/// A connection nobody speaks on is cut after this many milliseconds.
pub const IDLE_MS: u64 = 10 * 60 * 1000;
/// A connection is cut after this many milliseconds, whatever happens on it.
pub const LIFE_MS: u64 = 2 * 60 * 60 * 1000;
/// A route's function has this many milliseconds to answer.
pub const INTEGRATION_MS: u64 = 29_000;
/// New connections a second.
pub const CONNECTS_PER_SECOND: u32 = 500;
/// How long a connection's row is kept, in milliseconds: its life and ten minutes.
pub const CONNECTION_ROW_MS: i64 = LIFE_MS as i64 + 10 * 60 * 1000;
/// A publication's data, in bytes of JSON.
pub const PUBLICATION_BYTES: usize = 24 * 1024;
/// How deep a publication's data may be nested, in levels.
pub const DATA_DEPTH: usize = 8;
/// A topic's name, in bytes.
pub const TOPIC_BYTES: usize = 128;
/// A topic's name, in segments.
pub const TOPIC_SEGMENTS: usize = 8;
/// A text of a topic's metadata, in bytes.
pub const META_TEXT_BYTES: usize = 64;
/// Series whose unit a topic's metadata names.
pub const META_UNITS: usize = 200;
/// The name of a series in a topic's metadata, in bytes.
pub const META_SERIES_BYTES: usize = 256;
/// How far in the past a publisher's time stamp may lie, in milliseconds.
pub const TS_PAST_MS: i64 = 366 * 24 * 60 * 60 * 1000;
/// How far ahead of the server's clock a publisher's time stamp may lie, in milliseconds.
pub const TS_FUTURE_MS: i64 = 60 * 60 * 1000;
/// Filters one connection may subscribe to.
pub const SUBSCRIPTIONS: usize = 100;
/// Publications one principal may send in a second, averaged; a burst may be twice that.
pub const PUBLISHES_PER_SECOND: u32 = 20_000;
/// Requests to publish one principal may send in a second, averaged; a burst may be twice that.
pub const REQUESTS_PER_SECOND: u32 = 2_000;
/// Publications in one request.
pub const BATCH_ITEMS: usize = 10_000;
/// The body of one HTTP request to publish, in bytes.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Topics a server keeps.
pub const TOPICS: usize = 10_000;
/// Publications replayed to one subscription of one topic before the client has to ask for more.
pub const REPLAY_ITEMS: usize = 300;
/// Publications replayed to one subscription of many topics, shared equally among them (at least one each).
pub const REPLAY_TOTAL_ITEMS: usize = 30_000;
/// The same in bytes of JSON.
pub const REPLAY_TOTAL_BYTES: usize = 4 * 1024 * 1024;
/// Publications one `history` request may ask for.
pub const HISTORY_ITEMS: usize = 1_000;
/// Characters in the name of an idempotent producer, in bytes.
pub const PRODUCER_BYTES: usize = 64;
/// Idempotent producers remembered with each topic.
pub const PRODUCERS: usize = 32;

/// What a client is told of the limits when it subscribes.
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
    /// What is limited.
    pub what: &'static str,
    /// The number.
    pub value: u64,
    /// Its unit.
    pub unit: &'static str,
    /// Who set it.
    pub source: &'static str,
    /// What happens beyond it.
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

/// API Gateway's page of WebSocket quotas.
const AWS: &str = "API Gateway";
const OURS: &str = "Tickertape";

/// Every limit a user can meet, as the documents print it.
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
