//! From the log to everybody who watches.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use shared::{Millis, Topic, limits};

use super::Service;
use crate::fanout::{self, Delivery};
use crate::ports::{Change, ConnectionId, Connections, Management, PostError, TopicLog, Unavailable};
use crate::stats::add;

/// What became of a broadcast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BroadcastReport {
    /// Messages that went out.
    pub posts: usize,
    /// Connections that were no more. They are forgotten, unless they are new.
    pub gone: usize,
    /// Messages dropped because the client reads too slowly; it will ask again.
    pub dropped: usize,
    /// Messages that failed for another reason.
    pub failed: usize,
    /// Bytes of the messages that went out.
    pub bytes: usize,
}

/// Topics whose history is written side by side: enough that a batch waits for few answers one after another, and few
/// enough that it opens no flood of connections.
const TOPICS_AT_ONCE: usize = 32;

/// A change that is not in history. It, and all that follow, have to be handed in again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("change {index} could not be written to history: {why}")]
pub struct RecordError {
    /// Which of the changes, from 0: the first that failed.
    pub index: usize,
    /// What the store says.
    pub why: Unavailable,
}

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Writes `changes` to history, then sends them to whoever watches, in that order: so a publication
    /// reaches a new subscriber by one road or by both.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store cannot be asked; then nothing has been posted, and the same changes may be
    /// handed in again.
    pub async fn broadcast(&self, changes: Vec<Change>, now: Millis) -> Result<BroadcastReport, Unavailable> {
        self.record(&changes).await.map_err(|failed| failed.why)?;
        let deliveries = self.address(&changes, now).await?;
        Ok(self.deliver(deliveries, now).await)
    }

    /// The first part of a broadcast: writes `changes` to history, those of one topic in order, topics side by side.
    ///
    /// # Errors
    ///
    /// [`RecordError`]; what comes before its index is written.
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

    /// The second part: who gets which frames. Subscribers are read now, after history was written.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store cannot be asked.
    pub async fn address(&self, changes: &[Change], now: Millis) -> Result<Vec<Delivery>, Unavailable> {
        let stretches = fanout::stretches(changes);
        let topics: Vec<Topic> = stretches.iter().map(|stretch| stretch.topic.clone()).collect();
        let audiences = self.connections.audiences(&topics, now).await?;
        Ok(fanout::deliveries(&stretches, audiences, limits::PACK_BYTES))
    }

    /// The last part: posts.
    pub async fn deliver(&self, deliveries: Vec<Delivery>, now: Millis) -> BroadcastReport {
        let mut report = BroadcastReport::default();
        for Delivery { frames, to } in deliveries {
            self.post_to_all(to, frames, &mut report, now).await;
        }
        report
    }

    /// Posts frames in order to the same connections. Who is gone gets no further ones and, unless new, is forgotten.
    pub(super) async fn post_to_all(
        &self,
        mut to: Vec<ConnectionId>,
        frames: Vec<Bytes>,
        report: &mut BroadcastReport,
        now: Millis,
    ) {
        for frame in frames {
            let bytes = frame.len();
            let failures = self.management.post_to_all(&to, frame).await;
            let posted = to.len() - failures.len().min(to.len());
            add(&self.stats.posts, posted);
            report.posts += posted;
            report.bytes += posted * bytes;
            let gone = self.after_failures(failures, report, now).await;
            if !gone.is_empty() {
                to.retain(|id| !gone.contains(id));
            }
        }
    }

    async fn after_failures(
        &self,
        failures: Vec<(ConnectionId, PostError)>,
        report: &mut BroadcastReport,
        now: Millis,
    ) -> BTreeSet<ConnectionId> {
        let mut gone = BTreeSet::new();
        for (id, error) in failures {
            self.after_failed_post(&id, &error, now).await;
            match error {
                PostError::Gone => {
                    report.gone += 1;
                    gone.insert(id);
                }
                PostError::LimitExceeded => report.dropped += 1,
                PostError::TooLarge | PostError::Failed { .. } => report.failed += 1,
            }
        }
        gone
    }
}
