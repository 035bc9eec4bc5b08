//! A board without signals and views, on which a recording is played in advance.

use std::collections::BTreeMap;
use std::sync::Arc;

use shared::Topic;
use shared::server::Condition;

use super::stage::{Change, ChangeAll, IsDue, Stage};
use crate::budget::{MOST_ROWS, MOST_TOPICS};
use crate::chart::series::SeriesSet;
use crate::stream::Stream;

/// Estimated memory of a topic without rows of numbers and lines, in bytes.
const TOPIC_BYTES: usize = 4_096;
/// Estimated memory of a line of a log, in bytes.
const LINE_BYTES: usize = 128;

/// The state of all topics at a time of the recording. A copy shares with the original the topics that do not change, so it
/// takes little memory.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    topics: BTreeMap<Topic, Arc<State>>,
    conditions: Vec<Condition>,
}

/// The state of one topic.
#[derive(Clone, Debug)]
pub struct State {
    /// The state apart from the numbers.
    pub stream: Stream,
    /// The numbers.
    pub series: SeriesSet,
}

impl State {
    /// Creates the state of a topic without publications.
    pub fn new(topic: Topic) -> Self {
        Self { stream: Stream::new(topic), series: SeriesSet::new(MOST_ROWS) }
    }

    /// Returns the estimated memory of this state, in bytes.
    fn bytes(&self) -> usize {
        let columns = self.series.series().len() + 2;
        let rows = self.series.len() * columns * size_of::<f64>();
        TOPIC_BYTES + rows + self.stream.lines().len() * LINE_BYTES
    }
}

impl Scene {
    /// Returns the state of a topic; `None` if there is no such topic.
    pub fn state(&self, topic: &Topic) -> Option<&State> {
        self.topics.get(topic).map(AsRef::as_ref)
    }

    /// Returns all topics.
    pub fn all(&self) -> impl Iterator<Item = &Topic> {
        self.topics.keys()
    }

    /// Returns the problems of the server.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Returns the estimated memory of the topics that are not shared with `other`, in bytes.
    pub fn bytes_beside(&self, other: &Self) -> usize {
        let is_shared = |topic: &Topic, state: &Arc<State>| {
            other.topics.get(topic).is_some_and(|known| Arc::ptr_eq(known, state))
        };
        let own = self.topics.iter().filter(|(topic, state)| !is_shared(topic, state));
        own.map(|(_, state)| state.bytes()).sum()
    }
}

impl Stage for Scene {
    fn change(&mut self, topic: &Topic, change: Change<'_>) {
        if !self.topics.contains_key(topic) {
            // The board has no panels for more topics.
            if self.topics.len() >= MOST_TOPICS {
                return;
            }
            self.topics.insert(topic.clone(), Arc::new(State::new(topic.clone())));
        }
        if let Some(state) = self.topics.get_mut(topic) {
            let State { stream, series } = Arc::make_mut(state);
            change(stream, series);
        }
    }

    fn change_all(&mut self, is_due: IsDue<'_>, change: ChangeAll<'_>) {
        for state in self.topics.values_mut().filter(|state| is_due(&state.stream, &state.series)) {
            let State { stream, series } = Arc::make_mut(state);
            change(stream, series);
        }
    }

    fn remove(&mut self, topic: &Topic) {
        self.topics.remove(topic);
    }

    fn set_conditions(&mut self, conditions: Vec<Condition>) {
        self.conditions = conditions;
    }

    fn topics(&self) -> usize {
        self.topics.len()
    }
}
