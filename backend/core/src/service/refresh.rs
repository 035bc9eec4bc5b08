//! `refresh`: a new token for the same principal, without a new connection.

use bytes::Bytes;
use shared::client::Refresh;
use shared::server::Refreshed;
use shared::{ErrorCode, Filter, Millis, ServerMessage};

use super::connect::row;
use super::{Answer, Service, error, frame};
use crate::ports::{Connection, Connections, Management, TopicLog, Unavailable};
use crate::principal::Principal;
use crate::refusal::Refusal;
use crate::settings::Access;

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn refresh(&self, connection: &Connection, request: Refresh, now: Millis) -> Answer {
        let principal = renewed(&self.settings.access, &connection.principal, &request.token, now)?;
        let expires_at = principal.expires_at;
        let lost = self.take_away(connection, &principal, now).await?;
        self.connections.put(row(Connection { principal, ..connection.clone() })).await?;
        let mut frames = vec![frame(&ServerMessage::Refreshed(Refreshed { id: request.id, expires_at }))];
        frames.extend(lost);
        Ok(frames)
    }

    /// Ends the subscriptions that the new token does not allow, and says so for each.
    async fn take_away(
        &self,
        connection: &Connection,
        principal: &Principal,
        now: Millis,
    ) -> Result<Vec<Bytes>, Unavailable> {
        let mut told = Vec::new();
        for filter in self.connections.subscriptions(&connection.id, now).await? {
            if !principal.may_subscribe(&filter) {
                self.connections.unsubscribe(&connection.id, &filter).await?;
                self.left(&filter);
                told.extend(error(&no_longer_allowed(&filter), None));
            }
        }
        Ok(told)
    }
}

fn renewed(access: &Access, held: &Principal, token: &str, now: Millis) -> Result<Principal, Refusal> {
    let Access::Tokens(verifier) = access else { return Ok(held.clone()) };
    let principal = verifier.verify(token, now)?;
    if principal.name == held.name {
        return Ok(principal);
    }
    let message = format!("the new token is for {}, this connection for {}", principal.name, held.name);
    Err(Refusal::new(ErrorCode::Forbidden, message))
}

fn no_longer_allowed(filter: &Filter) -> Refusal {
    let message = format!("the new token does not allow {filter}: it is no longer watched");
    Refusal::new(ErrorCode::Forbidden, message)
}
