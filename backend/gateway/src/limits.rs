//! The limits of a gateway.

use std::time::Duration;

/// The limits of a gateway, and what it does beyond each. The defaults are AWS's where AWS has a limit (quotas page:
/// "Amazon API Gateway quotas", WebSocket APIs); the others are this crate's own.
///
/// ```
/// use std::time::Duration;
///
/// let mut limits = apigw_websocket::Limits::default();
/// assert_eq!(limits.idle, Duration::from_secs(600));
/// limits.idle = Duration::from_secs(5);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Time without a message after which a connection is closed with 1001 "Going away". AWS: 10 minutes.
    pub idle: Duration,
    /// Age at which a connection is closed with 1001 "Going away". AWS: 2 hours.
    pub life: Duration,
    /// Time a function may take. Beyond it, a handshake is answered with 504 and a message with the frame "Endpoint
    /// request timed out". AWS: 29 seconds.
    pub integration: Duration,
    /// Time a client has to answer the gateway's close frame, and to take the 101 of its handshake. AWS publishes
    /// none.
    pub close: Duration,
    /// Time the body of a management request may take to arrive; beyond it 408. AWS publishes none.
    pub request_body: Duration,
    /// Payload of one frame from a client; beyond it the connection is closed with 1009. AWS: 32 KB.
    pub frame_bytes: u32,
    /// Payload of a message, of one or many frames, in either direction. Beyond it, a client's connection is closed
    /// with 1009, and a post is refused with 413. AWS: 128 KB.
    pub message_bytes: u32,
    /// Path and query of a handshake; beyond it 414. AWS: 4,096 characters.
    pub url_bytes: usize,
    /// New connections a second, with as many at once; beyond it 429. AWS: 500.
    pub connects_per_second: u32,
    /// Management requests over HTTP a second, with half as many at once; beyond it 429. AWS: 10,000, shared by
    /// the whole account. `None`, the default, is no limit.
    pub management_requests_per_second: Option<u32>,
    /// Handshakes that wait for an authorizer or for `$connect`; beyond it 429. AWS publishes none.
    pub handshakes: usize,
    /// Open connections together with handshakes in progress; beyond it 429. AWS has none.
    pub connections: usize,
    /// Bytes a connection's queue holds for a client that reads too slowly; beyond it a post is refused with
    /// [`PostError::LimitExceeded`](crate::PostError::LimitExceeded). One message always fits an empty queue. AWS says
    /// "client's buffer full" without a figure.
    pub queue_bytes: usize,
    /// Frames a connection's queue holds; beyond it `LimitExceeded`. AWS publishes none.
    pub queue_frames: usize,
    /// Messages read from a connection while an earlier one is being handled. Beyond it, or beyond `message_bytes`
    /// in total, the gateway stops reading from the connection until a message is done. AWS publishes none.
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
