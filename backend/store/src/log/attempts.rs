//! Decides when a file that failed may be opened again.

use std::time::Duration;

use shared::Millis;

/// Minimum time between the beginnings of two attempts to open the file, in milliseconds.
const LEAST_MS: u64 = 1_000;
/// Duration of an attempt from which on the time until the next one depends on it, in milliseconds. Small files are opened in less.
const LONG_MS: u64 = 500;
/// Time between the beginnings of two long attempts, as a multiple of the time that the first one took. Nothing can be read during an
/// attempt, so a large file is closed for a tenth of the time.
const FACTOR: u64 = 10;

/// The last attempt to open the file again.
#[derive(Debug, Default)]
pub struct Attempts {
    /// The time at which the attempt began, and the time from then on in which there is no other one, in milliseconds.
    last: Option<(Millis, u64)>,
}

impl Attempts {
    /// Returns true if an attempt may begin at `now`. A time that is a little before the last attempt is that of a command which another
    /// one has overtaken. If it is earlier by the pause or more, the clock was set back, and an attempt may begin.
    pub fn may_begin(&self, now: Millis) -> bool {
        self.last.is_none_or(|(began, pause_ms)| now.abs_diff(began) >= pause_ms)
    }

    /// Stores that an attempt that began at `began` has ended, whether the file was opened or not: a file that fails again soon after
    /// it was opened is not opened all the time.
    pub fn ended(&mut self, began: Millis, took: Duration) {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let pause_ms = if took_ms < LONG_MS { LEAST_MS } else { took_ms.saturating_mul(FACTOR) };
        self.last = Some((began, pause_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Millis = 1_700_000_000_000;

    #[test]
    fn the_next_attempt_begins_after_a_pause_that_grows_with_the_time_of_the_last_one() {
        assert!(Attempts::default().may_begin(T0), "the first one is made at once");
        for (took_ms, next_ms) in [(0, 1_000), (499, 1_000), (500, 5_000), (6_000, 60_000)] {
            let mut attempts = Attempts::default();
            attempts.ended(T0, Duration::from_millis(took_ms));
            assert!(!attempts.may_begin(T0) && !attempts.may_begin(T0 + next_ms - 1), "{took_ms} ms");
            assert!(attempts.may_begin(T0 + next_ms), "{took_ms} ms");
            assert!(!attempts.may_begin(T0 - 1), "a command was overtaken");
            assert!(!attempts.may_begin(T0 - next_ms + 1), "{took_ms} ms");
            assert!(attempts.may_begin(T0 - next_ms), "the clock was set back");
        }
    }
}
