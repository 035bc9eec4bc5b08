//! The system clock. Everything else in this crate takes the time as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use shared::Millis;

/// Returns the current time of the system clock, in milliseconds since the Unix epoch.
pub fn wall_ms() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
