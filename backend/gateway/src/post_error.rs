//! The errors of posting to a connection and of looking one up.

/// The reason why a frame was not sent to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PostError {
    /// There is no such connection; the caller should forget the id. Also returned while the connection's `$connect`
    /// function has not returned yet.
    #[error("the connection is gone")]
    Gone,
    /// The client reads too slowly and the connection's queue is full; the caller may try again later.
    #[error("the client's buffer is full")]
    LimitExceeded,
    /// The payload is larger than [`Limits::message_bytes`](crate::Limits::message_bytes).
    #[error("the message has {size_bytes} bytes; at most {limit_bytes} are allowed")]
    PayloadTooLarge {
        /// Size of the refused payload.
        size_bytes: usize,
        /// Size of the largest payload that is sent.
        limit_bytes: usize,
    },
}

/// There is no open connection with the given id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection is gone")]
pub struct Gone;
