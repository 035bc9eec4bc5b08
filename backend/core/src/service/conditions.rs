//! Informs all clients of problems of the server, such as a full disk, which are called conditions.

use shared::server::{Condition, Conditions};
use shared::{Millis, ServerMessage};

use super::broadcast::BroadcastReport;
use super::{Service, frame};
use crate::lock::lock;
use crate::ports::{Connections, Management, TopicLog, Unavailable};

impl<C, L, M> Service<C, L, M> {
    /// Returns the conditions (problems of the server) that were last sent to clients.
    pub fn conditions(&self) -> Vec<Condition> {
        lock(&self.conditions).clone()
    }
}

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Stores the conditions of the server (its current problems). If their names differ from those stored before,
    /// sends them to all clients. A client that subscribes later gets them with the answer. The server program calls
    /// this about once a second.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the connections cannot be listed. Then the conditions are not stored, so that the next call
    /// sends them.
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
