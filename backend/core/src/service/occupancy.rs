//! Sends the number of subscribers of a filter to these subscribers.

use shared::server::Occupancy;
use shared::{Filter, Millis, ServerMessage};

use super::broadcast::BroadcastReport;
use super::{Service, frame};
use crate::lock::lock;
use crate::ports::{Connections, Management, TopicLog, Unavailable};

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// For every filter whose number of subscribers has changed, sends an `occupancy` message with the new number to
    /// these subscribers. The server program calls this about once a second. A program that cannot do so must turn
    /// [`Settings::counts_viewers`] off.
    ///
    /// [`Settings::counts_viewers`]: crate::Settings::counts_viewers
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the table of connections cannot be read. A number that was not sent is sent after the
    /// filter's next change.
    pub async fn occupancy_due(&self, now: Millis) -> Result<BroadcastReport, Unavailable> {
        let mut report = BroadcastReport::default();
        let changed = lock(&self.occupancy).take_changed();
        for filter in changed {
            self.send_occupancy(filter, &mut report, now).await?;
        }
        Ok(report)
    }

    /// Records that a subscription to `filter` has ended.
    pub(super) fn left(&self, filter: &Filter) {
        if self.settings.counts_viewers {
            lock(&self.occupancy).left(filter);
        }
    }

    async fn send_occupancy(
        &self,
        filter: Filter,
        report: &mut BroadcastReport,
        now: Millis,
    ) -> Result<(), Unavailable> {
        let viewers = self.connections.viewers(&filter, now).await?;
        if lock(&self.occupancy).has_changed(&filter, viewers) {
            let watching = self.connections.watching(&filter, now).await?;
            let message = ServerMessage::Occupancy(Occupancy { filter, viewers });
            self.post_to_all(watching, vec![frame(&message)], report, now).await;
        }
        Ok(())
    }
}
