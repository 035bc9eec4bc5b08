//! Informs all clients of problems of the server, such as a full disk, which are called conditions.

use shared::server::{Condition, Conditions};
use shared::{Millis, ServerMessage};

use super::broadcast::BroadcastReport;
use super::{Service, frame};
use crate::lock::lock;
use crate::ports::{Connections, Management, TopicLog, Unavailable};

impl<C, L, M> Service<C, L, M> {
    /// Returns the conditions that were set last, which are the present problems of the server.
    pub fn conditions(&self) -> Vec<Condition> {
        lock(&self.conditions).present().to_vec()
    }
}

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Stores the conditions of the server. Sends them to all clients at once if the list of conditions has changed,
    /// and after ten seconds if only their texts have changed. A client that subscribes later gets them with the
    /// answer. The host calls this about once a second.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the connections cannot be listed. The conditions then do not count as sent, so that the next
    /// call sends them.
    pub async fn set_conditions(
        &self,
        conditions: Vec<Condition>,
        now: Millis,
    ) -> Result<BroadcastReport, Unavailable> {
        let mut report = BroadcastReport::default();
        if !lock(&self.conditions).set(&conditions, now) {
            return Ok(report);
        }
        let everybody = self.connections.all(now).await?;
        lock(&self.conditions).told(conditions.clone(), now);
        let message = frame(&ServerMessage::Conditions(Conditions { conditions }));
        self.post_to_all(everybody, vec![message], &mut report, now).await;
        Ok(report)
    }
}
