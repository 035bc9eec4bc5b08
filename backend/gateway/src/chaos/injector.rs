//! Fault injection in a running gateway. The settings can be changed at any time, and the injected faults are counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use super::counts::{ChaosCounts, Counters};
use super::decision::{self, PostFault};
use super::random::{Draw, SeededRandom};
use super::settings::Chaos;
use super::values::HttpError;
use crate::lock::RwLock;
use crate::rate::RateLimit;

/// Decides which faults one gateway injects, and counts them. The methods call their argument `random` only if the
/// settings contain no seed.
#[derive(Default)]
pub(crate) struct FaultInjector {
    /// False if the settings inject no fault. This flag is all that a post reads in that case.
    is_on: AtomicBool,
    active: RwLock<Arc<Active>>,
    handshakes: AtomicU64,
    connections: AtomicU64,
    counters: Counters,
}

#[derive(Default)]
struct Active {
    chaos: Chaos,
    post_rate: Option<RateLimit>,
}

impl FaultInjector {
    pub fn is_on(&self) -> bool {
        self.is_on.load(Relaxed)
    }

    pub fn settings(&self) -> Chaos {
        self.active().chaos.clone()
    }

    pub fn set(&self, chaos: Chaos) {
        let is_on = !chaos.injects_nothing();
        let rate = chaos.throttle.above_per_second.map(|rate| RateLimit::new(rate.get(), rate.get()));
        *self.active.write() = Arc::new(Active { chaos, post_rate: rate });
        self.is_on.store(is_on, Relaxed);
    }

    pub fn counts(&self) -> ChaosCounts {
        self.counters.snapshot()
    }

    /// Counts a fault that was injected by a call of [`ChaosHandle`](crate::ChaosHandle) and not by a random decision.
    pub fn count(&self, fault: PostFault) {
        self.counters.count_post(fault);
    }

    /// Returns the sequence number of a connection that is about to be created. Random decisions are derived from this
    /// number.
    pub fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Relaxed)
    }

    /// Decides whether this handshake is refused. Returns the status of the refusal, or `None` if it is not refused.
    pub fn handshake(&self, random: impl FnOnce() -> u64) -> Option<HttpError> {
        if !self.is_on() {
            return None;
        }
        let draw = Draw::Handshake { number: self.handshakes.fetch_add(1, Relaxed) };
        let active = self.active();
        let status = decision::handshake(&active.chaos, &mut active.random_for(draw, random));
        if status.is_some() {
            self.counters.count_refused_handshake();
        }
        status
    }

    /// Decides whether the `$disconnect` event of this connection is lost. Returns true if it must not be delivered.
    pub fn loses_disconnect(&self, connection: u64, random: impl FnOnce() -> u64) -> bool {
        if !self.is_on() {
            return false;
        }
        let active = self.active();
        let mut random = active.random_for(Draw::Disconnect { connection }, random);
        let is_lost = decision::loses_disconnect(&active.chaos, &mut random);
        if is_lost {
            self.counters.count_lost_disconnect();
        }
        is_lost
    }

    /// Returns the fault for a post to a connection, and counts the fault. `number` is the sequence number of the post
    /// among those to this connection, which was opened `age_ms` milliseconds ago.
    pub fn post(
        &self,
        connection: u64,
        number: u64,
        age_ms: u64,
        monotonic_ms: u64,
        random: impl FnOnce() -> u64,
    ) -> PostFault {
        let active = self.active();
        let fault = if active.post_rate.as_ref().is_some_and(|rate| !rate.take(monotonic_ms)) {
            PostFault::Throttled
        } else {
            let mut random = active.random_for(Draw::Post { connection, number }, random);
            decision::post(&active.chaos, age_ms, &mut random)
        };
        self.counters.count_post(fault);
        fault
    }

    fn active(&self) -> Arc<Active> {
        self.active.read().clone()
    }
}

impl Active {
    fn random_for(&self, draw: Draw, random: impl FnOnce() -> u64) -> SeededRandom {
        match self.chaos.seed {
            Some(seed) => SeededRandom::for_draw(seed, draw),
            None => SeededRandom::new(random()),
        }
    }
}
