//! Decides about the retries of asynchronous invocations that failed ("How Lambda handles errors and retries with
//! asynchronous invocation"). The functions here are pure.

use std::time::Duration;

use crate::event_report::EventEnd;
use crate::function_error::InvokeError;

/// The waits between the attempts of an asynchronous invocation (type `Event`). The defaults are those of Lambda.
///
/// ```
/// use std::time::Duration;
///
/// let mut retries = lambda_host::Retries::default();
/// retries.after_failure = vec![Duration::from_secs(1)];
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retries {
    /// The waits after a failure of the function: before the second attempt, before the third one, and so on. If the
    /// attempt after the last wait fails too, the event is discarded. Lambda: 1 min, 2 min.
    pub after_failure: Vec<Duration>,
    /// Wait after the first attempt that was throttled. It doubles with each further one. Lambda: 1 s.
    pub throttled_first: Duration,
    /// Maximum wait after an attempt that was throttled. Lambda: 5 min.
    pub throttled_max: Duration,
    /// Maximum age of an event. If the next attempt would begin later, it is not made, and the event is discarded.
    /// Lambda: 6 h.
    pub max_age: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            after_failure: vec![Duration::from_secs(60), Duration::from_secs(120)],
            throttled_first: Duration::from_secs(1),
            throttled_max: Duration::from_secs(5 * 60),
            max_age: Duration::from_secs(6 * 60 * 60),
        }
    }
}

/// Counts the failed attempts to handle one event: those that were throttled, and those in which the function failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    failed: usize,
    throttled: u32,
}

impl Attempts {
    /// Counts an attempt that ended in `error`. Returns the wait before the next attempt. `age` is the age of the event.
    ///
    /// # Errors
    ///
    /// The reason why the event is to be discarded.
    pub fn next(
        &mut self,
        retries: &Retries,
        error: &InvokeError,
        age: Duration,
    ) -> Result<Duration, EventEnd> {
        let wait = match error {
            InvokeError::NotFound { .. } | InvokeError::TooLarge { .. } => None,
            InvokeError::Throttled { .. } => Some(self.after_throttling(retries)),
            InvokeError::Function(_) => self.after_failure(retries),
        };
        let wait = wait.ok_or(EventEnd::RetriesExhausted)?;
        if age + wait > retries.max_age {
            return Err(EventEnd::EventAgeExceeded);
        }
        Ok(wait)
    }

    /// Returns the number of attempts in which the function failed.
    pub fn failed(self) -> usize {
        self.failed
    }

    fn after_throttling(&mut self, retries: &Retries) -> Duration {
        let doubled = retries.throttled_first.saturating_mul(1 << self.throttled.min(20));
        self.throttled += 1;
        doubled.min(retries.throttled_max)
    }

    fn after_failure(&mut self, retries: &Retries) -> Option<Duration> {
        let wait = retries.after_failure.get(self.failed).copied();
        self.failed += 1;
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function_error::FunctionError;

    const NEW: Duration = Duration::ZERO;

    fn seconds(wait: Result<Duration, EventEnd>) -> Result<u64, EventEnd> {
        wait.map(|wait| wait.as_secs())
    }

    fn throttled() -> InvokeError {
        InvokeError::Throttled { function: "f".into(), limit: 1 }
    }

    #[test]
    fn a_failed_event_is_tried_twice_more_after_one_and_two_minutes() {
        let (mut attempts, retries) = (Attempts::default(), Retries::default());
        let error = InvokeError::Function(FunctionError::exited("id", None));
        let mut next = || seconds(attempts.next(&retries, &error, NEW));
        assert_eq!([next(), next(), next()], [Ok(60), Ok(120), Err(EventEnd::RetriesExhausted)]);
        assert_eq!(attempts.failed(), 3);
    }

    #[test]
    fn a_throttled_event_waits_twice_as_long_each_time_up_to_five_minutes() {
        let (mut attempts, retries) = (Attempts::default(), Retries::default());
        let waits: Vec<_> = (0..11).map(|_| seconds(attempts.next(&retries, &throttled(), NEW))).collect();
        let expected = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map(Ok);
        assert_eq!(waits, expected);
    }

    #[test]
    fn without_retries_a_failed_event_is_discarded_and_a_throttled_one_is_tried_until_its_max_age() {
        let minute = Duration::from_secs(60);
        let retries = Retries { after_failure: Vec::new(), max_age: minute, ..Retries::default() };
        let failed = InvokeError::Function(FunctionError::exited("id", None));
        assert_eq!(Attempts::default().next(&retries, &failed, NEW), Err(EventEnd::RetriesExhausted));
        let (mut attempts, mut age) = (Attempts::default(), NEW);
        while let Ok(wait) = attempts.next(&retries, &throttled(), age) {
            age += wait;
        }
        assert_eq!(age.as_secs(), 1 + 2 + 4 + 8 + 16, "the next wait would end after the minute");
    }

    #[test]
    fn an_event_is_discarded_when_it_is_six_hours_old() {
        let (mut attempts, retries) = (Attempts::default(), Retries::default());
        let next = attempts.next(&retries, &throttled(), Duration::from_secs(6 * 3600));
        assert_eq!(next, Err(EventEnd::EventAgeExceeded));
    }
}
