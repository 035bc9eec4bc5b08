//! Decides which records of a batch still have to be processed, and the pause before the next attempt ("Configuring partial batch
//! response with DynamoDB and Lambda"). The functions here are pure.

use std::time::Duration;

use serde_json::Value;

/// The pause after the first failure. It doubles with each further failure.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Maximum pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The result of one invocation, as far as the records are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every record was processed.
    Done,
    /// The records before the one with this sequence number were processed. That record and all later ones were not.
    DoneBefore(String),
    /// The function failed. It is unknown which records were processed.
    Failed,
}

impl Outcome {
    /// Reads the response of a function. An empty response, or one without failures, means that every record was processed. A
    /// failure that names no record means that all records failed.
    pub fn of(answer: &Value) -> Self {
        let Some(failures) = answer.get("batchItemFailures").and_then(Value::as_array) else {
            return Self::Done;
        };
        let named: Option<Vec<&str>> = failures.iter().map(named).collect();
        match named {
            None => Self::Failed,
            Some(named) => named
                .into_iter()
                .min_by_key(|number| order(number))
                .map_or(Self::Done, |first| Self::DoneBefore(first.to_owned())),
        }
    }
}

fn named(failure: &Value) -> Option<&str> {
    failure["itemIdentifier"].as_str().filter(|number| !number.is_empty())
}

/// Returns a key that sorts sequence numbers by their numeric value. They are decimal numbers of any length.
fn order(number: &str) -> (usize, &str) {
    let digits = number.trim_start_matches('0');
    (digits.len(), digits)
}

/// The records of one shard that still have to be processed, in order.
///
/// For example, in a batch of four records the first record always makes the function fail. The batch is tried again with records
/// 1 and 2, and then with record 1 alone. As soon as record 1 is too old, it is given up, and records 2, 3 and 4 follow.
#[derive(Debug)]
pub struct Batch<R> {
    /// The records that still have to be processed, each with its sequence number.
    records: Vec<(String, R)>,
    /// Number of records in the next invocation. These are all records, or half as many after each invocation that processed
    /// none.
    size: usize,
    failures: u32,
}

impl<R: Clone> Batch<R> {
    /// Creates a batch. Each record comes with its sequence number, and the records must be in order.
    pub fn new(records: Vec<(String, R)>) -> Self {
        Self { size: records.len(), records, failures: 0 }
    }

    /// Returns the records for the next invocation. There are none if all records were processed.
    pub fn next(&self) -> Vec<R> {
        self.records.iter().take(self.size).map(|(_, record)| record.clone()).collect()
    }

    /// Returns the sequence number of the oldest record that still has to be processed.
    pub fn first(&self) -> Option<&str> {
        self.records.first().map(|(number, _)| number.as_str())
    }

    /// Removes the records that an invocation has processed. `outcome` must be the result of an invocation with the records that
    /// [`Batch::next`] returned. Returns the pause before the next invocation.
    pub fn settle(&mut self, outcome: &Outcome) -> Duration {
        let handed = self.size.min(self.records.len());
        let done = match outcome {
            Outcome::Done => handed,
            Outcome::DoneBefore(number) => {
                let position = self.records[..handed].iter().position(|(at, _)| at == number);
                // A sequence number that is not in the batch says nothing about the records of the batch.
                position.unwrap_or(0)
            }
            Outcome::Failed => 0,
        };
        self.records.drain(..done);
        let has_failed = done < handed;
        self.failures = if done > 0 { u32::from(has_failed) } else { self.failures + u32::from(has_failed) };
        self.size = if done == 0 && has_failed { handed.div_ceil(2) } else { self.records.len() };
        self.wait()
    }

    /// Gives up the oldest record: removes it although it was not processed.
    pub fn give_up(&mut self) {
        self.records.drain(..self.records.len().min(1));
        (self.size, self.failures) = (self.records.len(), 0);
    }

    fn wait(&self) -> Duration {
        match self.failures {
            0 => Duration::ZERO,
            failures => FIRST_PAUSE.saturating_mul(1 << (failures - 1).min(10)).min(LONGEST_PAUSE),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn batch(count: u32) -> Batch<u32> {
        Batch::new((1..=count).map(|n| (n.to_string(), n)).collect())
    }

    #[test]
    fn the_lowest_number_counts_whatever_its_place_in_the_answer() {
        let answer = json!({"batchItemFailures": [{"itemIdentifier": "100"}, {"itemIdentifier": "99"}]});
        assert_eq!(Outcome::of(&answer), Outcome::DoneBefore("99".into()));
    }

    #[test]
    fn no_failures_are_success_and_one_without_a_number_is_all_of_them() {
        for answer in
            [json!(null), json!({}), json!({"batchItemFailures": null}), json!({"batchItemFailures": []})]
        {
            assert_eq!(Outcome::of(&answer), Outcome::Done, "{answer}");
        }
        for failure in [json!({"itemIdentifier": ""}), json!({"itemIdentifier": null}), json!({"other": "1"})]
        {
            assert_eq!(Outcome::of(&json!({"batchItemFailures": [failure]})), Outcome::Failed, "{failure}");
        }
    }

    #[test]
    fn processed_records_are_not_handed_over_again() {
        let mut batch = batch(4);
        assert_eq!(batch.next(), [1, 2, 3, 4]);
        assert_eq!(batch.settle(&Outcome::DoneBefore("3".into())), FIRST_PAUSE);
        assert_eq!(batch.next(), [3, 4]);
        assert_eq!(batch.settle(&Outcome::Done), Duration::ZERO);
        assert!(batch.next().is_empty());
    }

    #[test]
    fn a_failing_batch_is_halved_until_the_failing_record_is_alone_and_the_rest_goes_on() {
        let mut batch = batch(4);
        let waits = [(); 3].map(|()| batch.settle(&Outcome::Failed));
        assert_eq!(waits, [1, 2, 4].map(|times| FIRST_PAUSE * times));
        assert_eq!(batch.next(), [1]);
        batch.give_up();
        assert_eq!(batch.next(), [2, 3, 4]);
    }

    #[test]
    fn progress_resets_the_pauses_and_pauses_end_at_ten_seconds() {
        let mut batch = batch(2);
        for _ in 0..20 {
            assert!(batch.settle(&Outcome::Failed) <= LONGEST_PAUSE);
        }
        assert_eq!(batch.settle(&Outcome::Done), Duration::ZERO);
        assert_eq!(batch.next(), [2]);
    }

    #[test]
    fn an_unknown_sequence_number_is_a_failure_of_all_records() {
        let mut batch = batch(2);
        batch.settle(&Outcome::DoneBefore("7".into()));
        assert_eq!(batch.first(), Some("1"));
    }
}
