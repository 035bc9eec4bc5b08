//! The trait for the gateway's management API, through which the service sends messages to clients. There is no other
//! way to send to a client.

use std::future::Future;

use bytes::Bytes;

use super::connection_id::ConnectionId;

/// Sends messages to WebSocket connections, and closes connections.
pub trait Management: Send + Sync {
    /// Sends one text message to one connection.
    fn post(&self, to: &ConnectionId, message: Bytes) -> impl Future<Output = Result<(), PostError>> + Send;

    /// Sends the same text message to many connections. The message is encoded once. Returns the connections that did
    /// not get the message, each with the reason. As far as the gateway can tell, all others got it. The caller does
    /// not retry, because the implementation has already made every retry that it considers useful.
    fn post_to_all(
        &self,
        to: &[ConnectionId],
        message: Bytes,
    ) -> impl Future<Output = Vec<(ConnectionId, PostError)>> + Send;

    /// Closes a WebSocket connection. A caller that wants to give the client a reason must first post a `disconnect`
    /// message.
    fn close(&self, id: &ConnectionId) -> impl Future<Output = Result<(), PostError>> + Send;
}

/// The reason why a message was not sent to a connection. The service reacts to each reason in a different way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The connection has ended (HTTP 410). The service removes this connection from the table, and no other.
    #[error("the connection has ended: stop sending to it")]
    Gone,
    /// API Gateway's buffer for the connection is full, or the account's request rate is exceeded (HTTP 429). The
    /// message is dropped. The client notices that publications are missing, and requests them.
    #[error("the connection's buffer is full, or messages are sent too fast; try again later")]
    LimitExceeded,
    /// The message is larger than the gateway allows (HTTP 413). This is a bug in the server, which limits the size of
    /// its messages.
    #[error("the message is larger than the gateway accepts")]
    TooLarge,
    /// The message was not sent for another reason. The failure is counted and reported.
    #[error("the message could not be posted to the connection: {reason}")]
    Failed {
        /// Description of the failure for the log.
        reason: String,
    },
}
