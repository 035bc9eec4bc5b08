//! The wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use shared::Millis;

/// The current time, in milliseconds since the Unix epoch.
pub fn wall_ms() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX))
}
