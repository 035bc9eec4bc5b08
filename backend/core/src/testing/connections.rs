//! A fake of [`Connections`], in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use shared::{Filter, Millis, Topic, limits};

use crate::lock::lock;
use crate::ports::{Connection, ConnectionId, Connections, SubscribeError, Unavailable};

/// A fake of [`Connections`], which keeps the rows in memory. Its methods can be made to fail. Clones share the same
/// rows.
#[derive(Debug, Clone, Default)]
pub struct FakeConnections {
    rows: Arc<Mutex<BTreeMap<ConnectionId, Row>>>,
    broken: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Row {
    connection: Connection,
    filters: BTreeSet<Filter>,
}

impl FakeConnections {
    /// Makes all later calls of the trait's methods fail if `broken` is true, and work if it is false.
    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    /// Returns the subscribers of `topic` at `now`. Unlike [`Connections::subscribers`], this is not an async function.
    pub fn subscribers_now(&self, topic: &Topic, now: Millis) -> Vec<ConnectionId> {
        self.having(now, |row| row.filters.iter().any(|filter| filter.matches(topic)))
    }

    fn having(&self, now: Millis, holds: impl Fn(&Row) -> bool) -> Vec<ConnectionId> {
        let rows = lock(&self.rows);
        let live = rows.iter().filter(|(_, row)| row.connection.expires_at > now && holds(row));
        live.map(|(id, _)| id.clone()).collect()
    }

    fn check(&self) -> Result<(), Unavailable> {
        if self.broken.load(Ordering::SeqCst) { Err(Unavailable::new("made to fail")) } else { Ok(()) }
    }
}

impl Connections for FakeConnections {
    async fn put(&self, connection: Connection) -> Result<(), Unavailable> {
        self.check()?;
        let mut rows = lock(&self.rows);
        let filters = rows.remove(&connection.id).map(|row| row.filters).unwrap_or_default();
        rows.insert(connection.id.clone(), Row { connection, filters });
        Ok(())
    }

    async fn get(&self, id: &ConnectionId, now: Millis) -> Result<Option<Connection>, Unavailable> {
        self.check()?;
        let rows = lock(&self.rows);
        let row = rows.get(id).filter(|row| row.connection.expires_at > now);
        Ok(row.map(|row| row.connection.clone()))
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Vec<Filter>, Unavailable> {
        self.check()?;
        let row = lock(&self.rows).remove(id);
        Ok(row.map(|row| row.filters.into_iter().collect()).unwrap_or_default())
    }

    async fn subscribe(&self, id: &ConnectionId, filter: &Filter, now: Millis) -> Result<(), SubscribeError> {
        self.check()?;
        let mut rows = lock(&self.rows);
        let row = rows.get_mut(id).filter(|row| row.connection.expires_at > now);
        let row = row.ok_or(SubscribeError::Gone)?;
        if !row.filters.contains(filter) && row.filters.len() >= limits::SUBSCRIPTIONS {
            return Err(SubscribeError::TooMany { limit: limits::SUBSCRIPTIONS });
        }
        row.filters.insert(filter.clone());
        Ok(())
    }

    async fn unsubscribe(&self, id: &ConnectionId, filter: &Filter) -> Result<bool, Unavailable> {
        self.check()?;
        Ok(lock(&self.rows).get_mut(id).is_some_and(|row| row.filters.remove(filter)))
    }

    async fn subscriptions(&self, id: &ConnectionId, now: Millis) -> Result<Vec<Filter>, Unavailable> {
        self.check()?;
        let rows = lock(&self.rows);
        let row = rows.get(id).filter(|row| row.connection.expires_at > now);
        Ok(row.map(|row| row.filters.iter().cloned().collect()).unwrap_or_default())
    }

    async fn subscribers(&self, topic: &Topic, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        self.check()?;
        Ok(self.subscribers_now(topic, now))
    }

    async fn viewers(&self, filter: &Filter, now: Millis) -> Result<u64, Unavailable> {
        Ok(self.watching(filter, now).await?.len() as u64)
    }

    async fn watching(&self, filter: &Filter, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        self.check()?;
        Ok(self.having(now, |row| row.filters.contains(filter)))
    }

    async fn all(&self, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        self.check()?;
        Ok(self.having(now, |_| true))
    }
}
