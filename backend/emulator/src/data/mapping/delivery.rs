//! Decides, for a batch of a stream, which records are in the next invocation, and when records are discarded ("How Lambda
//! processes records from stream and queue-based event sources"). The module is pure.

use std::collections::VecDeque;
use std::time::Duration;

use super::answer::Failures;

/// The pause after the first failure. It doubles with each further failure.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Maximum pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Treatment of failures by a mapping.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Policy {
    /// Number of repetitions of a failed invocation. `None` means no limit.
    pub max_retries: Option<u32>,
    /// Age above which a record is discarded, in milliseconds. `None` means no limit.
    pub max_age_ms: Option<u64>,
    /// True if a failed batch is divided into two.
    pub bisects: bool,
}

/// A record of a stream that has to be processed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item<R> {
    /// Sequence number: a decimal number of any length.
    pub number: String,
    /// Time at which the record was written, in milliseconds since the Unix epoch.
    pub written_ms: u64,
    /// The record itself.
    pub record: R,
}

/// The result of an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The function returned an answer, and these records failed.
    Answered(Failures),
    /// The function failed. It is unknown which records were processed.
    Failed,
    /// The function was not invoked, because it was throttled or could not be reached. This does not count as an attempt.
    NotReached,
}

/// The reason for which records are discarded, as it is named in the message to the on-failure destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The number of attempts is used up.
    RetryAttemptsExhausted,
    /// The records are older than the mapping allows.
    RecordAgeExceeded,
}

/// The next thing to do with a batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<R> {
    /// Invoke the function with these records, and then call [`Delivery::settle`].
    Invoke(Vec<Item<R>>),
    /// These records are removed from the batch: send them to the destination for failures, and ask for the next step.
    Discard { records: Vec<Item<R>>, condition: Condition, attempts: u32 },
    /// Every record was processed or discarded.
    Done,
}

/// A batch of records of one shard that still have to be processed, in order.
///
/// For example, a batch of four records is bisected, and the second record makes the function fail, with one retry:
/// `1234` fails and is divided, `12` fails and is divided, `1` succeeds, `2` fails, `2` fails and is discarded, `34` succeeds.
#[derive(Debug)]
pub(super) struct Delivery<R> {
    policy: Policy,
    parts: VecDeque<Part<R>>,
    /// Number of invocations that failed one after the other.
    failures: u32,
}

#[derive(Debug)]
struct Part<R> {
    items: Vec<Item<R>>,
    /// Number of failed invocations that count as attempts.
    attempts: u32,
}

impl<R: Clone> Delivery<R> {
    /// Creates a batch. The records have to be in order.
    pub fn new(items: Vec<Item<R>>, policy: Policy) -> Self {
        Self { policy, parts: VecDeque::from([Part { items, attempts: 0 }]), failures: 0 }
    }

    /// Returns the next step.
    pub fn next(&mut self, now_ms: u64) -> Step<R> {
        while self.parts.front().is_some_and(|part| part.items.is_empty()) {
            self.parts.pop_front();
        }
        let policy = self.policy;
        let Some(part) = self.parts.front_mut() else { return Step::Done };
        let attempts = part.attempts;
        if policy.max_retries.is_some_and(|retries| attempts > retries) {
            let records = std::mem::take(&mut part.items);
            self.failures = 0;
            return Step::Discard { records, condition: Condition::RetryAttemptsExhausted, attempts };
        }
        let is_old = |item: &Item<R>| {
            policy.max_age_ms.is_some_and(|limit| now_ms.saturating_sub(item.written_ms) > limit)
        };
        let old = part.items.iter().take_while(|item| is_old(item)).count();
        if old > 0 {
            let records = part.items.drain(..old).collect();
            return Step::Discard { records, condition: Condition::RecordAgeExceeded, attempts };
        }
        Step::Invoke(part.items.clone())
    }

    /// Notes the result of the invocation with the records that [`next`](Self::next) returned. Returns the pause before the
    /// next invocation.
    pub fn settle(&mut self, outcome: &Outcome) -> Duration {
        let Some(part) = self.parts.front_mut() else { return Duration::ZERO };
        let processed = match outcome {
            Outcome::NotReached => return self.pause(),
            Outcome::Failed | Outcome::Answered(Failures::All) => 0,
            Outcome::Answered(Failures::These(numbers)) => processed(&part.items, numbers),
        };
        let has_failed = processed < part.items.len();
        part.items.drain(..processed);
        if !has_failed {
            self.failures = 0;
            return Duration::ZERO;
        }
        if processed > 0 {
            // What is left is a new batch, which begins with the record that failed.
            (part.attempts, self.failures) = (1, 0);
        } else if self.policy.bisects && part.items.len() > 1 {
            // A division does not count as an attempt.
            let second = part.items.split_off(part.items.len().div_ceil(2));
            let attempts = part.attempts;
            self.parts.insert(1, Part { items: second, attempts });
        } else {
            part.attempts += 1;
        }
        self.pause()
    }

    fn pause(&mut self) -> Duration {
        let pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(10)).min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        pause
    }
}

/// Returns the number of records before the first one that failed. If a failure is not a record of the batch, the answer says
/// nothing, and no record counts as processed.
fn processed<R>(items: &[Item<R>], failed: &[String]) -> usize {
    let positions: Option<Vec<usize>> =
        failed.iter().map(|number| items.iter().position(|item| item.number == *number)).collect();
    positions.map_or(0, |positions| positions.into_iter().min().unwrap_or(items.len()))
}

#[cfg(test)]
mod tests;
