//! The table of connections and their subscriptions.

use std::future::Future;

use shared::{Filter, Millis, Topic};

use super::connection_id::ConnectionId;
use super::unavailable::Unavailable;
use crate::principal::Principal;

/// One row of the connection table.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// Id of the connection.
    pub id: ConnectionId,
    /// The authenticated principal: set by the authorizer, replaced by a `refresh` message, changed by nothing else.
    pub principal: Principal,
    /// Time at which the connection was made.
    pub connected_at: Millis,
    /// Time from which the row is treated as absent, whether or not it has been deleted yet: DynamoDB deletes expired
    /// items late, and `$disconnect` is best effort.
    pub expires_at: Millis,
}

/// Stores connections and their subscriptions. Every read leaves out rows that have expired at `now`.
pub trait Connections: Send + Sync {
    /// Writes a new row, or replaces the one with the same id (`refresh`). Its subscriptions are kept.
    fn put(&self, connection: Connection) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// Reads the row of a connection; `None` if there is none.
    fn get(
        &self,
        id: &ConnectionId,
        now: Millis,
    ) -> impl Future<Output = Result<Option<Connection>, Unavailable>> + Send;

    /// Deletes a connection and all its subscriptions, and nothing else. Returns the filters of those subscriptions, or
    /// an empty list if the connection does not exist.
    fn remove(&self, id: &ConnectionId) -> impl Future<Output = Result<Vec<Filter>, Unavailable>> + Send;

    /// Adds a subscription to a connection; adding it again changes nothing.
    fn subscribe(
        &self,
        id: &ConnectionId,
        filter: &Filter,
        now: Millis,
    ) -> impl Future<Output = Result<(), SubscribeError>> + Send;

    /// Deletes a subscription. Returns true if it existed.
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

    /// Returns the connections with a filter that matches `topic`, each once, in order of id.
    fn subscribers(
        &self,
        topic: &Topic,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send;

    /// Returns the subscribers of each topic, in the order of `topics`. A store whose reads cost money overrides this
    /// method, so that it reads each filter once, even if the filter matches several of the topics.
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

    /// Returns the number of connections that are subscribed to exactly this filter.
    fn viewers(&self, filter: &Filter, now: Millis) -> impl Future<Output = Result<u64, Unavailable>> + Send;

    /// Returns the connections that are subscribed to exactly this filter, in order of id.
    fn watching(
        &self,
        filter: &Filter,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send;

    /// Returns every connection, in order of id. It reads the whole table, and is called only for the announcement at
    /// shutdown.
    fn all(&self, now: Millis) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send;
}

/// The reason why a subscription was not added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// The connection does not exist any more.
    #[error("the connection is gone")]
    Gone,
    /// The connection has [`shared::limits::SUBSCRIPTIONS`] subscriptions already.
    #[error("a connection may have at most {limit} subscriptions")]
    TooMany {
        /// Largest number of subscriptions allowed.
        limit: usize,
    },
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
