//! Time and randomness, as arguments. A time scale, a simulated clock or a fixed seed goes in here.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// What the gateway asks of the world besides sockets.
pub trait Environment: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch, for ids and events.
    fn now_ms(&self) -> u64;
    /// Milliseconds since any fixed moment, never going back, for idle time, lifetime and rates.
    fn monotonic_ms(&self) -> u64;
    /// Sixty-four random bits, for ids.
    fn random(&self) -> u64;
}

/// The machine's clocks and its generator.
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
