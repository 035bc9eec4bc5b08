//! The time and the random numbers of a gateway. Tests can replace them by a clock and ids of their own.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The source of time and random numbers of a gateway. [`SystemEnvironment`] is the implementation for production.
pub trait Environment: Send + Sync + 'static {
    /// Returns the wall-clock time in milliseconds since the Unix epoch. It is used for ids and events.
    fn now_ms(&self) -> u64;
    /// Returns the milliseconds since an arbitrary fixed moment. The value never decreases. It is used for idle time,
    /// lifetime and rates.
    fn monotonic_ms(&self) -> u64;
    /// Returns 64 random bits. They are used for ids, and for fault injection without a seed.
    fn random(&self) -> u64;
}

/// The clocks of this machine and the random generator of the current thread.
#[derive(Debug)]
pub struct SystemEnvironment {
    started: Instant,
}

impl Default for SystemEnvironment {
    fn default() -> Self {
        Self { started: Instant::now() }
    }
}

impl Environment for SystemEnvironment {
    fn now_ms(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
    }

    fn monotonic_ms(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    fn random(&self) -> u64 {
        rand::random()
    }
}

/// The time at which an event is created, and the random bits from which the ids in the event are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub now_ms: u64,
    pub random: u64,
}
