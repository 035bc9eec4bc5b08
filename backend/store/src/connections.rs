//! The table of WebSocket connections and their subscriptions, in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, RwLock};

use backend_core::Principal;
use backend_core::lock::{read, write};
use backend_core::ports::{Connection, ConnectionId, Connections, SubscribeError, Unavailable};
use shared::{Filter, Millis, Topic, limits};

/// The table of this process's WebSocket connections and their subscriptions, in memory.
///
/// A connection is a socket of this process and ends with the process, so nothing is written to disk. After a restart
/// every client connects and subscribes again, and reads the publications that it missed from the log.
#[derive(Debug, Default)]
pub struct MemoryConnections {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    rows: HashMap<ConnectionId, Row>,
    /// For each filter, its subscribers in order of id and the time at which their rows expire. A filter without
    /// subscribers has no entry.
    subscribers_of: HashMap<Filter, BTreeMap<ConnectionId, Millis>>,
    /// The principal of the row that was written last. Viewers of a board have the same one in most cases, so their rows share it.
    last_principal: Option<Arc<Principal>>,
    /// The time at which the token of each connection expires, in order. Connections whose permissions never expire are left out.
    token_ends: BTreeSet<(Millis, ConnectionId)>,
}

#[derive(Debug)]
struct Row {
    principal: Arc<Principal>,
    connected_at: Millis,
    expires_at: Millis,
    /// Filters of the connection's subscriptions, in order. Most connections have one, for which a tree would take ten times the memory.
    filters: Vec<Filter>,
}

impl MemoryConnections {
    /// Creates an empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the connections whose token has expired at `now`.
    pub fn token_over(&self, now: Millis) -> Vec<ConnectionId> {
        let state = read(&self.state);
        let over = state.token_ends.iter().take_while(|(at, _)| *at <= now);
        over.map(|(_, id)| id.clone()).collect()
    }

    /// Returns the earliest time after `now` at which the token of a connection expires; `None` if no token expires
    /// after `now`.
    pub fn next_token_end(&self, now: Millis) -> Option<Millis> {
        let state = read(&self.state);
        state.token_ends.iter().map(|(at, _)| *at).find(|at| *at > now)
    }

    /// Deletes the rows that have expired at `now`, and returns their number. Reads leave out expired rows anyway. The
    /// deletion frees the memory of connections whose `$disconnect` event was not delivered.
    pub fn forget_expired(&self, now: Millis) -> usize {
        let mut state = write(&self.state);
        let expired = state.rows.iter().filter(|(_, row)| !row.is_alive(now));
        let expired: Vec<_> = expired.map(|(id, _)| id.clone()).collect();
        for id in &expired {
            state.remove(id);
        }
        expired.len()
    }
}

impl Connections for MemoryConnections {
    async fn put(&self, connection: Connection) -> Result<(), Unavailable> {
        write(&self.state).put(connection);
        Ok(())
    }

    async fn get(&self, id: &ConnectionId, now: Millis) -> Result<Option<Connection>, Unavailable> {
        Ok(read(&self.state).alive(id, now).map(|row| row.connection(id)))
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Vec<Filter>, Unavailable> {
        Ok(write(&self.state).remove(id))
    }

    async fn subscribe(&self, id: &ConnectionId, filter: &Filter, now: Millis) -> Result<(), SubscribeError> {
        write(&self.state).subscribe(id, filter, now)
    }

    async fn unsubscribe(&self, id: &ConnectionId, filter: &Filter) -> Result<bool, Unavailable> {
        Ok(write(&self.state).unsubscribe(id, filter))
    }

    async fn subscriptions(&self, id: &ConnectionId, now: Millis) -> Result<Vec<Filter>, Unavailable> {
        let state = read(&self.state);
        Ok(state.alive(id, now).map(|row| row.filters.clone()).unwrap_or_default())
    }

    async fn subscribers(&self, topic: &Topic, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        Ok(read(&self.state).subscribers(topic, now))
    }

    async fn viewers(&self, filter: &Filter, now: Millis) -> Result<u64, Unavailable> {
        Ok(read(&self.state).watching(filter, now).count() as u64)
    }

    async fn watching(&self, filter: &Filter, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        Ok(read(&self.state).watching(filter, now).cloned().collect())
    }

    async fn all(&self, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        let state = read(&self.state);
        let rows = state.rows.iter().filter(|(_, row)| row.is_alive(now));
        let mut ids: Vec<_> = rows.map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        Ok(ids)
    }
}

impl State {
    fn put(&mut self, connection: Connection) {
        let Connection { id, principal, connected_at, expires_at } = connection;
        let principal = self.shared(principal);
        self.forget_token(&id);
        self.token_ends.extend(principal.expires_at.map(|at| (at, id.clone())));
        let Some(row) = self.rows.get_mut(&id) else {
            self.rows.insert(id, Row { principal, connected_at, expires_at, filters: Vec::new() });
            return;
        };
        (row.principal, row.connected_at, row.expires_at) = (principal, connected_at, expires_at);
        for filter in &row.filters {
            if let Some(until) = self.subscribers_of.get_mut(filter).and_then(|ids| ids.get_mut(&id)) {
                *until = expires_at;
            }
        }
    }

    fn remove(&mut self, id: &ConnectionId) -> Vec<Filter> {
        self.forget_token(id);
        let filters = self.rows.remove(id).map(|row| row.filters).unwrap_or_default();
        filters.iter().for_each(|filter| self.remove_subscriber(filter, id));
        self.free_unused_rows();
        filters
    }

    fn forget_token(&mut self, id: &ConnectionId) {
        let ends = self.rows.get(id).and_then(|row| row.principal.expires_at);
        if let Some(at) = ends {
            self.token_ends.remove(&(at, id.clone()));
        }
    }

    /// Returns the principal of the row that was written last, if it is equal to `principal`.
    fn shared(&mut self, principal: Arc<Principal>) -> Arc<Principal> {
        let last = self.last_principal.get_or_insert_with(|| principal.clone());
        if *last != principal {
            *last = principal;
        }
        last.clone()
    }

    /// Frees the memory of rows that are no longer used when a flood of connections has ended. The table is moved only if
    /// three quarters of it are empty, so this costs each removed row a constant time on average.
    fn free_unused_rows(&mut self) {
        if self.rows.len() < self.rows.capacity() / 4 {
            self.rows.shrink_to(self.rows.len() * 2);
        }
    }

    fn subscribe(&mut self, id: &ConnectionId, filter: &Filter, now: Millis) -> Result<(), SubscribeError> {
        let row = self.rows.get_mut(id).filter(|row| row.is_alive(now)).ok_or(SubscribeError::Gone)?;
        let Err(place) = row.filters.binary_search(filter) else { return Ok(()) };
        if row.filters.len() >= limits::SUBSCRIPTIONS {
            return Err(SubscribeError::TooMany { limit: limits::SUBSCRIPTIONS });
        }
        row.filters.reserve_exact(1);
        row.filters.insert(place, filter.clone());
        let subscribers = self.subscribers_of.entry(filter.clone()).or_default();
        subscribers.insert(id.clone(), row.expires_at);
        Ok(())
    }

    fn unsubscribe(&mut self, id: &ConnectionId, filter: &Filter) -> bool {
        let Some(row) = self.rows.get_mut(id) else { return false };
        let Ok(place) = row.filters.binary_search(filter) else { return false };
        row.filters.remove(place);
        self.remove_subscriber(filter, id);
        true
    }

    fn remove_subscriber(&mut self, filter: &Filter, id: &ConnectionId) {
        let Some(ids) = self.subscribers_of.get_mut(filter) else { return };
        ids.remove(id);
        if ids.is_empty() {
            self.subscribers_of.remove(filter);
        }
    }

    fn alive(&self, id: &ConnectionId, now: Millis) -> Option<&Row> {
        self.rows.get(id).filter(|row| row.is_alive(now))
    }

    fn watching(&self, filter: &Filter, now: Millis) -> impl Iterator<Item = &ConnectionId> {
        let ids = self.subscribers_of.get(filter).into_iter().flatten();
        ids.filter(move |(_, until)| **until > now).map(|(id, _)| id)
    }

    fn subscribers(&self, topic: &Topic, now: Millis) -> Vec<ConnectionId> {
        let mut ids = Vec::new();
        for filter in Filter::all_matching(topic) {
            ids.extend(self.watching(&filter, now).cloned());
        }
        // The list consists of at most nine sorted parts, which the standard sort detects and merges.
        ids.sort();
        ids.dedup();
        ids
    }
}

impl Row {
    fn is_alive(&self, now: Millis) -> bool {
        self.expires_at > now
    }

    fn connection(&self, id: &ConnectionId) -> Connection {
        let Self { principal, connected_at, expires_at, .. } = self;
        Connection {
            id: id.clone(),
            principal: principal.clone(),
            connected_at: *connected_at,
            expires_at: *expires_at,
        }
    }
}

#[cfg(test)]
mod tests;
