//! The topics that have complete blocks without rollup.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use backend_core::lock::lock;
use shared::Topic;

/// The topics whose blocks have to be computed. The writer's thread adds them, and another thread takes them out.
#[derive(Debug, Default)]
pub struct Unrolled {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    topics: BTreeSet<Topic>,
    /// The topic that was taken out last.
    last: Option<Topic>,
    is_closed: bool,
}

impl Waiting {
    /// Takes out the first topic after the one that was taken out last, or else the first of all.
    fn take_next(&mut self) -> Option<Topic> {
        let after = self.last.take().map_or(Bound::Unbounded, Bound::Excluded);
        let mut later = self.topics.range((after, Bound::Unbounded));
        let topic = later.next().or_else(|| self.topics.first()).cloned()?;
        self.topics.remove(&topic);
        self.last = Some(topic.clone());
        Some(topic)
    }
}

impl Unrolled {
    /// Adds topics.
    pub fn add(&self, topics: impl IntoIterator<Item = Topic>) {
        let mut waiting = lock(&self.waiting);
        let before = waiting.topics.len();
        waiting.topics.extend(topics);
        if waiting.topics.len() > before {
            self.changed.notify_one();
        }
    }

    /// Waits for a topic and takes it out. Returns `None` when the store is closed. The topics are taken in turn, so that
    /// one that fails again and again does not keep the others from being computed.
    pub fn next(&self) -> Option<Topic> {
        let mut waiting = lock(&self.waiting);
        loop {
            if waiting.is_closed {
                return None;
            }
            if let Some(topic) = waiting.take_next() {
                return Some(topic);
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Adds a topic after a pause, which ends early when the store is closed.
    pub fn put_back(&self, topic: Topic, pause: Duration) {
        let waiting = lock(&self.waiting);
        let is_open = |waiting: &mut Waiting| !waiting.is_closed;
        let (mut waiting, _) =
            self.changed.wait_timeout_while(waiting, pause, is_open).unwrap_or_else(PoisonError::into_inner);
        waiting.topics.insert(topic);
    }

    /// Ends every call of [`Unrolled::next`].
    pub fn close(&self) {
        lock(&self.waiting).is_closed = true;
        self.changed.notify_all();
    }
}
