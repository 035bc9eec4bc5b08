//! The time, as an argument.

use shared::Millis;

/// The time at which something happens to the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// A clock that never goes back, in milliseconds since any moment. Every timer runs on it.
    pub mono_ms: u64,
    /// The clock on the wall, in milliseconds since the Unix epoch. A person may set it.
    pub wall_ms: Millis,
}
