//! The open connections, and what can be done with them: the management API, in process.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use crate::chaos::handle::Faults;
use crate::connection::Connection;
use crate::environment::Environment;
use crate::event::{End, Moment};
use crate::{ConnectionId, Frame, Limits};

const SHARDS: usize = 64;
/// About a millisecond of work, at five microseconds a delivery.
const DELIVERIES_BETWEEN_YIELDS: usize = 256;

/// A handle on a gateway's connections. Clones are the same connections. It exists before the gateway does, so that
/// functions can be given one.
#[derive(Clone)]
pub struct Connections(Arc<Registry>);

struct Registry {
    shards: [RwLock<HashMap<ConnectionId, Arc<Connection>>>; SHARDS],
    hasher: RandomState,
    count: AtomicUsize,
    emptied: Notify,
    shutting_down: AtomicBool,
    limits: Limits,
    environment: Arc<dyn Environment>,
    faults: Faults,
}

/// Why a frame did not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// There is no such connection: forget it. Also answered while its `$connect` has not returned.
    #[error("the connection is gone")]
    Gone,
    /// The client reads too slowly and its queue is full: try again later.
    #[error("the client's buffer is full")]
    LimitExceeded,
    /// The message is larger than the gateway sends: make it smaller.
    #[error("{size_bytes} bytes exceed the limit of {limit_bytes}")]
    PayloadTooLarge {
        /// The message's size.
        size_bytes: usize,
        /// What is allowed.
        limit_bytes: usize,
    },
}

/// There is no such connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection is gone")]
pub struct Gone;

/// What is known about an open connection. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionInfo {
    /// When its handshake came.
    pub connected_at_ms: u64,
    /// When a message last came from or went to it.
    pub last_active_at_ms: u64,
    /// Where it comes from.
    pub source_ip: IpAddr,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

impl Connections {
    /// No connections yet, under these limits.
    pub fn new(limits: &Limits, environment: Arc<dyn Environment>) -> Self {
        Self(Arc::new(Registry {
            shards: std::array::from_fn(|_| RwLock::default()),
            hasher: RandomState::new(),
            count: AtomicUsize::new(0),
            emptied: Notify::new(),
            shutting_down: AtomicBool::new(false),
            limits: limits.clone(),
            environment,
            faults: Faults::default(),
        }))
    }

    /// Sends a frame to one connection. Returns when the socket has it or the queue does; never waits.
    pub fn post(&self, id: &ConnectionId, frame: &Frame) -> Result<(), PostError> {
        self.check_size(frame)?;
        self.post_at(id, frame, self.monotonic_ms())
    }

    /// Sends one frame to many connections and returns those that did not get it, each with the reason, in the order of
    /// `ids`. Never waits for a client: a full queue is `LimitExceeded` at once, and nothing is tried again.
    ///
    /// A delivery costs one system call, some five microseconds. The task yields after every 256 deliveries, so that a
    /// post to many thousands does not keep the other tasks of its thread waiting. Frames of two calls that run at the
    /// same time may therefore reach two connections in different orders; await one call before the next to keep order.
    pub async fn post_to_all<'a, I>(&self, ids: I, frame: &Frame) -> Vec<(ConnectionId, PostError)>
    where
        I: IntoIterator<Item = &'a ConnectionId, IntoIter: Send>,
    {
        let size = self.check_size(frame);
        let mut now_ms = self.monotonic_ms();
        let mut failed = Vec::new();
        for (at, id) in ids.into_iter().enumerate() {
            if at > 0 && at % DELIVERIES_BETWEEN_YIELDS == 0 {
                tokio::task::yield_now().await;
                now_ms = self.monotonic_ms();
            }
            if let Err(error) = size.and_then(|()| self.post_at(id, frame, now_ms)) {
                failed.push((*id, error));
            }
        }
        failed
    }

    /// What is known about a connection.
    pub fn get(&self, id: &ConnectionId) -> Result<ConnectionInfo, Gone> {
        let connection = self.find(id).filter(|connection| connection.is_open()).ok_or(Gone)?;
        Ok(ConnectionInfo {
            connected_at_ms: connection.caller.connected_at_ms,
            last_active_at_ms: connection.last_active_at_ms(),
            source_ip: connection.caller.source_ip,
            user_agent: connection.caller.user_agent.as_deref().map(str::to_owned),
        })
    }

    /// Closes a connection with 1000 "Connection Closed Normally".
    pub fn delete(&self, id: &ConnectionId) -> Result<(), Gone> {
        let connection = self.find(id).filter(|connection| connection.is_open()).ok_or(Gone)?;
        connection.close(End::deleted(), self.monotonic_ms(), false);
        Ok(())
    }

    /// Closes every connection there is with this code and reason.
    pub fn close_all(&self, code: u16, reason: &str) {
        let now_ms = self.monotonic_ms();
        self.each(|connection| connection.close(End::new(code, reason), now_ms, false));
    }

    /// How many connections there are; one counts until its `$disconnect` has returned.
    pub fn count(&self) -> usize {
        self.0.count.load(SeqCst)
    }

    /// The ids of the open connections, in no order.
    pub fn ids(&self) -> Vec<ConnectionId> {
        let mut ids = Vec::with_capacity(self.count());
        self.each(|connection| {
            if connection.is_open() {
                ids.push(connection.caller.id);
            }
        });
        ids
    }

    /// Waits until there is no connection.
    pub async fn emptied(&self) {
        loop {
            let emptied = self.0.emptied.notified();
            tokio::pin!(emptied);
            emptied.as_mut().enable();
            if self.count() == 0 {
                return;
            }
            emptied.await;
        }
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.0.faults
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment { now_ms: self.0.environment.now_ms(), random: self.0.environment.random() }
    }

    pub(crate) fn monotonic_ms(&self) -> u64 {
        self.0.environment.monotonic_ms()
    }

    /// Adds a connection whose `$connect` has returned.
    pub(crate) fn insert(&self, connection: Arc<Connection>) {
        self.0.count.fetch_add(1, SeqCst);
        let shard = self.shard(&connection.caller.id);
        shard
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(connection.caller.id, connection.clone());
        if self.is_shutting_down() {
            connection.close(End::going_away(), self.monotonic_ms(), false);
        }
    }

    /// Forgets a connection whose `$disconnect` has returned.
    pub(crate) fn remove(&self, id: &ConnectionId) {
        let removed = self.shard(id).write().unwrap_or_else(PoisonError::into_inner).remove(id);
        if removed.is_some() && self.0.count.fetch_sub(1, SeqCst) == 1 {
            self.0.emptied.notify_waiters();
        }
    }

    pub(crate) fn begin_shut_down(&self) {
        self.0.shutting_down.store(true, SeqCst);
    }

    pub(crate) fn is_shutting_down(&self) -> bool {
        self.0.shutting_down.load(SeqCst)
    }

    /// Closes connections past their idle time or life for as long as anyone holds the handle. One timer for all of
    /// them, so that a connection costs none; they close up to one period late.
    pub(crate) fn sweep(&self) -> impl Future<Output = ()> + Send + 'static {
        let registry = Arc::downgrade(&self.0);
        let mut timer = tokio::time::interval(sweep_period(&self.0.limits));
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        async move {
            while let Some(connections) = upgrade(&registry) {
                connections.expire();
                drop(connections);
                timer.tick().await;
            }
        }
    }

    fn expire(&self) {
        let now_ms = self.monotonic_ms();
        self.each(|connection| connection.expire(&self.0.limits, now_ms));
    }

    fn check_size(&self, frame: &Frame) -> Result<(), PostError> {
        let (size_bytes, limit_bytes) = (frame.payload_bytes(), self.0.limits.message_bytes as usize);
        if size_bytes > limit_bytes {
            Err(PostError::PayloadTooLarge { size_bytes, limit_bytes })
        } else {
            Ok(())
        }
    }

    fn post_at(&self, id: &ConnectionId, frame: &Frame, monotonic_ms: u64) -> Result<(), PostError> {
        let connection = self.find(id).ok_or(PostError::Gone)?;
        if self.0.faults.is_on() {
            return self.post_in_chaos(connection, frame, monotonic_ms);
        }
        connection.post(frame, &self.0.limits, monotonic_ms)
    }

    pub(crate) fn find(&self, id: &ConnectionId) -> Option<Arc<Connection>> {
        self.shard(id).read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn shard(&self, id: &ConnectionId) -> &RwLock<HashMap<ConnectionId, Arc<Connection>>> {
        &self.0.shards[self.0.hasher.hash_one(id) as usize % SHARDS]
    }

    fn each(&self, mut act: impl FnMut(&Connection)) {
        for shard in &self.0.shards {
            shard
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .values()
                .for_each(|connection| act(connection));
        }
    }
}

fn upgrade(registry: &Weak<Registry>) -> Option<Connections> {
    registry.upgrade().map(Connections)
}

/// A tenth of the shortest time that is kept, between ten milliseconds and one second.
fn sweep_period(limits: &Limits) -> Duration {
    let shortest = limits.idle.min(limits.life).min(limits.close);
    (shortest / 10).clamp(Duration::from_millis(10), Duration::from_secs(1))
}
