//! The management API: posts go into a tray that the network empties.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use backend_core::ports::{ConnectionId, Management, PostError};
use bytes::Bytes;

use crate::ports::pause;
use crate::rng::Rng;
use crate::weather::Weather;
use crate::wire::WireId;

/// Posts on their way to one connection before more are refused.
pub const BACKLOG: usize = 64;

/// What the gateway knows.
#[derive(Debug)]
pub struct Switch {
    /// Milliseconds since the schedule began.
    pub now_ms: u64,
    /// What the platform does to posts.
    pub weather: Weather,
    /// The connections that can be posted to.
    pub lines: BTreeMap<ConnectionId, Line>,
    /// What was posted and closed since the network last looked, in order.
    pub tray: Vec<(WireId, Order)>,
    rng: Rng,
}

/// A connection that can be posted to.
#[derive(Debug)]
pub struct Line {
    /// Where it leads.
    pub wire: WireId,
    /// When it was made.
    pub since_ms: u64,
    /// Posts that have not arrived yet.
    pub backlog: usize,
}

/// What the service asked for.
#[derive(Debug)]
pub enum Order {
    /// Send this.
    Post(Bytes),
    /// Close the socket.
    Close,
}

impl Switch {
    /// Nobody is connected.
    pub fn new(rng: Rng) -> Self {
        Self { now_ms: 0, weather: Weather::FAIR, lines: BTreeMap::new(), tray: Vec::new(), rng }
    }

    fn post(&mut self, to: &ConnectionId, message: Bytes) -> Result<(), PostError> {
        let line = self.lines.get_mut(to).ok_or(PostError::Gone)?;
        if self.now_ms < line.since_ms + self.weather.gone_early_ms {
            return Err(PostError::Gone);
        }
        if message.len() > shared::limits::FRAME_BYTES {
            return Err(PostError::TooLarge);
        }
        if line.backlog >= BACKLOG || self.rng.percent(self.weather.throttled) {
            return Err(PostError::LimitExceeded);
        }
        if self.rng.percent(self.weather.failed) {
            return Err(PostError::Failed { reason: "made to fail".into() });
        }
        line.backlog += 1;
        let wire = line.wire;
        self.tray.push((wire, Order::Post(message)));
        Ok(())
    }
}

/// The gateway, which world and service share.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Mutex<Switch>>);

impl Gateway {
    /// Takes `switch` over.
    pub fn new(switch: Switch) -> Self {
        Self(Arc::new(Mutex::new(switch)))
    }

    /// What it knows.
    pub fn lock(&self) -> MutexGuard<'_, Switch> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        let wire = switch.lines.get(id).map(|line| line.wire).ok_or(PostError::Gone)?;
        switch.tray.push((wire, Order::Close));
        Ok(())
    }
}
