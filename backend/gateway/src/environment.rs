//! Time and randomness, which the gateway takes as arguments so that tests can use a clock and ids of their own.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The source of time and randomness of a gateway. [`SystemEnvironment`] is the one for production.
pub trait Environment: Send + Sync + 'static {
    /// The wall-clock time in milliseconds since the Unix epoch, for ids and events.
    fn now_ms(&self) -> u64;
    /// Milliseconds since a fixed moment, never going back, for idle time, lifetime and rates.
    fn monotonic_ms(&self) -> u64;
    /// Sixty-four random bits, for ids.
    fn random(&self) -> u64;
}

/// The machine's clocks and the thread's random generator.
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

/// The time of one event and the random bits for its ids.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub now_ms: u64,
    pub random: u64,
}
