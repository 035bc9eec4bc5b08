//! The errors of posting to a WebSocket connection and of looking a connection up.

/// The reason why a frame was not sent to a WebSocket connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PostError {
    /// The connection does not exist, so the caller should delete its id. This error is also returned until the
    /// connection's `$connect` function has returned.
    #[error("there is no open connection with this id: stop sending to it")]
    Gone,
    /// The connection's queue is full, because the client reads too slowly. The caller may try again later.
    #[error("the buffer for this client is full, because the client reads too slowly: send again later")]
    LimitExceeded,
    /// The payload is larger than [`Limits::message_bytes`](crate::Limits::message_bytes).
    #[error("the message has {size_bytes} bytes, and the limit is {limit_bytes}: send a smaller one")]
    PayloadTooLarge {
        /// Size of the refused payload, in bytes.
        size_bytes: usize,
        /// Maximum size of a payload, in bytes.
        limit_bytes: usize,
    },
}

/// There is no open connection with the given id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no open connection with this id")]
pub struct Gone;
