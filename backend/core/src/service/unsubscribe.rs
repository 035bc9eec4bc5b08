//! Handles an `unsubscribe` message: ends a subscription of the connection. If the subscription does not exist, nothing
//! changes.

use shared::client::Unsubscribe;
use shared::server::Unsubscribed;
use shared::{Millis, ServerMessage};

use super::{Answer, Service, frame};
use crate::permission;
use crate::ports::{Connection, Connections, Management, TopicLog};

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn unsubscribe(
        &self,
        connection: &Connection,
        request: Unsubscribe,
        now: Millis,
    ) -> Answer {
        permission::check_token(&connection.principal, now)?;
        let Unsubscribe { id, filter } = request;
        self.forget_rate(&connection.id, &filter);
        if self.connections.unsubscribe(&connection.id, &filter).await? {
            self.left(&filter);
        }
        Ok(vec![frame(&ServerMessage::Unsubscribed(Unsubscribed { id, filter }))])
    }
}
