//! Limits how often the ends of logs are read to answer pings, for a store whose reads cost money. (The end of a log is
//! the position of its newest publication.) Not every ping reads, and each reading covers only a few topics, beginning
//! after those of the reading before.

use std::collections::HashMap;

use shared::{Filter, Millis, Topic};

use crate::bucket::Bucket;
use crate::ports::LogEnd;

/// Limits on what the answers to pings read from a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadsInTurn {
    /// Maximum age of ends of logs that are sent to clients without reading them again, in milliseconds. It is shorter
    /// than the time between two pings of a client that receives nothing. So what was published before a ping is
    /// contained in the answer to the next ping.
    pub max_age_ms: u64,
    /// Maximum number of topics for which the ends of logs are read at once. The next reading begins after the last of
    /// these topics.
    pub topics: usize,
    /// Maximum number of readings per second in one process, for all its clients together. A reading covers at most
    /// `topics` topics.
    pub readings_per_second: u32,
}

impl Default for HeadsInTurn {
    fn default() -> Self {
        Self { max_age_ms: 30_000, topics: 100, readings_per_second: 1 }
    }
}

/// For each filter, the ends of logs that were read last. Limits how often ends are read.
#[derive(Debug)]
pub struct Turns {
    bounds: HeadsInTurn,
    readings: Bucket,
    by_filter: HashMap<Filter, Turn>,
}

#[derive(Debug, Default)]
struct Turn {
    read_at: Millis,
    /// The topic after which the next reading of logs' ends begins; `None` to begin with the first topic.
    after: Option<Topic>,
    ends: Vec<LogEnd>,
}

/// The next step to answer a ping of a client that is subscribed to a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Answer the ping with these ends of logs, which were read before.
    Send(Vec<LogEnd>),
    /// Read the ends of the logs of the topics that come after this topic, and pass them to [`Turns::read`].
    Read {
        /// The topic after which to begin; `None` to begin with the first topic.
        after: Option<Topic>,
    },
}

/// Maximum number of filters for which ends of logs are stored.
const FILTERS: usize = 256;

impl Turns {
    /// Creates an instance with these limits, which has not read any ends of logs.
    pub fn new(bounds: HeadsInTurn) -> Self {
        Self { bounds, readings: Bucket::new(bounds.readings_per_second, 0), by_filter: HashMap::new() }
    }

    /// Returns the maximum number of topics whose ends are read at once.
    pub fn topics(&self) -> usize {
        self.bounds.topics.max(1)
    }

    /// Decides whether the answer to a ping contains the ends of logs that were read before, or the ends have to be
    /// read again. If there were too many readings lately, the answer is what was read before, even if it is old or
    /// nothing.
    pub fn step(&mut self, filter: &Filter, now: Millis) -> Step {
        let known = self.by_filter.get(filter);
        let max_age_ms = Millis::try_from(self.bounds.max_age_ms).unwrap_or(Millis::MAX);
        let is_fresh = known.is_some_and(|turn| (0..max_age_ms).contains(&now.saturating_sub(turn.read_at)));
        if is_fresh || self.readings.take(1, now).is_err() {
            return Step::Send(known.map(|turn| turn.ends.clone()).unwrap_or_default());
        }
        self.make_room();
        let turn = self.by_filter.entry(filter.clone()).or_default();
        // The time is set before the ends are read, so that pings that arrive meanwhile do not read them, too.
        turn.read_at = now;
        Step::Read { after: turn.after.clone() }
    }

    /// Stores the ends of logs that were read for `filter`. If there are fewer than [`Turns::topics`], they include the
    /// last topic, and the next reading begins with the first one.
    pub fn read(&mut self, filter: &Filter, ends: &[LogEnd]) {
        let is_last = ends.len() < self.topics();
        if let Some(turn) = self.by_filter.get_mut(filter) {
            turn.after = ends.last().filter(|_| !is_last).map(|end| end.topic.clone());
            turn.ends = ends.to_vec();
        }
    }

    /// Notes that the ends of logs for `filter` could not be read, so that the next ping reads them.
    pub fn failed(&mut self, filter: &Filter) {
        if let Some(turn) = self.by_filter.get_mut(filter) {
            turn.read_at = Millis::MIN;
        }
    }

    fn make_room(&mut self) {
        if self.by_filter.len() < FILTERS {
            return;
        }
        let oldest = self.by_filter.iter().min_by_key(|(_, turn)| turn.read_at);
        if let Some(filter) = oldest.map(|(filter, _)| filter.clone()) {
            self.by_filter.remove(&filter);
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::{Epoch, Position};

    use super::*;

    const BOUNDS: HeadsInTurn = HeadsInTurn { max_age_ms: 1000, topics: 2, readings_per_second: 1 };

    #[test]
    fn topics_are_read_in_turn_and_then_from_the_beginning() {
        let mut turns = Turns::new(BOUNDS);
        assert_eq!(turns.step(&Filter::All, 0), Step::Read { after: None });
        turns.read(&Filter::All, &[end("a"), end("b")]);
        assert_eq!(turns.step(&Filter::All, 999), Step::Send(vec![end("a"), end("b")]));
        assert_eq!(turns.step(&Filter::All, 1000), Step::Read { after: Some(topic("b")) });
        turns.read(&Filter::All, &[end("c")]);
        assert_eq!(turns.step(&Filter::All, 2000), Step::Read { after: None });
    }

    #[test]
    fn pings_that_arrive_during_a_reading_and_pings_beyond_the_rate_read_nothing() {
        let mut turns = Turns::new(BOUNDS);
        assert_eq!(turns.step(&Filter::All, 0), Step::Read { after: None });
        assert_eq!(turns.step(&Filter::All, 0), Step::Send(Vec::new()), "while the first reads");
        let reads = (0..100).filter(|number| {
            let filter = Filter::new(&format!("t{number}")).unwrap();
            matches!(turns.step(&filter, 0), Step::Read { .. })
        });
        assert_eq!(reads.count(), 1, "a burst is two readings");
    }

    #[test]
    fn a_reading_that_failed_is_made_again_by_the_next_ping() {
        let mut turns = Turns::new(BOUNDS);
        assert_eq!(turns.step(&Filter::All, 0), Step::Read { after: None });
        turns.read(&Filter::All, &[end("a"), end("b")]);
        assert_eq!(turns.step(&Filter::All, 1000), Step::Read { after: Some(topic("b")) });
        turns.failed(&Filter::All);
        assert_eq!(turns.step(&Filter::All, 1001), Step::Read { after: Some(topic("b")) });
    }

    #[test]
    fn the_number_of_remembered_filters_is_bounded() {
        let mut turns = Turns::new(HeadsInTurn { readings_per_second: 1_000_000, ..BOUNDS });
        for number in 0..10_000 {
            turns.step(&Filter::new(&format!("t{number}")).unwrap(), number);
        }
        assert_eq!(turns.by_filter.len(), FILTERS);
    }

    fn topic(name: &str) -> Topic {
        Topic::new(name).unwrap()
    }

    fn end(name: &str) -> LogEnd {
        LogEnd { topic: topic(name), position: Position::new(Epoch::new("e"), 1), received_at: 0 }
    }
}
