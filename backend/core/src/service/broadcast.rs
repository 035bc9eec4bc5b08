//! Sends new publications to their subscribers.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use shared::{Millis, Topic, limits};

use super::Service;
use crate::fanout::{self, Delivery, TopicChanges};
use crate::lock::lock;
use crate::ports::{Change, ConnectionId, Connections, Management, PostError, TopicLog, Unavailable};
use crate::stats::add;

/// Counts of the messages that a broadcast has sent or failed to send.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BroadcastReport {
    /// Number of messages that were posted.
    pub posts: usize,
    /// Number of connections that had ended. They are removed from the table, unless they are new: API Gateway also
    /// answers 410 (gone) for a moment after a connection was made.
    pub gone: usize,
    /// Number of messages that were dropped because the client reads too slowly. The client notices the missing
    /// publications and requests them later.
    pub dropped: usize,
    /// Number of posts that failed for another reason. Those of the same broadcast that would have followed to the same connection are
    /// left out, and not counted.
    pub failed: usize,
    /// Total size of the posted messages in bytes.
    pub bytes: usize,
}

/// Maximum number of topics whose history is written at the same time. With a lower number, the writes of a batch would
/// wait for each other. With a higher number, too many connections to the store would be open.
const TOPICS_AT_ONCE: usize = 32;

/// Maximum number of connections that have ended and are removed from the table at the same time. Each needs several requests to the
/// store.
const PRUNED_AT_ONCE: usize = 16;

/// The error that a change (the publications of one append) could not be written to history. This change and all
/// changes after it must be broadcast again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("change {index} of this batch could not be written to the history: {why}")]
pub struct RecordError {
    /// Index, from 0, of the first change that could not be written, in the list that the caller passed.
    pub index: usize,
    /// The error that the store returned.
    pub why: Unavailable,
}

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Writes `changes` to history and then sends them to their subscribers. Because of this order, a new subscriber
    /// gets each publication from history, or live, or both.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store cannot be reached. Then nothing has been sent, and the same changes may be
    /// broadcast again.
    pub async fn broadcast(&self, changes: &[Change], now: Millis) -> Result<BroadcastReport, Unavailable> {
        self.record(changes).await.map_err(|failed| failed.why)?;
        let deliveries = self.address(changes, now).await?;
        Ok(self.deliver(deliveries, now).await)
    }

    /// Writes `changes` to history, which is the first part of a broadcast. Changes of the same topic are written in
    /// order. Changes of different topics are written at the same time.
    ///
    /// # Errors
    ///
    /// A [`RecordError`] with the first change that could not be written. All changes before it have been written.
    pub async fn record(&self, changes: &[Change]) -> Result<(), RecordError> {
        let mut topics: BTreeMap<&Topic, Vec<(usize, &Change)>> = BTreeMap::new();
        for (index, change) in changes.iter().enumerate() {
            topics.entry(&change.topic).or_default().push((index, change));
        }
        let writing: Vec<_> = topics.into_values().map(|changes| self.record_in_order(changes)).collect();
        let recorded: Vec<_> = stream::iter(writing).buffer_unordered(TOPICS_AT_ONCE).collect().await;
        match recorded.into_iter().filter_map(Result::err).min_by_key(|failed| failed.index) {
            Some(first) => Err(first),
            None => Ok(()),
        }
    }

    async fn record_in_order(&self, changes: Vec<(usize, &Change)>) -> Result<(), RecordError> {
        for (index, change) in changes {
            self.log.record(change).await.map_err(|why| RecordError { index, why })?;
        }
        Ok(())
    }

    /// Decides which connections get which frames (WebSocket messages), which is the second part of a broadcast.
    /// Because this reads the subscribers, it must be called after the changes were written to history.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the table of connections cannot be read.
    pub async fn address(&self, changes: &[Change], now: Millis) -> Result<Vec<Delivery>, Unavailable> {
        let topic_changes = fanout::topic_changes(changes);
        let topics: Vec<Topic> = topic_changes.iter().map(|changes| changes.topic.clone()).collect();
        let mut audiences = self.connections.audiences(&topics, now).await?;
        let is_conflating = self.collect_conflated(changes, &topic_changes, &mut audiences);
        let mut deliveries = fanout::deliveries(&topic_changes, audiences, limits::PACK_BYTES);
        if is_conflating {
            deliveries.extend(self.address_conflated(now).await?);
        }
        Ok(deliveries)
    }

    /// Collects the publications for viewers that get conflated ones, and removes these viewers from `audiences`. Returns false if
    /// there are no such viewers.
    fn collect_conflated(
        &self,
        changes: &[Change],
        topic_changes: &[TopicChanges],
        audiences: &mut [Vec<ConnectionId>],
    ) -> bool {
        let mut conflation = lock(&self.conflation);
        let is_conflating = !conflation.is_empty();
        if is_conflating {
            conflation.collect(changes, topic_changes, audiences);
        }
        is_conflating
    }

    /// Posts the frames to their connections, which is the last part of a broadcast. Returns counts of the results.
    pub async fn deliver(&self, deliveries: Vec<Delivery>, now: Millis) -> BroadcastReport {
        let (mut report, mut gone) = (BroadcastReport::default(), Vec::new());
        for Delivery { frames, to } in deliveries {
            gone.extend(self.post_frames(to, frames, &mut report).await);
        }
        self.prune_all(gone, now).await;
        report
    }

    /// Posts the same frames, in order, to each of the connections `to`, and adds the results to `report`. Connections that have ended
    /// are removed from the table afterwards, unless they are new.
    pub(super) async fn post_to_all(
        &self,
        to: Vec<ConnectionId>,
        frames: Vec<Bytes>,
        report: &mut BroadcastReport,
        now: Millis,
    ) {
        let gone = self.post_frames(to, frames, report).await;
        self.prune_all(gone, now).await;
    }

    /// Posts the same frames, in order, to each of the connections `to`, and adds the results to `report`. Returns the connections that
    /// have ended.
    ///
    /// A connection that has ended, or to which a post failed, gets no further frames. A post may fail because it was not answered in
    /// time. All others wait for that before they get the next frame, and must not wait once more for each frame. The client notices that
    /// publications are missing, and requests them.
    async fn post_frames(
        &self,
        mut to: Vec<ConnectionId>,
        frames: Vec<Bytes>,
        report: &mut BroadcastReport,
    ) -> Vec<ConnectionId> {
        let mut gone = Vec::new();
        for frame in frames {
            let bytes = frame.len();
            let failures = self.management.post_to_all(&to, frame).await;
            let posted = to.len() - failures.len().min(to.len());
            add(&self.stats.posts, posted);
            report.posts += posted;
            report.bytes += posted * bytes;
            let left_out = self.after_failures(failures, report, &mut gone);
            if !left_out.is_empty() {
                to.retain(|id| !left_out.contains(id));
            }
        }
        gone
    }

    /// Counts failed posts, and adds the connections that have ended to `gone`. Returns the connections that get no further frames.
    fn after_failures(
        &self,
        failures: Vec<(ConnectionId, PostError)>,
        report: &mut BroadcastReport,
        gone: &mut Vec<ConnectionId>,
    ) -> BTreeSet<ConnectionId> {
        let mut left_out = BTreeSet::new();
        for (id, error) in failures {
            self.count_failure(&error);
            match error {
                PostError::Gone => {
                    report.gone += 1;
                    gone.push(id.clone());
                    left_out.insert(id);
                }
                PostError::Failed { .. } => {
                    report.failed += 1;
                    left_out.insert(id);
                }
                PostError::LimitExceeded => report.dropped += 1,
                PostError::TooLarge => report.failed += 1,
            }
        }
        left_out
    }

    /// Removes connections that have ended from the table, except new ones.
    async fn prune_all(&self, gone: Vec<ConnectionId>, now: Millis) {
        let pruning: Vec<_> = gone.iter().map(|id| self.prune_unless_new(id, now)).collect();
        stream::iter(pruning).buffer_unordered(PRUNED_AT_ONCE).collect::<()>().await;
    }
}
