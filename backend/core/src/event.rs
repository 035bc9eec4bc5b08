//! What the gateway tells the service, and what it is answered.

use crate::ports::ConnectionId;
use crate::principal::Principal;

/// One event of a connection's life. Whoever makes one has checked that everything required is there.
#[derive(Debug, Clone, PartialEq)]
pub enum GatewayEvent {
    /// Somebody wants to connect; nothing can be posted to them yet.
    Connect(Connect),
    /// A message came in, on whichever route.
    Message(Message),
    /// A connection has ended. Best effort: it may never be told.
    Disconnect(Disconnect),
}

impl GatewayEvent {
    /// Whose event it is.
    pub fn connection(&self) -> &ConnectionId {
        match self {
            Self::Connect(connect) => &connect.connection,
            Self::Message(message) => &message.connection,
            Self::Disconnect(disconnect) => &disconnect.connection,
        }
    }
}

/// See [`GatewayEvent::Connect`].
#[derive(Debug, Clone, PartialEq)]
pub struct Connect {
    /// The connection, if it is accepted.
    pub connection: ConnectionId,
    /// Who the authorizer says it is; `None` where no authorizer is set up.
    pub principal: Option<Principal>,
    /// The sub-protocols asked for, in order and without the one that holds a token
    /// ([`asked_protocols`](crate::authorize::asked_protocols)).
    pub protocols: Vec<String>,
}

/// See [`GatewayEvent::Message`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who sent it.
    pub connection: ConnectionId,
    /// The text as it came.
    pub body: String,
}

/// See [`GatewayEvent::Disconnect`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disconnect {
    /// Who has gone.
    pub connection: ConnectionId,
    /// The close code; 1006 if there was none to be had.
    pub status_code: u16,
    /// The close reason; often empty.
    pub reason: String,
}

/// What a function returns to the gateway. Only `$connect`'s is seen by the client, as the handshake's status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status; 200 lets the handshake through.
    pub status: u16,
    /// The sub-protocol agreed on, to be sent as `Sec-WebSocket-Protocol`.
    pub protocol: Option<String>,
}

impl Reply {
    /// Accepted, with nothing more to say.
    pub const fn ok() -> Self {
        Self { status: 200, protocol: None }
    }

    /// Refused with this HTTP status.
    pub const fn refused(status: u16) -> Self {
        Self { status, protocol: None }
    }
}
