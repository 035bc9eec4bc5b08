//! The events that API Gateway, or the gateway of `serve`, sends to the service, and the replies of the service.

use core::net::IpAddr;

use shared::Millis;

use crate::ports::ConnectionId;
use crate::principal::Principal;

/// An event of one WebSocket connection: it was requested, a message arrived on it, or it has ended. The code that
/// converts the platform's event has checked that all required fields exist.
#[derive(Debug, Clone, PartialEq)]
pub enum GatewayEvent {
    /// A client requests a WebSocket connection. Messages cannot be posted to it yet.
    Connect(Connect),
    /// A message of a client arrived, whatever its `action` is.
    Message(Message),
    /// A connection has ended. The delivery of this event is best effort.
    Disconnect(Disconnect),
}

impl GatewayEvent {
    /// Returns the id of the connection to which the event belongs.
    pub fn connection(&self) -> &ConnectionId {
        match self {
            Self::Connect(connect) => &connect.connection,
            Self::Message(message) => &message.connection,
            Self::Disconnect(disconnect) => &disconnect.connection,
        }
    }
}

/// A client's request to open a WebSocket connection ([`GatewayEvent::Connect`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Connect {
    /// Id that the connection has if it is accepted.
    pub connection: ConnectionId,
    /// The authenticated client, as the gateway's authorizer returned it; `None` if no authorizer is set up.
    pub principal: Option<Principal>,
    /// Sub-protocols that the client offers, in order and without the one that holds a token
    /// ([`asked_protocols`](crate::authorize::asked_protocols)).
    pub protocols: Vec<String>,
}

/// A WebSocket message of a client ([`GatewayEvent::Message`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Id of the connection that sent it.
    pub connection: ConnectionId,
    /// Address of the client, and the time at which its token expires.
    pub sender: Sender,
    /// Text of the message, which is not parsed yet.
    pub body: String,
}

/// The facts that the gateway knows about the sender of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sender {
    /// IP address of the client; `None` if it is not known.
    pub peer: Option<IpAddr>,
    /// Time at which the token of the handshake expires; `None` if there is no token or the time is not known.
    pub token_ends_at: Option<Millis>,
}

/// The end of a connection ([`GatewayEvent::Disconnect`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disconnect {
    /// Id of the connection that has ended.
    pub connection: ConnectionId,
    /// Close code of the WebSocket; 1006 if the connection ended without a close frame.
    pub status_code: u16,
    /// Close reason of the WebSocket, which is often empty.
    pub reason: String,
}

/// The value that the service returns to the gateway for an event. The client sees it only for `$connect`, as the HTTP
/// status of the handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status; 200 accepts the handshake.
    pub status: u16,
    /// The sub-protocol that the server selected, to be sent as `Sec-WebSocket-Protocol`; `None` to select none.
    pub protocol: Option<String>,
}

impl Reply {
    /// Creates a reply with the status 200, which accepts the event, and without a sub-protocol.
    pub const fn ok() -> Self {
        Self { status: 200, protocol: None }
    }

    /// Creates a reply that refuses the event with this HTTP status.
    pub const fn refused(status: u16) -> Self {
        Self { status, protocol: None }
    }
}
