//! Progress of one load test: the offsets that were acknowledged, and the connections of the viewers. All tasks share it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use shared::Topic;

/// Counters that all tasks of a load test update and read: the acknowledged offsets, and the connections of the
/// viewers.
#[derive(Debug)]
pub struct Progress {
    acknowledged: BTreeMap<Topic, AtomicU64>,
    /// Number of publications that the server keeps of each topic.
    kept: u64,
    /// Number of viewers that have connected for the first time.
    connected: AtomicU64,
    /// Number of connections that each viewer has replaced so far, indexed by the viewer's number.
    rotations: Vec<AtomicU64>,
}

impl Progress {
    /// Creates the counters of a test. Publications go to `topics`, `viewers` viewers watch all of them, and the server
    /// keeps the last `kept` publications of each topic.
    ///
    /// # Panics
    ///
    /// If one of `topics` is not a valid topic.
    pub fn new(topics: &[&str], viewers: usize, kept: u64) -> Self {
        let topics = topics.iter().map(|name| (Topic::new(name).unwrap(), AtomicU64::new(0)));
        Self {
            acknowledged: topics.collect(),
            kept,
            connected: AtomicU64::new(0),
            rotations: (0..viewers).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Returns the topics in alphabetical order.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.acknowledged.keys()
    }

    /// Returns the number of viewers that the test has in total.
    pub fn viewers(&self) -> usize {
        self.rotations.len()
    }

    /// Records that the publications of `topic` up to and including `offset` are acknowledged.
    pub fn acknowledge(&self, topic: &Topic, offset: u64) {
        self.acknowledged[topic].fetch_max(offset, SeqCst);
    }

    /// Returns the last offset of `topic` that was acknowledged; 0 if there is none.
    pub fn acknowledged(&self, topic: &Topic) -> u64 {
        self.acknowledged[topic].load(SeqCst)
    }

    /// Returns the number of acknowledged publications of all topics.
    pub fn publications(&self) -> u64 {
        self.topics().map(|topic| self.acknowledged(topic)).sum()
    }

    /// Returns true if the server may have deleted the publication at `offset` by now. A publisher waits for each
    /// acknowledgement, so the log contains at most one publication after the last acknowledged one.
    pub fn may_be_deleted(&self, topic: &Topic, offset: u64) -> bool {
        offset + self.kept <= self.acknowledged(topic) + 1
    }

    /// Returns the smallest number of connections that any viewer has replaced.
    pub fn least_rotations(&self) -> u64 {
        self.rotations.iter().map(|rotations| rotations.load(SeqCst)).min().unwrap_or(0)
    }

    pub(crate) fn viewer_connected(&self) {
        self.connected.fetch_add(1, SeqCst);
    }

    pub(crate) fn all_viewers_connected(&self) -> bool {
        self.connected.load(SeqCst) >= self.viewers() as u64
    }

    pub(crate) fn rotated(&self, viewer: usize, times: u64) {
        self.rotations[viewer].store(times, SeqCst);
    }
}
