//! The time for which an invocation waits for a busy process, before another one is started. The functions here are pure.

use std::time::Duration;

/// The times of a function, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    /// Time that the last process took to start.
    pub init: Option<Duration>,
    /// Average time of an invocation, in which the last one counts a quarter.
    pub duration: Option<Duration>,
}

impl Times {
    /// Adds the time of a start. Returns true if none was known.
    pub fn add_init(&mut self, init: Duration) -> bool {
        self.init.replace(init).is_none()
    }

    /// Adds the time of an invocation. Returns true if none was known. The first invocation of a process (`is_first`) takes several times
    /// as long as the next ones, since its code is compiled meanwhile. So it counts only if it took longer than a start.
    pub fn add_duration(&mut self, last: Duration, is_first: bool) -> bool {
        if is_first && self.init.is_none_or(|init| last < init) {
            return false;
        }
        let average = self.duration.map_or(last, |average| (average * 3 + last) / 4);
        self.duration.replace(average).is_none()
    }

    /// Returns the time to wait for one of `processes` busy processes, behind `ahead` other invocations, and at most `longest`.
    /// It is the time that another process would take to start, and 0 if the busy ones are expected to take longer than that.
    pub fn patience(&self, ahead: usize, processes: usize, longest: Duration) -> Duration {
        let Some(init) = self.init else { return longest };
        let turns = u32::try_from(ahead / processes.max(1) + 1).unwrap_or(u32::MAX);
        let expected = self.duration.map(|duration| duration.saturating_mul(turns));
        match expected {
            Some(expected) if expected > init => Duration::ZERO,
            Some(_) | None => init.min(longest),
        }
    }
}

/// Returns true if as many of a function's `processes` are `starting` as run already, so that their number is being doubled.
pub(crate) fn doubles(processes: usize, starting: usize) -> bool {
    starting > 0 && starting >= processes.saturating_sub(starting)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(10);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn times(init: u64, duration: u64) -> Times {
        Times { init: Some(ms(init)), duration: Some(ms(duration)) }
    }

    #[test]
    fn until_a_process_has_started_invocations_wait_for_it() {
        assert_eq!(Times::default().patience(50, 1, LONGEST), LONGEST);
    }

    #[test]
    fn an_invocation_waits_as_long_as_a_start_takes_if_its_turn_comes_before_that() {
        for (times, ahead, processes, patience) in [
            (times(100, 1), 0, 1, 100),
            (times(100, 1), 99, 1, 100),
            (times(100, 1), 100, 1, 0),
            (times(100, 1), 100, 2, 100),
            (times(100, 101), 0, 1, 0),
            (times(100, 101), 0, 9, 0),
            (times(60_000, 1), 0, 1, 10_000),
            (Times { init: Some(ms(80)), duration: None }, 3, 1, 80),
        ] {
            assert_eq!(
                times.patience(ahead, processes, LONGEST),
                ms(patience),
                "{times:?} {ahead} {processes}"
            );
        }
    }

    #[test]
    fn the_first_invocation_of_a_process_counts_only_if_it_takes_longer_than_a_start() {
        let mut times = Times { init: Some(ms(80)), duration: None };
        assert!(!times.add_duration(ms(79), true));
        assert_eq!(times.duration, None);
        assert!(times.add_duration(ms(80), true));
        assert_eq!(times.duration, Some(ms(80)));
    }

    #[test]
    fn the_number_of_processes_at_most_doubles_while_some_of_them_start() {
        for (processes, starting, doubling) in
            [(1, 0, false), (1, 1, true), (2, 1, true), (3, 1, false), (4, 2, true), (0, 0, false)]
        {
            assert_eq!(doubles(processes, starting), doubling, "{processes} {starting}");
        }
    }

    #[test]
    fn the_average_follows_the_last_invocations() {
        let mut times = Times::default();
        assert!(times.add_init(ms(5)) && !times.add_init(ms(7)));
        assert!(times.add_duration(ms(100), false) && !times.add_duration(ms(200), false));
        assert_eq!(times, Times { init: Some(ms(7)), duration: Some(ms(125)) });
    }
}
