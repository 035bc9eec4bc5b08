//! Telling watchers how many they are.

use shared::server::Occupancy;
use shared::{Filter, Millis, ServerMessage};

use super::broadcast::BroadcastReport;
use super::{Service, frame, lock};
use crate::ports::{Connections, Management, TopicLog, Unavailable};

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Tells the watchers of every filter whose number of watchers has changed since they were told last. To
    /// be called each second or so; where nobody can, [`Settings::counts_viewers`] has to be off.
    ///
    /// [`Settings::counts_viewers`]: crate::Settings::counts_viewers
    ///
    /// # Errors
    ///
    /// [`Unavailable`]; what was not told is told with the filter's next change.
    pub async fn occupancy_due(&self, now: Millis) -> Result<BroadcastReport, Unavailable> {
        let mut report = BroadcastReport::default();
        let changed = lock(&self.occupancy).take_changed();
        for filter in changed {
            self.tell_occupancy(filter, &mut report, now).await?;
        }
        Ok(report)
    }

    /// Somebody no longer watches `filter`.
    pub(super) fn left(&self, filter: &Filter) {
        if self.settings.counts_viewers {
            lock(&self.occupancy).left(filter);
        }
    }

    async fn tell_occupancy(
        &self,
        filter: Filter,
        report: &mut BroadcastReport,
        now: Millis,
    ) -> Result<(), Unavailable> {
        let viewers = self.connections.viewers(&filter, now).await?;
        if lock(&self.occupancy).tell(&filter, viewers) {
            let watching = self.connections.watching(&filter, now).await?;
            let message = ServerMessage::Occupancy(Occupancy { filter, viewers });
            self.post_to_all(watching, vec![frame(&message)], report, now).await;
        }
        Ok(())
    }
}
