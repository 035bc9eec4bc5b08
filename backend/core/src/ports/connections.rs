//! Who is connected, and what they watch.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use shared::{Filter, Millis, Topic};

use super::Unavailable;
use crate::principal::Principal;

/// A connection, as the gateway names it. Opaque; a clone costs a reference count.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(Arc<str>);

impl ConnectionId {
    /// Takes over an id from the gateway.
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The id as the gateway knows it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionId({})", self.0)
    }
}

/// One row of the connection table.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// Its name.
    pub id: ConnectionId,
    /// Who it is, from the authorizer or a later `refresh`; never from another message.
    pub principal: Principal,
    /// When it was made.
    pub connected_at: Millis,
    /// From when on the row is treated as absent, whether or not it has been deleted yet: DynamoDB deletes
    /// late, and `$disconnect` is best effort.
    pub expires_at: Millis,
}

/// Connections and their subscriptions. Every read leaves out rows whose time is over at `now`.
pub trait Connections: Send + Sync {
    /// Writes a new row, or replaces the one with the same id (a `refresh`). Subscriptions stay.
    fn put(&self, connection: Connection) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// Reads a row.
    fn get(
        &self,
        id: &ConnectionId,
        now: Millis,
    ) -> impl Future<Output = Result<Option<Connection>, Unavailable>> + Send;

    /// Deletes a connection and all its subscriptions, and no others. Answers with the filters it watched;
    /// removing what is not there changes nothing and answers with none.
    fn remove(&self, id: &ConnectionId) -> impl Future<Output = Result<Vec<Filter>, Unavailable>> + Send;

    /// Adds a subscription to a connection; adding it again changes nothing.
    fn subscribe(
        &self,
        id: &ConnectionId,
        filter: &Filter,
        now: Millis,
    ) -> impl Future<Output = Result<(), SubscribeError>> + Send;

    /// Takes a subscription away; true if it was there.
    fn unsubscribe(
        &self,
        id: &ConnectionId,
        filter: &Filter,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// What a connection watches, in order of filter.
    fn subscriptions(
        &self,
        id: &ConnectionId,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<Filter>, Unavailable>> + Send;

    /// Every connection with a filter that matches `topic`, each once, in order of id.
    fn subscribers(
        &self,
        topic: &Topic,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send;

    /// The subscribers of each of these topics, in the same order. Where looking is paid for, this is overridden so
    /// that a filter is looked up once, however many of the topics it matches.
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

    /// How many connections watch exactly this filter.
    fn viewers(&self, filter: &Filter, now: Millis) -> impl Future<Output = Result<u64, Unavailable>> + Send;

    /// The connections that watch exactly this filter, in order of id.
    fn watching(
        &self,
        filter: &Filter,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send;

    /// Every connection, in order of id: for a farewell at shutdown, never on a hot path.
    fn all(&self, now: Millis) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send;
}

/// Why a subscription was not added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// There is no such connection (any more): nobody is left to tell.
    #[error("the connection is gone")]
    Gone,
    /// The connection has [`shared::limits::SUBSCRIPTIONS`] already: tell it.
    #[error("a connection may have at most {limit} subscriptions")]
    TooMany {
        /// How many are allowed.
        limit: usize,
    },
    /// Try later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl<T: Connections> Connections for Arc<T> {
    fn put(&self, connection: Connection) -> impl Future<Output = Result<(), Unavailable>> + Send {
        T::put(self, connection)
    }

    fn get(
        &self,
        id: &ConnectionId,
        now: Millis,
    ) -> impl Future<Output = Result<Option<Connection>, Unavailable>> + Send {
        T::get(self, id, now)
    }

    fn remove(&self, id: &ConnectionId) -> impl Future<Output = Result<Vec<Filter>, Unavailable>> + Send {
        T::remove(self, id)
    }

    fn subscribe(
        &self,
        id: &ConnectionId,
        filter: &Filter,
        now: Millis,
    ) -> impl Future<Output = Result<(), SubscribeError>> + Send {
        T::subscribe(self, id, filter, now)
    }

    fn unsubscribe(
        &self,
        id: &ConnectionId,
        filter: &Filter,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send {
        T::unsubscribe(self, id, filter)
    }

    fn subscriptions(
        &self,
        id: &ConnectionId,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<Filter>, Unavailable>> + Send {
        T::subscriptions(self, id, now)
    }

    fn subscribers(
        &self,
        topic: &Topic,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send {
        T::subscribers(self, topic, now)
    }

    fn audiences(
        &self,
        topics: &[Topic],
        now: Millis,
    ) -> impl Future<Output = Result<Vec<Vec<ConnectionId>>, Unavailable>> + Send {
        T::audiences(self, topics, now)
    }

    fn viewers(&self, filter: &Filter, now: Millis) -> impl Future<Output = Result<u64, Unavailable>> + Send {
        T::viewers(self, filter, now)
    }

    fn watching(
        &self,
        filter: &Filter,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send {
        T::watching(self, filter, now)
    }

    fn all(&self, now: Millis) -> impl Future<Output = Result<Vec<ConnectionId>, Unavailable>> + Send {
        T::all(self, now)
    }
}
