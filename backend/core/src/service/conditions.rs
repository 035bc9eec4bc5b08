//! Informs all clients of problems of the server, such as a full disk, which are called conditions.

use shared::server::{Condition, Conditions};
use shared::{Millis, ServerMessage};

use super::broadcast::BroadcastReport;
use super::{Service, frame};
use crate::lock::lock;
use crate::ports::{Connections, Management, TopicLog, Unavailable};

/// The conditions of the server, and those that clients were told.
#[derive(Debug, Default)]
pub(super) struct Told {
    present: Vec<Condition>,
    told: Vec<Condition>,
    told_at: Option<Millis>,
}

/// Minimum time in milliseconds between two messages of which only the texts differ, such as the number of free bytes.
const TEXT_PERIOD_MS: Millis = 10_000;

impl Told {
    /// Returns true if clients have to be told: at once if there are other conditions than they know, and every ten seconds if
    /// only the texts have changed.
    fn is_due(&self, now: Millis) -> bool {
        fn names(conditions: &[Condition]) -> impl Iterator<Item = &str> {
            conditions.iter().map(|condition| condition.name.as_str())
        }
        let is_another = !names(&self.present).eq(names(&self.told));
        // A clock that was set back does not delay the message.
        let is_old = self.told_at.is_none_or(|at| (now - at).abs() >= TEXT_PERIOD_MS);
        is_another || (is_old && self.present != self.told)
    }
}

impl<C, L, M> Service<C, L, M> {
    /// Returns the conditions that were set last, which are the things that are wrong with the server.
    pub fn conditions(&self) -> Vec<Condition> {
        lock(&self.conditions).present.clone()
    }
}

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    /// Stores the conditions of the server. Sends them to all clients if there are others than before, and after ten seconds if
    /// only their texts have changed. A client that subscribes later gets them with the answer. The host calls this about once a
    /// second.
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
        let is_due = {
            let mut state = lock(&self.conditions);
            state.present.clone_from(&conditions);
            state.is_due(now)
        };
        if !is_due {
            return Ok(report);
        }
        let everybody = self.connections.all(now).await?;
        {
            let mut state = lock(&self.conditions);
            (state.told, state.told_at) = (conditions.clone(), Some(now));
        }
        let message = frame(&ServerMessage::Conditions(Conditions { conditions }));
        self.post_to_all(everybody, vec![message], &mut report, now).await;
        Ok(report)
    }
}
