//! The machine's wall clock and monotonic clock.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use shared::Millis;
use tickertape_session::Now;

/// Returns the time of the wall clock, in milliseconds since the Unix epoch.
pub fn wall_ms() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX))
}

/// A monotonic clock, in milliseconds, that starts at 0 when it is created.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
}

impl Clock {
    /// Creates a clock that starts at 0 now.
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// Returns the current time of this monotonic clock and of the wall clock.
    pub fn now(&self) -> Now {
        Now { mono_ms: self.mono_ms(), wall_ms: wall_ms() }
    }

    /// Returns the milliseconds since the clock was started.
    pub fn mono_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Returns the instant that is `mono_ms` milliseconds after the start of this clock, for timers of tokio.
    pub fn instant(&self, mono_ms: u64) -> tokio::time::Instant {
        let at = self.started.checked_add(std::time::Duration::from_millis(mono_ms));
        at.unwrap_or_else(|| self.started + std::time::Duration::from_secs(86_400 * 365)).into()
    }
}
