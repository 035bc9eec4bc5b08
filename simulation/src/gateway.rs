//! The simulated management API of the gateway. The service's calls are put into a queue, and the network carries them out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use backend_core::lock::lock;
use backend_core::ports::{ConnectionId, Management, PostError};
use bytes::Bytes;

use crate::conditions::Conditions;
use crate::link::LinkId;
use crate::ports::pause;
use crate::rng::Rng;

/// Maximum number of messages to one connection that have not arrived yet. The gateway refuses more.
pub const BACKLOG: usize = 64;

/// State of the gateway.
#[derive(Debug)]
pub struct Switch {
    /// Time in milliseconds since the schedule began.
    pub now_ms: u64,
    /// Current conditions of the platform.
    pub conditions: Conditions,
    /// Connections to which the service can send.
    pub lines: BTreeMap<ConnectionId, Line>,
    /// Calls of the service that the network has not carried out yet, in order.
    pub pending_orders: Vec<(LinkId, Order)>,
    rng: Rng,
}

/// A connection to which the service can send.
#[derive(Debug)]
pub struct Line {
    /// Link of the connection.
    pub link: LinkId,
    /// Time at which the connection was made.
    pub since_ms: u64,
    /// Number of messages to this connection that have not arrived yet.
    pub backlog: usize,
}

/// A call of the management API by the service.
#[derive(Debug)]
pub enum Order {
    /// Send this message.
    Post(Bytes),
    /// Close the socket.
    Close,
}

impl Switch {
    /// Creates the state of a gateway without connections.
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

/// The gateway. World and service share one state.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Mutex<Switch>>);

impl Gateway {
    /// Creates a gateway with the state `switch`.
    pub fn new(switch: Switch) -> Self {
        Self(Arc::new(Mutex::new(switch)))
    }

    /// Locks the state of the gateway.
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
