//! The machine's clocks, read in one place.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use shared::Millis;
use tickertape_session::Now;

/// Milliseconds since 1970, by the clock on the wall.
pub fn wall_ms() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX))
}

/// A monotonic clock that begins at 0.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
}

impl Clock {
    /// Begins now.
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// Both clocks at this moment.
    pub fn now(&self) -> Now {
        Now { mono_ms: self.mono_ms(), wall_ms: wall_ms() }
    }

    /// Milliseconds since the start.
    pub fn mono_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The moment `mono_ms` after the start, for timers.
    pub fn instant(&self, mono_ms: u64) -> tokio::time::Instant {
        let at = self.started.checked_add(std::time::Duration::from_millis(mono_ms));
        at.unwrap_or_else(|| self.started + std::time::Duration::from_secs(86_400 * 365)).into()
    }
}
