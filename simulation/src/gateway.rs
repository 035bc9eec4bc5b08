//! The management API: posts go into a queue that the network takes them from.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use backend_core::lock::lock;
use backend_core::ports::{ConnectionId, Management, PostError};
use bytes::Bytes;

use crate::conditions::Conditions;
use crate::link::LinkId;
use crate::ports::pause;
use crate::rng::Rng;

/// Largest number of posts on their way to one connection. More are refused.
pub const BACKLOG: usize = 64;

/// State of the gateway.
#[derive(Debug)]
pub struct Switch {
    /// Milliseconds since the schedule began.
    pub now_ms: u64,
    /// Conditions of the platform.
    pub conditions: Conditions,
    /// The connections that can be posted to.
    pub lines: BTreeMap<ConnectionId, Line>,
    /// Posts and closes that the network has not taken yet, in order.
    pub pending_orders: Vec<(LinkId, Order)>,
    rng: Rng,
}

/// A connection that can be posted to.
#[derive(Debug)]
pub struct Line {
    /// Its link.
    pub link: LinkId,
    /// Time at which it was made.
    pub since_ms: u64,
    /// Posts that have not arrived yet.
    pub backlog: usize,
}

/// A request of the service.
#[derive(Debug)]
pub enum Order {
    /// Send this.
    Post(Bytes),
    /// Close the socket.
    Close,
}

impl Switch {
    /// Creates the state without connections.
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

/// The gateway, shared by world and service.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Mutex<Switch>>);

impl Gateway {
    /// Takes `switch` over.
    pub fn new(switch: Switch) -> Self {
        Self(Arc::new(Mutex::new(switch)))
    }

    /// Locks the state.
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
