//! The machine's wall clock and monotonic clock.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use shared::Millis;
use tickertape_session::Now;

/// The wall clock, in milliseconds since the Unix epoch.
pub fn wall_ms() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX))
}

/// A monotonic clock that starts at 0.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
}

impl Clock {
    /// Starts the clock.
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// The current time of the monotonic and of the wall clock.
    pub fn now(&self) -> Now {
        Now { mono_ms: self.mono_ms(), wall_ms: wall_ms() }
    }

    /// Milliseconds since the clock was started.
    pub fn mono_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The instant `mono_ms` milliseconds after the start, for tokio timers.
    pub fn instant(&self, mono_ms: u64) -> tokio::time::Instant {
        let at = self.started.checked_add(std::time::Duration::from_millis(mono_ms));
        at.unwrap_or_else(|| self.started + std::time::Duration::from_secs(86_400 * 365)).into()
    }
}
