//! What the gateway allows, and what happens beyond.

use std::time::Duration;

/// Every limit of a gateway. The defaults are AWS's where AWS has one (quotas page: "Amazon API Gateway quotas",
/// WebSocket APIs), ours where it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Silence after which a connection closes with 1001 "Going away". AWS: 10 minutes.
    pub idle: Duration,
    /// Age at which a connection closes with 1001 "Going away". AWS: 2 hours.
    pub life: Duration,
    /// How long a function may take: then 504 before the handshake, "Endpoint request timed out" after it.
    /// AWS: 29 seconds.
    pub integration: Duration,
    /// How long a peer has to answer our close, and to finish a handshake that was answered with 101. Ours.
    pub close: Duration,
    /// How long the body of a management request may take to arrive; then 408. Ours.
    pub request_body: Duration,
    /// The payload of one frame from a client; beyond it 1009. AWS: 32 KB.
    pub frame_bytes: u32,
    /// A message, of one or many frames, in either direction; beyond it 1009, or 413 for a post. AWS: 128 KB.
    pub message_bytes: u32,
    /// The path and query of a handshake; beyond it 414. AWS: 4,096 characters.
    pub url_bytes: usize,
    /// New connections a second, with as many at once; beyond it 429. AWS: 500.
    pub connects_per_second: u32,
    /// Management requests over HTTP a second, with half as many at once; beyond it 429. AWS: 10,000, shared by
    /// the whole account. `None`, the default, is no limit.
    pub management_requests_per_second: Option<u32>,
    /// Handshakes waiting for an authorizer or for `$connect`; beyond it 429. Ours.
    pub handshakes: usize,
    /// Open connections, handshakes included; beyond it 429. Ours; AWS has none.
    pub connections: usize,
    /// Bytes a connection's queue holds for a client that reads too slowly; beyond it a post is answered with
    /// `LimitExceeded`. One message always fits an empty queue. Ours; AWS says "client's buffer full" without a figure.
    pub queue_bytes: usize,
    /// Frames a connection's queue holds; beyond it `LimitExceeded`. Ours.
    pub queue_frames: usize,
    /// Messages read from a connection while an earlier one is being handled; beyond it, or beyond
    /// `message_bytes` together, reading stops. Ours.
    pub inbox_messages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(10 * 60),
            life: Duration::from_secs(2 * 60 * 60),
            integration: Duration::from_secs(29),
            close: Duration::from_secs(5),
            request_body: Duration::from_secs(10),
            frame_bytes: 32 * 1024,
            message_bytes: 128 * 1024,
            url_bytes: 4096,
            connects_per_second: 500,
            management_requests_per_second: None,
            handshakes: 1000,
            connections: 100_000,
            queue_bytes: 1024 * 1024,
            queue_frames: 1024,
            inbox_messages: 16,
        }
    }
}
