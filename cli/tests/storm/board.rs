//! What everyone in a storm may look at: how far the publisher is, and how far the viewers are.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use shared::Topic;

/// Topics that are published to, in turn.
pub const TOPICS: [&str; 5] = ["storm/1", "storm/2", "storm/3", "storm/4", "storm/5"];

/// Counters that are shared.
pub struct Board {
    acknowledged: BTreeMap<Topic, AtomicU64>,
    /// How many publications of a topic the server keeps.
    pub kept: u64,
    /// Viewers that are connected for the first time.
    pub arrived: AtomicU64,
    /// By viewer: connections replaced so far.
    pub rotations: Vec<AtomicU64>,
}

impl Board {
    pub fn new(viewers: usize, kept: u64) -> Self {
        let topics = TOPICS.iter().map(|name| (Topic::new(name).unwrap(), AtomicU64::new(0)));
        Self {
            acknowledged: topics.collect(),
            kept,
            arrived: AtomicU64::new(0),
            rotations: (0..viewers).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// The topics, in order.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.acknowledged.keys()
    }

    /// Notes that a topic's publications up to this offset are acknowledged.
    pub fn acknowledge(&self, topic: &Topic, offset: u64) {
        self.acknowledged[topic].fetch_max(offset, SeqCst);
    }

    /// The last offset of a topic that was acknowledged.
    pub fn acknowledged(&self, topic: &Topic) -> u64 {
        self.acknowledged[topic].load(SeqCst)
    }

    /// Whether the server may have forgotten this offset by now. The publisher waits for each acknowledgement, so a log
    /// is at most one ahead of what was acknowledged.
    pub fn may_be_forgotten(&self, topic: &Topic, offset: u64) -> bool {
        offset + self.kept <= self.acknowledged(topic) + 1
    }
}
