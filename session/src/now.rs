//! The time, which is an argument of every method of the session.

use shared::Millis;

/// The moment of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Time of a clock that never goes back, in milliseconds since any fixed moment. Every timer uses it.
    pub mono_ms: u64,
    /// Time of the wall clock, in milliseconds since the Unix epoch. A person may change that clock.
    pub wall_ms: Millis,
}
