//! Tells all clients what is wrong with the server.

use shared::server::{Condition, Conditions};
use shared::{Millis, ServerMessage};

use super::broadcast::BroadcastReport;
use super::{Service, frame};
use crate::lock::lock;
use crate::ports::{Connections, Management, TopicLog, Unavailable};

impl<C, L, M> Service<C, L, M> {
    /// The things that are wrong with the server at the moment.
    pub fn conditions(&self) -> Vec<Condition> {
        lock(&self.conditions).clone()
    }
}

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Notes what is wrong with the server, and tells all clients if another thing is wrong than before. Clients that
    /// subscribe later are told with the answer. The host calls this about once a second.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the connections cannot be listed; then they are told with the next call.
    pub async fn set_conditions(
        &self,
        conditions: Vec<Condition>,
        now: Millis,
    ) -> Result<BroadcastReport, Unavailable> {
        let mut report = BroadcastReport::default();
        let names = |conditions: &[Condition]| -> Vec<String> {
            conditions.iter().map(|condition| condition.name.clone()).collect()
        };
        if names(&lock(&self.conditions)) == names(&conditions) {
            return Ok(report);
        }
        let everybody = self.connections.all(now).await?;
        lock(&self.conditions).clone_from(&conditions);
        let message = frame(&ServerMessage::Conditions(Conditions { conditions }));
        self.post_to_all(everybody, vec![message], &mut report, now).await;
        Ok(report)
    }
}
