//! The events of the gateway and the replies of the service.

use core::net::IpAddr;

use shared::Millis;

use crate::ports::ConnectionId;
use crate::principal::Principal;

/// An event of one connection. The code that constructs one has checked that every required field is there.
#[derive(Debug, Clone, PartialEq)]
pub enum GatewayEvent {
    /// A client asks to connect. Nothing can be posted to it yet.
    Connect(Connect),
    /// A message arrived, on any route.
    Message(Message),
    /// A connection has ended. The delivery of this event is best effort.
    Disconnect(Disconnect),
}

impl GatewayEvent {
    /// The connection that the event belongs to.
    pub fn connection(&self) -> &ConnectionId {
        match self {
            Self::Connect(connect) => &connect.connection,
            Self::Message(message) => &message.connection,
            Self::Disconnect(disconnect) => &disconnect.connection,
        }
    }
}

/// A request to connect ([`GatewayEvent::Connect`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Connect {
    /// Id of the connection, if it is accepted.
    pub connection: ConnectionId,
    /// Principal from the authorizer; `None` if no authorizer is set up.
    pub principal: Option<Principal>,
    /// Sub-protocols that the client offers, in order and without the one that holds a token
    /// ([`asked_protocols`](crate::authorize::asked_protocols)).
    pub protocols: Vec<String>,
}

/// A message of a client ([`GatewayEvent::Message`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Id of the connection that sent it.
    pub connection: ConnectionId,
    /// Address of the client, and the time at which its token expires.
    pub sender: Sender,
    /// Text of the message.
    pub body: String,
}

/// The facts that the gateway knows about the sender of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sender {
    /// Address of the client; `None` if it is not known.
    pub peer: Option<IpAddr>,
    /// Time at which the token of the handshake expires; `None` if no such time is known.
    pub token_ends_at: Option<Millis>,
}

/// The end of a connection ([`GatewayEvent::Disconnect`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disconnect {
    /// Id of the connection that has ended.
    pub connection: ConnectionId,
    /// Close code; 1006 if there was none.
    pub status_code: u16,
    /// Close reason; often empty.
    pub reason: String,
}

/// The value that a function returns to the gateway. The client sees it only for `$connect`, as the status of the
/// handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status; 200 accepts the handshake.
    pub status: u16,
    /// Agreed sub-protocol, to be sent as `Sec-WebSocket-Protocol`.
    pub protocol: Option<String>,
}

impl Reply {
    /// Accepts, without a sub-protocol.
    pub const fn ok() -> Self {
        Self { status: 200, protocol: None }
    }

    /// Refuses with this HTTP status.
    pub const fn refused(status: u16) -> Self {
        Self { status, protocol: None }
    }
}
