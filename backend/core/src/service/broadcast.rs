//! From the log to everybody who watches.

use std::collections::BTreeSet;

use bytes::Bytes;
use shared::{Millis, limits};

use super::Service;
use crate::fanout;
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

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Writes `changes` to history, then sends them to whoever watches, in that order: so a publication
    /// reaches a new subscriber by one road or by both.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store cannot be asked; then nothing has been posted, and the same changes may be
    /// handed in again.
    pub async fn broadcast(&self, changes: Vec<Change>, now: Millis) -> Result<BroadcastReport, Unavailable> {
        for change in &changes {
            self.log.record(change).await?;
        }
        let stretches = fanout::stretches(&changes);
        let mut audiences = Vec::with_capacity(stretches.len());
        for stretch in &stretches {
            audiences.push(self.connections.subscribers(&stretch.topic, now).await?);
        }
        let mut report = BroadcastReport::default();
        for delivery in fanout::deliveries(&stretches, audiences, limits::PACK_BYTES) {
            self.post_to_all(delivery.to, delivery.frames, &mut report, now).await;
        }
        Ok(report)
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
