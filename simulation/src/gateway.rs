//! Simulates the management API of API Gateway, by which the server sends messages to connections. The server's calls
//! are put into a queue, and the simulated network carries them out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use backend_core::lock::lock;
use backend_core::ports::{ConnectionId, Management, PostError};
use bytes::Bytes;

use crate::conditions::Conditions;
use crate::link::LinkId;
use crate::ports::pause;
use crate::rng::Rng;

/// Maximum number of messages to one connection that have not arrived yet. The gateway refuses further ones.
pub const BACKLOG: usize = 64;

/// State of the simulated gateway.
#[derive(Debug)]
pub struct Switch {
    /// Current time, in milliseconds since the simulated run began.
    pub now_ms: u64,
    /// Current conditions of the network and platform, such as the probability of failures.
    pub conditions: Conditions,
    /// Connections to which the server can send messages.
    pub lines: BTreeMap<ConnectionId, Line>,
    /// Calls of the management API that the network has not carried out yet, in order, each with the link that it
    /// concerns.
    pub pending_orders: Vec<(LinkId, Order)>,
    rng: Rng,
}

/// A connection to which the server can send messages.
#[derive(Debug)]
pub struct Line {
    /// Number of the simulated link (network connection).
    pub link: LinkId,
    /// Time at which the connection was made, in milliseconds since the simulated run began.
    pub since_ms: u64,
    /// Number of messages to this connection that have not arrived yet.
    pub backlog: usize,
}

/// A call of the management API by the server, which the network has to carry out.
#[derive(Debug)]
pub enum Order {
    /// Send this message to the client.
    Post(Bytes),
    /// Close the connection.
    Close,
}

impl Switch {
    /// Creates the state of a gateway that has no connections. `rng` decides which calls fail.
    pub fn new(rng: Rng) -> Self {
        Self {
            now_ms: 0,
            conditions: Conditions::GOOD,
            lines: BTreeMap::new(),
            pending_orders: Vec::new(),
            rng,
        }
    }

    fn post(&mut self, to: &ConnectionId, message: Bytes) -> Result<(), PostError> {
        let line = self.lines.get_mut(to).ok_or(PostError::Gone)?;
        if self.now_ms < line.since_ms + self.conditions.gone_early_ms {
            return Err(PostError::Gone);
        }
        if message.len() > shared::limits::FRAME_BYTES {
            return Err(PostError::TooLarge);
        }
        if line.backlog >= BACKLOG || self.rng.percent(self.conditions.throttled) {
            return Err(PostError::LimitExceeded);
        }
        if self.rng.percent(self.conditions.failed) {
            return Err(PostError::Failed { reason: "made to fail".into() });
        }
        line.backlog += 1;
        let link = line.link;
        self.pending_orders.push((link, Order::Post(message)));
        Ok(())
    }
}

/// The simulated gateway. The world (the simulation itself) and the server use the same state through clones of this
/// handle.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Mutex<Switch>>);

impl Gateway {
    /// Creates a gateway with this state.
    pub fn new(switch: Switch) -> Self {
        Self(Arc::new(Mutex::new(switch)))
    }

    /// Locks the state of the gateway and returns it.
    pub fn lock(&self) -> MutexGuard<'_, Switch> {
        lock(&self.0)
    }
}

impl Management for Gateway {
    async fn post(&self, to: &ConnectionId, message: Bytes) -> Result<(), PostError> {
        pause().await;
        self.lock().post(to, message)
    }

    async fn post_to_all(&self, to: &[ConnectionId], message: Bytes) -> Vec<(ConnectionId, PostError)> {
        let mut failures = Vec::new();
        for id in to {
            pause().await;
            let posted = self.lock().post(id, message.clone());
            failures.extend(posted.err().map(|error| (id.clone(), error)));
        }
        failures
    }

    async fn close(&self, id: &ConnectionId) -> Result<(), PostError> {
        pause().await;
        let mut switch = self.lock();
        let link = switch.lines.get(id).map(|line| line.link).ok_or(PostError::Gone)?;
        switch.pending_orders.push((link, Order::Close));
        Ok(())
    }
}
