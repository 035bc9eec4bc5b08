//! Tells all clients what is wrong with the server.

use shared::server::{Condition, Conditions};
use shared::{Millis, ServerMessage};

use super::broadcast::BroadcastReport;
use super::{Service, frame};
use crate::lock::lock;
use crate::ports::{Connections, Management, TopicLog, Unavailable};

impl<C, L, M> Service<C, L, M> {
    /// Returns the conditions that clients were told last, which are the things that are wrong with the server.
    pub fn conditions(&self) -> Vec<Condition> {
        lock(&self.conditions).clone()
    }
}

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Stores the conditions of the server and sends them to all clients, if their names differ from those stored before. A
    /// client that subscribes later gets them with the answer. The host calls this about once a second.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the connections cannot be listed. Then the next call sends the conditions.
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
