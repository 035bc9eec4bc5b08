//! The trait for the table of WebSocket connections and their subscriptions.

use std::future::Future;
use std::sync::Arc;

use shared::{Filter, Millis, Topic};

use super::connection_id::ConnectionId;
use super::unavailable::Unavailable;
use crate::principal::Principal;

/// One row of the table of WebSocket connections.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// Id of the connection.
    pub id: ConnectionId,
    /// The authenticated client. It is set by the authorizer, replaced by a `refresh` message, and changed by nothing
    /// else. A message copies the row, and many connections have the same principal, so it is shared.
    pub principal: Arc<Principal>,
    /// Time at which the connection was made.
    pub connected_at: Millis,
    /// Time from which the row counts as deleted, even if it still exists. Rows may stay longer because DynamoDB
    /// deletes expired items late, and the delivery of `$disconnect` is best effort.
    pub expires_at: Millis,
}

/// Stores WebSocket connections and their subscriptions. Every method that reads leaves out rows that have expired at
/// `now`.
pub trait Connections: Send + Sync {
    /// Writes a new row. If there is a row with the same id, as for a `refresh` message, it is replaced, and the
    /// subscriptions of the connection are kept.
    fn put(&self, connection: Connection) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// Returns the row of a connection, or `None` if there is none or it has expired.
    fn get(
        &self,
        id: &ConnectionId,
        now: Millis,
    ) -> impl Future<Output = Result<Option<Connection>, Unavailable>> + Send;

    /// Deletes a connection and all its subscriptions, and nothing else. Returns the filters of those subscriptions, or
    /// an empty list if the connection does not exist.
    fn remove(&self, id: &ConnectionId) -> impl Future<Output = Result<Vec<Filter>, Unavailable>> + Send;

    /// Adds a subscription to a connection. If the connection already has a subscription to the same filter, nothing
    /// changes.
    fn subscribe(
        &self,
        id: &ConnectionId,
        filter: &Filter,
        now: Millis,
    ) -> impl Future<Output = Result<(), SubscribeError>> + Send;

    /// Deletes a subscription of a connection. Returns true if it existed.
    fn unsubscribe(
        &self,
        id: &ConnectionId,
        filter: &Filter,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Returns the filters that a connection is subscribed to, in order.
    fn subscriptions(
        &self,
        id: &ConnectionId,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<Filter>, Unavailable>> + Send;

    /// Returns the connections that have a subscription whose filter matches `topic`. Each connection occurs once, in
    /// order of id.
    fn subscribers(
        &self,
        topic: &Topic,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send;

    /// Returns the subscribers of each topic, in the order of `topics`. A store whose reads cost money overrides this
    /// method to read each filter once, even if the filter matches several of the topics.
    fn audiences(
        &self,
        topics: &[Topic],
        now: Millis,
    ) -> impl Future<Output = Result<Vec<Vec<ConnectionId>>, Unavailable>> + Send {
        async move {
            let mut audiences = Vec::with_capacity(topics.len());
            for topic in topics {
                audiences.push(self.subscribers(topic, now).await?);
            }
            Ok(audiences)
        }
    }

    /// Returns the number of connections that are subscribed to exactly this filter. Other filters that match the same
    /// topics do not count.
    fn viewers(&self, filter: &Filter, now: Millis) -> impl Future<Output = Result<u64, Unavailable>> + Send;

    /// Returns the connections that are subscribed to exactly this filter, in order of id. Other filters that match the
    /// same topics do not count.
    fn watching(
        &self,
        filter: &Filter,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send;

    /// Returns all connections, in order of id. It reads the whole table. So it is called only for messages to all
    /// clients, such as the announcement of a shutdown.
    fn all(&self, now: Millis) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send;
}

/// The reason why a subscription was not added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// The connection does not exist or has expired.
    #[error("the connection has ended")]
    Gone,
    /// The connection has [`shared::limits::SUBSCRIPTIONS`] subscriptions already.
    #[error(
        "a connection may have at most {limit} subscriptions: end one with `unsubscribe`, or subscribe to a prefix such as host/*"
    )]
    TooMany {
        /// Largest number of subscriptions allowed.
        limit: usize,
    },
    /// The table of connections cannot be read or written at present.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
