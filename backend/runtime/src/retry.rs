//! What becomes of an `Event` whose function failed ("How Lambda handles errors and retries with asynchronous
//! invocation"). Pure.

use std::time::Duration;

use crate::InvokeError;

/// When an event is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retries {
    /// The waits before the second attempt, the third, and so on. Lambda: 1 min, 2 min.
    pub waits: Vec<Duration>,
    /// The first wait after a throttled attempt; it doubles each time. Lambda: 1 s.
    pub throttled_first: Duration,
    /// The longest wait after a throttled attempt. Lambda: 5 min.
    pub throttled_most: Duration,
    /// The age beyond which an event is given up. Lambda: 6 h.
    pub most_age: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            waits: vec![Duration::from_secs(60), Duration::from_secs(120)],
            throttled_first: Duration::from_secs(1),
            throttled_most: Duration::from_secs(5 * 60),
            most_age: Duration::from_secs(6 * 60 * 60),
        }
    }
}

/// What happened to one event so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    failed: usize,
    throttled: u32,
}

impl Attempts {
    /// Counts an attempt that ended in `error`, and says how long to wait before the next; `None` is the end.
    pub fn next(&mut self, retries: &Retries, error: &InvokeError, age: Duration) -> Option<Duration> {
        let wait = match error {
            InvokeError::NotFound { .. } | InvokeError::TooLarge { .. } => return None,
            InvokeError::Throttled { .. } => self.after_throttling(retries),
            InvokeError::Function(_) => self.after_failure(retries)?,
        };
        (age + wait <= retries.most_age).then_some(wait)
    }

    fn after_throttling(&mut self, retries: &Retries) -> Duration {
        let doubled = retries.throttled_first.saturating_mul(1 << self.throttled.min(20));
        self.throttled += 1;
        doubled.min(retries.throttled_most)
    }

    fn after_failure(&mut self, retries: &Retries) -> Option<Duration> {
        let wait = retries.waits.get(self.failed).copied();
        self.failed += 1;
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Failure;

    const NEW: Duration = Duration::ZERO;

    fn seconds(wait: Option<Duration>) -> Option<u64> {
        wait.map(|wait| wait.as_secs())
    }

    fn throttled() -> InvokeError {
        InvokeError::Throttled { function: "f".into(), limit: 1 }
    }

    #[test]
    fn a_failed_event_is_tried_twice_more_after_one_and_two_minutes() {
        let (mut attempts, retries) = (Attempts::default(), Retries::default());
        let error = InvokeError::Function(Failure::exited("id", None));
        let mut next = || seconds(attempts.next(&retries, &error, NEW));
        assert_eq!([next(), next(), next()], [Some(60), Some(120), None]);
    }

    #[test]
    fn a_throttled_event_waits_longer_and_longer_up_to_five_minutes() {
        let (mut attempts, retries) = (Attempts::default(), Retries::default());
        let waits: Vec<_> = (0..11).map(|_| seconds(attempts.next(&retries, &throttled(), NEW))).collect();
        let expected = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map(Some);
        assert_eq!(waits, expected);
    }

    #[test]
    fn without_waits_a_failed_event_is_over_and_a_throttled_one_is_tried_for_as_long_as_it_may_wait() {
        let minute = Duration::from_secs(60);
        let retries = Retries { waits: Vec::new(), most_age: minute, ..Retries::default() };
        let failed = InvokeError::Function(Failure::exited("id", None));
        assert_eq!(Attempts::default().next(&retries, &failed, NEW), None);
        let (mut attempts, mut age) = (Attempts::default(), NEW);
        while let Some(wait) = attempts.next(&retries, &throttled(), age) {
            age += wait;
        }
        assert_eq!(age.as_secs(), 1 + 2 + 4 + 8 + 16, "the next wait would end after the minute");
    }

    #[test]
    fn an_event_is_given_up_when_it_is_six_hours_old() {
        let (mut attempts, retries) = (Attempts::default(), Retries::default());
        assert_eq!(attempts.next(&retries, &throttled(), Duration::from_secs(6 * 3600)), None);
    }
}
