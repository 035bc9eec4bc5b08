//! Sends conflated publications to the viewers that have asked for them by `max_hz`.

use shared::client::Subscribe;
use shared::{ErrorCode, Filter, Millis, Topic, limits};

use super::{BroadcastReport, Service};
use crate::fanout::{self, Delivery};
use crate::lock::lock;
use crate::ports::{Connection, ConnectionId, Connections, Management, TopicLog, Unavailable};
use crate::refusal::Refusal;

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Returns the time from `now` after which [`Service::broadcast_conflated`] has to be called, in milliseconds; `None` if no
    /// conflated publications wait.
    pub fn conflated_due_ms(&self, now: Millis) -> Option<u64> {
        lock(&self.conflation).due_ms(now)
    }

    /// Sends the conflated publications that are due at `now`.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the table of connections cannot be read. The viewers then notice by their next frames that publications are
    /// missing, and request them.
    pub async fn broadcast_conflated(&self, now: Millis) -> Result<BroadcastReport, Unavailable> {
        let deliveries = self.address_conflated(now).await?;
        Ok(self.deliver(deliveries, now).await)
    }

    /// Decides which connections get the conflated publications that are due at `now`.
    pub(super) async fn address_conflated(&self, now: Millis) -> Result<Vec<Delivery>, Unavailable> {
        let due = lock(&self.conflation).take_due(now);
        let mut deliveries = Vec::new();
        for (hz, changes) in due {
            let topics: Vec<Topic> = changes.iter().map(|changes| changes.topic.clone()).collect();
            let mut audiences = self.connections.audiences(&topics, now).await?;
            let conflation = lock(&self.conflation);
            for (audience, topic) in audiences.iter_mut().zip(&topics) {
                conflation.keep_viewers(audience, topic, hz);
            }
            drop(conflation);
            deliveries.extend(fanout::deliveries(&changes, audiences, limits::PACK_BYTES));
        }
        Ok(deliveries)
    }

    /// Checks the rate that a subscription asks for.
    pub(super) fn check_rate(&self, request: &Subscribe) -> Result<(), Refusal> {
        let Some(hz) = request.max_hz else { return Ok(()) };
        let message = match (self.settings.conflates, hz) {
            (false, _) => "this server does not conflate publications: subscribe without `max_hz`".to_owned(),
            (true, 1..=limits::MAX_HZ) => return Ok(()),
            (true, _) => format!("`max_hz` is {hz}: it must be a whole number from 1 to {}", limits::MAX_HZ),
        };
        Err(Refusal::new(ErrorCode::NotConflated, message))
    }

    /// Records the rate of a subscription before it is added to the table, so that nothing is sent at another rate.
    pub(super) async fn note_rate(
        &self,
        connection: &Connection,
        request: &Subscribe,
        now: Millis,
    ) -> Result<(), Unavailable> {
        let id = &connection.id;
        let is_known = lock(&self.conflation).has(id);
        if request.max_hz.is_none() && !is_known {
            return Ok(());
        }
        let mut filters: Vec<(Filter, Option<u32>)> = Vec::new();
        if !is_known {
            let others = self.connections.subscriptions(id, now).await?;
            filters.extend(others.into_iter().map(|filter| (filter, None)));
        }
        filters.push((request.filter.clone(), request.max_hz));
        // A refreshed token may extend the life of a connection up to this.
        let life_ms = self.settings.life_ms.saturating_add(limits::ROW_GRACE_MS);
        let until = connection.connected_at.saturating_add(Millis::try_from(life_ms).unwrap_or(Millis::MAX));
        lock(&self.conflation).subscribed(id, filters, until, now);
        Ok(())
    }

    /// Forgets the rate of a subscription that has ended, or that was refused.
    pub(super) fn forget_rate(&self, id: &ConnectionId, filter: &Filter) {
        lock(&self.conflation).unsubscribed(id, filter);
    }
}
