//! The wall clock, which everything else takes as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use shared::Millis;

/// Now.
pub fn wall_ms() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
