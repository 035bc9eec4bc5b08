//! Detects that the machine was asleep.

use super::Now;
use super::constants::WAKE_JUMP_MS;

/// Detects that the machine was asleep. There are two signs, depending on the platform: the wall clock has advanced
/// while the monotonic clock stood still, or both clocks have advanced and a timer is long overdue.
#[derive(Debug, Default)]
pub(super) struct WakeDetector {
    last: Option<Now>,
}

impl WakeDetector {
    /// Records a call at `now`, and returns true if the machine was asleep before the call. `due_ms` must be the moment
    /// for which the next timer was set before this call.
    pub(super) fn slept(&mut self, now: Now, due_ms: Option<u64>) -> bool {
        let Some(last) = self.last.replace(now) else {
            return false;
        };
        let overdue = due_ms.is_some_and(|due_ms| now.mono_ms.saturating_sub(due_ms) > WAKE_JUMP_MS);
        overdue || wall_ran_ahead(last, now)
    }
}

fn wall_ran_ahead(last: Now, now: Now) -> bool {
    let wall_ms = now.wall_ms.saturating_sub(last.wall_ms);
    let mono_ms = i64::try_from(now.mono_ms.saturating_sub(last.mono_ms)).unwrap_or(i64::MAX);
    wall_ms.saturating_sub(mono_ms) > WAKE_JUMP_MS as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn slept(first: (u64, i64), second: (u64, i64), due_ms: Option<u64>) -> bool {
        let mut detector = WakeDetector::default();
        detector.slept(Now { mono_ms: first.0, wall_ms: first.1 }, None);
        detector.slept(Now { mono_ms: second.0, wall_ms: second.1 }, due_ms)
    }

    #[test]
    fn a_wall_clock_that_ran_on_alone_means_sleep() {
        assert!(slept((0, 0), (1_000, 31_001), None));
        assert!(!slept((0, 0), (1_000, 31_000), None));
        assert!(!slept((0, 50_000), (1_000, 0), None), "a clock set back is no sleep");
    }

    #[test]
    fn a_timer_long_overdue_means_sleep() {
        assert!(slept((0, 0), (35_001, 35_001), Some(5_000)));
        assert!(!slept((0, 0), (35_000, 35_000), Some(5_000)));
        assert!(!slept((0, 0), (90_000, 90_000), None), "nothing was due");
    }

    #[test]
    fn the_first_moment_proves_nothing() {
        assert!(!WakeDetector::default().slept(Now { mono_ms: 99_999, wall_ms: 99_999 }, Some(0)));
    }
}
