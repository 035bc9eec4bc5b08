//! The gateway's management API: the only way in which the service sends to a client.

use std::future::Future;

use bytes::Bytes;

use super::connection_id::ConnectionId;

/// Posts to connections and closes them.
pub trait Management: Send + Sync {
    /// Sends one text message to one connection.
    fn post(&self, to: &ConnectionId, message: Bytes) -> impl Future<Output = Result<(), PostError>> + Send;

    /// Sends the same text message to many connections, encoding it once. Answers with the connections that did not get
    /// it; the others did, as far as the gateway can know. Failures that a retry can mend are retried, so that the answer
    /// is final.
    fn post_to_all(
        &self,
        to: &[ConnectionId],
        message: Bytes,
    ) -> impl Future<Output = Vec<(ConnectionId, PostError)>> + Send;

    /// Closes a connection. To tell the client the reason, post a `disconnect` message before.
    fn close(&self, id: &ConnectionId) -> impl Future<Output = Result<(), PostError>> + Send;
}

/// A message that was not sent. The service handles each kind differently.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The connection is gone (410). It is removed from the table, and no other is.
    #[error("the connection is gone")]
    Gone,
    /// The client's buffer is full, or the account's request rate is exceeded (429). The message is dropped; the client
    /// will notice the hole and ask again.
    #[error("the connection's buffer is full, or messages are sent too fast; try again later")]
    LimitExceeded,
    /// The message is larger than allowed (413). This is a fault of the server, which packs its frames.
    #[error("the message is too large")]
    TooLarge,
    /// Any other failure. It is counted and reported.
    #[error("{reason}")]
    Failed {
        /// Description for the log.
        reason: String,
    },
}
