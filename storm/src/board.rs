//! What everyone in a storm may look at: how far the publishers are, and how far the viewers are.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use shared::Topic;

/// Counters that are shared.
#[derive(Debug)]
pub struct Board {
    acknowledged: BTreeMap<Topic, AtomicU64>,
    /// How many publications of a topic the server keeps.
    kept: u64,
    /// Viewers that are connected for the first time.
    arrived: AtomicU64,
    /// By viewer: connections replaced so far.
    rotations: Vec<AtomicU64>,
}

impl Board {
    /// For these topics, all of which somebody publishes to and every viewer watches, on a server that keeps so many
    /// publications of each.
    ///
    /// # Panics
    ///
    /// If one of them is no topic.
    pub fn new(topics: &[&str], viewers: usize, kept: u64) -> Self {
        let topics = topics.iter().map(|name| (Topic::new(name).unwrap(), AtomicU64::new(0)));
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

    /// How many viewers there are to be.
    pub fn viewers(&self) -> usize {
        self.rotations.len()
    }

    /// Notes that a topic's publications up to this offset are acknowledged.
    pub fn acknowledge(&self, topic: &Topic, offset: u64) {
        self.acknowledged[topic].fetch_max(offset, SeqCst);
    }

    /// The last offset of a topic that was acknowledged.
    pub fn acknowledged(&self, topic: &Topic) -> u64 {
        self.acknowledged[topic].load(SeqCst)
    }

    /// Publications acknowledged, of all topics.
    pub fn publications(&self) -> u64 {
        self.topics().map(|topic| self.acknowledged(topic)).sum()
    }

    /// Whether the server may have forgotten this offset by now. The publisher waits for each acknowledgement, so a log
    /// is at most one ahead of what was acknowledged.
    pub fn may_be_forgotten(&self, topic: &Topic, offset: u64) -> bool {
        offset + self.kept <= self.acknowledged(topic) + 1
    }

    /// How often the viewer that did it least has replaced its connection.
    pub fn least_rotations(&self) -> u64 {
        self.rotations.iter().map(|rotations| rotations.load(SeqCst)).min().unwrap_or(0)
    }

    pub(crate) fn arrive(&self) {
        self.arrived.fetch_add(1, SeqCst);
    }

    pub(crate) fn everyone_has_arrived(&self) -> bool {
        self.arrived.load(SeqCst) >= self.viewers() as u64
    }

    pub(crate) fn rotated(&self, viewer: usize, times: u64) {
        self.rotations[viewer].store(times, SeqCst);
    }
}
