//! Chaos while a gateway runs: it can be changed at any time, and it counts what it did.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::Serialize;

use super::{Chaos, Decision, Dice, Fate, HttpError, Probability};
use crate::connection::Connection;
use crate::rate::RateLimit;
use crate::{ConnectionId, Connections, Frame, Gone, PostError};

/// Makes things go wrong in a running gateway. Clones, and those of the gateway's connections, are the same.
#[derive(Clone)]
pub struct ChaosHandle(Connections);

/// How often what went wrong on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChaosCounts {
    /// Handshakes refused.
    pub refused: u64,
    /// `$disconnect`s not delivered.
    pub lost_disconnects: u64,
    /// Posts answered with 410.
    pub gone: u64,
    /// Posts answered with 429.
    pub throttled: u64,
    /// Posts delayed.
    pub delayed: u64,
    /// Posts sent twice.
    pub duplicated: u64,
    /// Connections frozen.
    pub frozen: u64,
    /// Connections cut.
    pub cut: u64,
}

impl ChaosHandle {
    /// Goes on with these settings. Their time scale has no effect here: limits are a gateway's from its beginning.
    pub fn set(&self, chaos: Chaos) {
        self.faults().set(chaos);
    }

    /// The settings there are.
    pub fn settings(&self) -> Chaos {
        self.faults().active().chaos.clone()
    }

    /// Refuses every handshake with 503, or none.
    pub fn refuse_handshakes(&self, refuses: bool) {
        let mut chaos = self.settings();
        chaos.refuse.probability = if refuses { Probability::ALWAYS } else { Probability::NEVER };
        chaos.refuse.status = HttpError::default();
        self.set(chaos);
    }

    /// Reads no more from a connection and writes no more to it, without closing it.
    pub fn freeze(&self, id: &ConnectionId) -> Result<(), Gone> {
        let connection = self.0.find(id).ok_or(Gone)?;
        connection.freeze();
        self.faults().counts.frozen.fetch_add(1, Relaxed);
        Ok(())
    }

    /// Goes on with a frozen connection as if nothing had been.
    pub fn thaw(&self, id: &ConnectionId) -> Result<(), Gone> {
        self.0.find(id).ok_or(Gone)?.thaw();
        Ok(())
    }

    /// Sends a part of a frame, then resets the connection.
    pub fn cut(&self, id: &ConnectionId) -> Result<(), Gone> {
        let connection = self.0.find(id).ok_or(Gone)?;
        connection.tear(&Frame::text(r#"{"this":"frame never ends"}"#));
        self.faults().counts.cut.fetch_add(1, Relaxed);
        Ok(())
    }

    /// What it did so far.
    pub fn counts(&self) -> ChaosCounts {
        self.faults().counts.snapshot()
    }

    fn faults(&self) -> &Faults {
        self.0.faults()
    }
}

impl Connections {
    /// The handle by which things are made to go wrong.
    pub fn chaos(&self) -> ChaosHandle {
        ChaosHandle(self.clone())
    }

    /// The status a handshake is to be refused with.
    pub(crate) fn refuses_handshake(&self) -> Option<HttpError> {
        let faults = self.faults();
        if !faults.is_on() {
            return None;
        }
        let decision = Decision::Handshake { number: faults.handshakes.fetch_add(1, Relaxed) };
        let active = faults.active();
        let status = active.chaos.handshake(&mut self.dice(&active, decision));
        count(&faults.counts.refused, status.is_some());
        status
    }

    /// Whether a connection's `$disconnect` is to be lost.
    pub(crate) fn loses_disconnect(&self, connection: &Connection) -> bool {
        let faults = self.faults();
        if !faults.is_on() {
            return false;
        }
        let decision = Decision::Disconnect { connection: connection.number };
        let active = faults.active();
        let loses = active.chaos.loses_disconnect(&mut self.dice(&active, decision));
        count(&faults.counts.lost_disconnects, loses);
        loses
    }

    /// Posts, if chaos lets it.
    pub(crate) fn post_in_chaos(
        &self,
        connection: Arc<Connection>,
        frame: &Frame,
        monotonic_ms: u64,
    ) -> Result<(), PostError> {
        let fate = self.fate(&connection, monotonic_ms);
        self.faults().counts.count(fate);
        match fate {
            Fate::Delivered => connection.post(frame, self.limits(), monotonic_ms),
            Fate::Gone => Err(PostError::Gone),
            Fate::Throttled => Err(PostError::LimitExceeded),
            Fate::Delayed { by_ms } => {
                self.post_later(connection, frame, by_ms);
                Ok(())
            }
            Fate::Duplicated { after_ms } => {
                connection.post(frame, self.limits(), monotonic_ms)?;
                self.post_later(connection, frame, after_ms);
                Ok(())
            }
            Fate::Frozen => {
                connection.freeze();
                connection.post(frame, self.limits(), monotonic_ms)
            }
            Fate::Cut => {
                connection.tear(frame);
                Ok(())
            }
        }
    }

    /// What was accepted and then does not go out is lost without a word, as on AWS.
    fn post_later(&self, connection: Arc<Connection>, frame: &Frame, in_ms: u64) {
        let (connections, frame) = (self.clone(), frame.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(in_ms)).await;
            let _ = connection.post(&frame, connections.limits(), connections.monotonic_ms());
        });
    }

    fn fate(&self, connection: &Connection, monotonic_ms: u64) -> Fate {
        let active = self.faults().active();
        let decision = Decision::Post { connection: connection.number, number: connection.count_post() };
        if active.post_rate.as_ref().is_some_and(|rate| !rate.take(monotonic_ms)) {
            return Fate::Throttled;
        }
        active.chaos.post(connection.age_ms(monotonic_ms), &mut self.dice(&active, decision))
    }

    fn dice(&self, active: &Active, decision: Decision) -> Dice {
        match active.chaos.seed {
            Some(seed) => Dice::of(seed, decision),
            None => Dice::new(self.moment().random),
        }
    }
}

/// The chaos of one gateway.
#[derive(Default)]
pub(crate) struct Faults {
    /// All that is looked at when nothing goes wrong.
    is_on: AtomicBool,
    active: RwLock<Arc<Active>>,
    /// Handshakes that chance has decided on.
    handshakes: AtomicU64,
    connections: AtomicU64,
    counts: Counts,
}

#[derive(Default)]
struct Active {
    chaos: Chaos,
    post_rate: Option<RateLimit>,
}

#[derive(Default)]
struct Counts {
    refused: AtomicU64,
    lost_disconnects: AtomicU64,
    gone: AtomicU64,
    throttled: AtomicU64,
    delayed: AtomicU64,
    duplicated: AtomicU64,
    frozen: AtomicU64,
    cut: AtomicU64,
}

impl Faults {
    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Relaxed)
    }

    /// The number of a connection that is to be made.
    pub(crate) fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Relaxed)
    }

    fn set(&self, chaos: Chaos) {
        let is_on = !chaos.is_calm();
        let rate = chaos.throttle.above_per_second.map(|rate| RateLimit::new(rate.get(), rate.get()));
        let active = Arc::new(Active { chaos, post_rate: rate });
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = active;
        self.is_on.store(is_on, Relaxed);
    }

    fn active(&self) -> Arc<Active> {
        self.active.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Counts {
    fn count(&self, fate: Fate) {
        let counter = match fate {
            Fate::Delivered => return,
            Fate::Gone => &self.gone,
            Fate::Throttled => &self.throttled,
            Fate::Delayed { .. } => &self.delayed,
            Fate::Duplicated { .. } => &self.duplicated,
            Fate::Frozen => &self.frozen,
            Fate::Cut => &self.cut,
        };
        count(counter, true);
    }

    fn snapshot(&self) -> ChaosCounts {
        ChaosCounts {
            refused: self.refused.load(Relaxed),
            lost_disconnects: self.lost_disconnects.load(Relaxed),
            gone: self.gone.load(Relaxed),
            throttled: self.throttled.load(Relaxed),
            delayed: self.delayed.load(Relaxed),
            duplicated: self.duplicated.load(Relaxed),
            frozen: self.frozen.load(Relaxed),
            cut: self.cut.load(Relaxed),
        }
    }
}

fn count(counter: &AtomicU64, happened: bool) {
    counter.fetch_add(u64::from(happened), Relaxed);
}
