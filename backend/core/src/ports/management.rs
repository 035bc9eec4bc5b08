//! The one road back to a client: the gateway's management API.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;

use super::ConnectionId;

/// Posting to connections and closing them.
pub trait Management: Send + Sync {
    /// Sends one text message to one connection.
    fn post(&self, to: &ConnectionId, message: Bytes) -> impl Future<Output = Result<(), PostError>> + Send;

    /// Sends the same text message to many connections, encoding it once. Answers with those that did not
    /// get it; the others did, as far as the gateway can know. Retries where that can help, so what comes
    /// back is final.
    fn post_to_all(
        &self,
        to: &[ConnectionId],
        message: Bytes,
    ) -> impl Future<Output = Vec<(ConnectionId, PostError)>> + Send;

    /// Closes a connection. Whoever wants the client to know why posts a `disconnect` before.
    fn close(&self, id: &ConnectionId) -> impl Future<Output = Result<(), PostError>> + Send;
}

/// Why a message did not go out. Four kinds, four treatments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The connection is no more (410): forget it, and no other.
    #[error("the connection is gone")]
    Gone,
    /// The client's buffer is full or the account's rate is used up (429). The message is dropped; the
    /// client will notice the hole and ask again.
    #[error("too much at once for this connection")]
    LimitExceeded,
    /// Larger than a message may be (413): a fault of ours, since the server packs its frames.
    #[error("the message is too large")]
    TooLarge,
    /// Anything else: count it and report it.
    #[error("{reason}")]
    Failed {
        /// For the log.
        reason: String,
    },
}

impl<T: Management> Management for Arc<T> {
    fn post(&self, to: &ConnectionId, message: Bytes) -> impl Future<Output = Result<(), PostError>> + Send {
        T::post(self, to, message)
    }

    fn post_to_all(
        &self,
        to: &[ConnectionId],
        message: Bytes,
    ) -> impl Future<Output = Vec<(ConnectionId, PostError)>> + Send {
        T::post_to_all(self, to, message)
    }

    fn close(&self, id: &ConnectionId) -> impl Future<Output = Result<(), PostError>> + Send {
        T::close(self, id)
    }
}
