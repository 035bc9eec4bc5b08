//! Handles a `refresh` message: replaces the token of a connection by a new token for the same principal.

use bytes::Bytes;
use shared::client::Refresh;
use shared::server::Refreshed;
use shared::{ErrorCode, Filter, Millis, ServerMessage};

use super::connect::row;
use super::{Answer, Service, error, frame};
use crate::ports::{Connection, ConnectionId, Connections, Management, TopicLog, Unavailable};
use crate::principal::Principal;
use crate::refusal::Refusal;
use crate::settings::Access;

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn refresh(&self, connection: Connection, request: Refresh, now: Millis) -> Answer {
        let principal = renewed(&self.settings.access, &connection.principal, &request.token, now)?;
        let expires_at = principal.expires_at;
        let lost = self.end_forbidden(&connection.id, &principal, now).await?;
        let row = row(Connection { principal: principal.into(), ..connection }, self.settings.life_ms);
        self.connections.put(row).await?;
        let mut frames = vec![frame(&ServerMessage::Refreshed(Refreshed { id: request.id, expires_at }))];
        frames.extend(lost);
        Ok(frames)
    }

    /// Ends the subscriptions of a connection that the new token does not allow. Returns an error message for each of
    /// them, to be sent to the client.
    async fn end_forbidden(
        &self,
        id: &ConnectionId,
        principal: &Principal,
        now: Millis,
    ) -> Result<Vec<Bytes>, Unavailable> {
        let mut errors = Vec::new();
        for filter in self.connections.subscriptions(id, now).await? {
            if !principal.may_subscribe(&filter) {
                self.connections.unsubscribe(id, &filter).await?;
                self.forget_rate(id, &filter);
                self.left(&filter);
                errors.extend(error(&no_longer_allowed(&filter), None));
            }
        }
        Ok(errors)
    }
}

fn renewed(access: &Access, held: &Principal, token: &str, now: Millis) -> Result<Principal, Refusal> {
    let Access::Tokens(verifier) = access else { return Ok(held.clone()) };
    let principal = verifier.verify(token, now)?;
    if principal.name == held.name {
        return Ok(principal);
    }
    let message = format!(
        "the new token is for {}, but this connection is for {}: connect again to use it",
        principal.name, held.name
    );
    Err(Refusal::new(ErrorCode::Forbidden, message))
}

fn no_longer_allowed(filter: &Filter) -> Refusal {
    let message =
        format!("the new token does not permit subscribing to {filter}, so this subscription has ended");
    Refusal::new(ErrorCode::Forbidden, message)
}
