//! Limits how often the ends of logs are read for `pong`, for a store whose reads cost money. A few ends are read at a
//! time, in turn, and not for every ping.

use std::collections::HashMap;

use shared::{Filter, Millis, Topic};

use crate::bucket::Bucket;
use crate::ports::LogEnd;

/// Limits on what pings read from a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadsInTurn {
    /// Maximum age at which ends that were read before are sent again, in milliseconds. It is shorter than the time between
    /// two pings of a silent client, so that the answer to a client's next ping shows what was published before its last
    /// ping.
    pub max_age_ms: u64,
    /// Maximum number of topics whose ends are read at once. The next reading continues after the last of them.
    pub topics: usize,
    /// Maximum number of readings per second in one process, for all its clients together.
    pub readings_per_second: u32,
}

impl Default for HeadsInTurn {
    fn default() -> Self {
        Self { max_age_ms: 30_000, topics: 100, readings_per_second: 1 }
    }
}

/// Remembers the ends of logs that were read lately, for each filter, and limits how often they are read.
#[derive(Debug)]
pub struct Turns {
    bounds: HeadsInTurn,
    readings: Bucket,
    by_filter: HashMap<Filter, Turn>,
}

#[derive(Debug, Default)]
struct Turn {
    read_at: Millis,
    /// The next reading begins after this topic; `None` to begin with the first topic.
    after: Option<Topic>,
    ends: Vec<LogEnd>,
}

/// The next step of the answer to a ping, for one filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send these ends.
    Send(Vec<LogEnd>),
    /// Read the ends after this topic, and pass them to [`Turns::read`].
    Read {
        /// The topic; `None` to begin with the first topic.
        after: Option<Topic>,
    },
}

/// Largest number of filters whose ends are remembered.
const FILTERS: usize = 256;

impl Turns {
    /// Creates an instance that remembers no ends yet.
    pub fn new(bounds: HeadsInTurn) -> Self {
        Self { bounds, readings: Bucket::new(bounds.readings_per_second, 0), by_filter: HashMap::new() }
    }

    /// Returns the maximum number of topics to read at once.
    pub fn topics(&self) -> usize {
        self.bounds.topics.max(1)
    }

    /// Decides whether a ping sends the remembered ends or reads new ones. If there were too many readings, it sends the
    /// remembered ends, even if they are old or there are none.
    pub fn step(&mut self, filter: &Filter, now: Millis) -> Step {
        let known = self.by_filter.get(filter);
        let max_age_ms = Millis::try_from(self.bounds.max_age_ms).unwrap_or(Millis::MAX);
        let is_fresh = known.is_some_and(|turn| (0..max_age_ms).contains(&now.saturating_sub(turn.read_at)));
        if is_fresh || self.readings.take(1, now).is_err() {
            return Step::Send(known.map(|turn| turn.ends.clone()).unwrap_or_default());
        }
        self.make_room();
        let turn = self.by_filter.entry(filter.clone()).or_default();
        // This is set before the reading, so that pings that arrive during the reading do not read, too.
        turn.read_at = now;
        Step::Read { after: turn.after.clone() }
    }

    /// Stores the ends that were read. If there are fewer than [`Turns::topics`], the next reading begins with the first
    /// topic.
    pub fn read(&mut self, filter: &Filter, ends: &[LogEnd]) {
        let is_last = ends.len() < self.topics();
        if let Some(turn) = self.by_filter.get_mut(filter) {
            turn.after = ends.last().filter(|_| !is_last).map(|end| end.topic.clone());
            turn.ends = ends.to_vec();
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
