//! Handles `$connect`: accepts or refuses a new WebSocket connection.

use shared::{Millis, limits};

use super::Service;
use crate::authorize;
use crate::event::{Connect, Reply};
use crate::ports::{Connection, Connections, Management, TopicLog};
use crate::principal::Principal;
use crate::settings::Access;
use crate::stats::add;

impl<C: Connections, L: TopicLog, M: Management> Service<C, L, M> {
    pub(super) async fn connect(&self, connect: Connect, now: Millis) -> Reply {
        let Some(principal) = admitted(&self.settings.access, connect.principal, now) else {
            return Reply::refused(401);
        };
        let principal = principal.into();
        let connection = Connection { id: connect.connection, principal, connected_at: now, expires_at: now };
        let row = row(connection, self.settings.life_ms);
        if self.connections.put(row).await.is_err() {
            return Reply::refused(503);
        }
        add(&self.stats.connects, 1);
        let protocol = authorize::agree(connect.protocols.iter().map(String::as_str));
        Reply { protocol: protocol.map(str::to_owned), ..Reply::ok() }
    }
}

/// Sets the expiry of a connection's row. The row expires with the client's token, and at the latest after `life_ms`,
/// the maximum duration of a connection. After that nothing is sent to the connection.
pub(super) fn row(connection: Connection, life_ms: u64) -> Connection {
    let kept_ms = Millis::try_from(life_ms.saturating_add(limits::ROW_GRACE_MS)).unwrap_or(Millis::MAX);
    let by_life = connection.connected_at.saturating_add(kept_ms);
    let by_token = connection.principal.expires_at;
    Connection { expires_at: by_token.map_or(by_life, |at| at.min(by_life)), ..connection }
}

/// Returns the principal of a connection that is accepted, or `None` if the connection must be refused. If the server
/// needs tokens but the event contains no principal, the authorizer is missing in the deployment, and the connection is
/// refused.
fn admitted(access: &Access, principal: Option<Principal>, now: Millis) -> Option<Principal> {
    match (access, principal) {
        (_, Some(principal)) => (!principal.is_expired(now)).then_some(principal),
        (Access::Open, None) => Some(Principal::local()),
        (Access::Tokens(_), None) => None,
    }
}
