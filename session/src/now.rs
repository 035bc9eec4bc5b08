//! The current time, which is passed to every method of the session that needs it.

use shared::Millis;

/// The time of a call, by a monotonic clock and by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Time of a monotonic clock, in milliseconds since any fixed moment. All timers use this clock.
    pub mono_ms: u64,
    /// Time of the wall clock, in milliseconds since the Unix epoch. It may jump, because a person or program can set
    /// that clock.
    pub wall_ms: Millis,
}
