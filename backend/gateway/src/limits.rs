//! The limits of a gateway.

use std::time::Duration;

/// The limits of a gateway, and the behaviour if one is exceeded. If AWS has the limit, the default is that of AWS
/// (quotas page: "Amazon API Gateway quotas", WebSocket APIs). The other defaults are those of this crate.
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
    /// Maximum time without a message. After it, a connection is closed with 1001 "Going away". AWS: 10 minutes.
    pub idle: Duration,
    /// Maximum age of a connection. After it, the connection is closed with 1001 "Going away". AWS: 2 hours.
    pub life: Duration,
    /// Maximum duration of an invocation. After it, a handshake is answered with 504, and a message with the frame
    /// "Endpoint request timed out". AWS: 29 seconds.
    pub integration: Duration,
    /// Maximum time until a client has answered the gateway's close frame, or received the 101 of its handshake. AWS
    /// publishes no such limit.
    pub close: Duration,
    /// Maximum time until the body of a management request has arrived. After it, the answer is 408. AWS publishes no
    /// such limit.
    pub request_body: Duration,
    /// Maximum payload of one frame of a client, in bytes. If it is larger, the connection is closed with 1009. AWS: 32
    /// KB.
    pub frame_bytes: u32,
    /// Maximum payload of a message in either direction, in bytes; a message may consist of several frames. If it is
    /// larger, the connection of the client is closed with 1009, or the post is refused with 413. AWS: 128 KB.
    pub message_bytes: u32,
    /// Maximum length of the path and query of a handshake, in bytes. If they are longer, the answer is 414. AWS: 4,096
    /// characters.
    pub url_bytes: usize,
    /// Maximum number of new connections per second, of all clients together. A burst of this many is allowed. Further
    /// handshakes are answered with 429. A handshake is counted after the authorizer has accepted it, so that clients
    /// without a token use up nothing. AWS: 500 per second.
    pub connects_per_second: u32,
    /// Maximum number of new connections per second of one client. A client is a principal at an address, or at the
    /// first 64 bits of an IPv6 address. A burst of this many is allowed. Further handshakes are answered with 429. AWS
    /// has no such limit. `None`, the default, means that there is no limit.
    pub connects_per_second_of_principal: Option<u32>,
    /// Maximum number of handshakes per second from one address, or from the first 64 bits of an IPv6 address.
    /// Handshakes that are refused count too. A burst of this many is allowed. Further handshakes are answered with
    /// 429, and the authorizer is not invoked. AWS publishes no such limit. `None`, the default, means that there is no
    /// limit.
    pub handshakes_per_second_of_address: Option<u32>,
    /// Maximum number of management requests over HTTP per second. Half of this number may come at the same moment.
    /// Further requests are answered with 429. AWS: 10,000, shared by the whole account. `None`, the default, means
    /// that there is no limit.
    pub management_requests_per_second: Option<u32>,
    /// Maximum number of handshakes that wait for the authorizer or for `$connect` at the same time. Further handshakes
    /// are answered with 429. AWS publishes no such limit.
    pub handshakes: usize,
    /// Maximum number of handshakes from one address that wait for the authorizer or for `$connect` at the same time.
    /// Further handshakes are answered with 429. AWS publishes no such limit. `None`, the default, means that there is
    /// no limit.
    pub handshakes_of_address: Option<usize>,
    /// Maximum number of open connections, together with handshakes that the authorizer has accepted. Further
    /// handshakes are answered with 429. AWS has no such limit.
    pub connections: usize,
    /// Maximum number of open connections and accepted handshakes of one client, if no other client has any. A client
    /// is a principal at an address. The more connections the others have, the fewer a client may have, so that there
    /// is always room for a client that has few. For example, if this is a quarter of `connections`, a client may have
    /// at most a third of the number of connections that are still free. Further handshakes are answered with 429. AWS
    /// has no such limit. `None`, the default, means that there is no limit.
    pub connections_of_principal: Option<usize>,
    /// Maximum number of bytes in the queue of a connection. The queue contains what the client has not read yet.
    /// Further posts are refused with [`PostError::LimitExceeded`](crate::PostError::LimitExceeded). An empty queue
    /// accepts a message of any size. AWS mentions "client's buffer full", but publishes no number.
    pub queue_bytes: usize,
    /// Maximum number of frames in the queue of a connection. Further posts to the connection are refused with
    /// `LimitExceeded`. AWS publishes no such limit.
    pub queue_frames: usize,
    /// Maximum number of bytes in the queues of all connections of one client, which is a principal at an address.
    /// Further posts are refused with `LimitExceeded`, but an empty queue still accepts a message. AWS publishes no
    /// such limit. `None`, the default, means that there is no limit.
    pub queued_bytes_of_principal: Option<usize>,
    /// Maximum number of bytes in the queues of all clients together. When it is reached, each client may still have an
    /// equal part of it in its own queues: this number divided by the number of clients. Posts beyond that part are
    /// refused with `LimitExceeded`, so that a client with a full queue does not block the others. AWS publishes no
    /// such limit. `None`, the default, means that there is no limit.
    pub queued_bytes: Option<usize>,
    /// Maximum number of messages that are read from a connection while an earlier one is being handled. If there are
    /// more, or if they have more than `message_bytes` bytes in total, the gateway stops reading from the connection
    /// until a message was handled. AWS publishes no such limit.
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
            connects_per_second_of_principal: None,
            handshakes_per_second_of_address: None,
            management_requests_per_second: None,
            handshakes: 1000,
            handshakes_of_address: None,
            connections: 100_000,
            connections_of_principal: None,
            queue_bytes: 1024 * 1024,
            queue_frames: 1024,
            queued_bytes_of_principal: None,
            queued_bytes: None,
            inbox_messages: 16,
        }
    }
}
