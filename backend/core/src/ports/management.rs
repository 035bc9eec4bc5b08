//! The gateway's management API: the only way in which the service sends to a client.

use std::future::Future;

use bytes::Bytes;

use super::connection_id::ConnectionId;

/// Posts to connections and closes them.
pub trait Management: Send + Sync {
    /// Sends one text message to one connection.
    fn post(&self, to: &ConnectionId, message: Bytes) -> impl Future<Output = Result<(), PostError>> + Send;

    /// Sends the same text message to many connections, encoding it once. Returns the connections that did not get it,
    /// each with the reason; the others did, as far as the gateway can know. The caller does not retry: the
    /// implementation has already made every retry that it considers useful.
    fn post_to_all(
        &self,
        to: &[ConnectionId],
        message: Bytes,
    ) -> impl Future<Output = Vec<(ConnectionId, PostError)>> + Send;

    /// Closes a connection. To tell the client the reason, post a `disconnect` message before.
    fn close(&self, id: &ConnectionId) -> impl Future<Output = Result<(), PostError>> + Send;
}

/// The reason why a message was not sent. The service handles each reason differently.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The connection is gone (HTTP 410). The service removes this connection from the table, and no other.
    #[error("the connection is gone")]
    Gone,
    /// The client's buffer is full, or the account's request rate is exceeded (HTTP 429). The message is dropped. The
    /// client notices that publications are missing, and requests them.
    #[error("the connection's buffer is full, or messages are sent too fast; try again later")]
    LimitExceeded,
    /// The message is larger than allowed (HTTP 413). This is a fault of the server, which packs its frames.
    #[error("the message is too large")]
    TooLarge,
    /// Any other failure. It is counted and reported.
    #[error("{reason}")]
    Failed {
        /// Description for the log.
        reason: String,
    },
}
