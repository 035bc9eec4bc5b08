//! One socket, as seen from the network: the messages between its two ends.

use std::collections::VecDeque;

use backend_core::GatewayEvent;
use backend_core::ports::ConnectionId;
use bytes::Bytes;
use tickertape_session::{Refusal, SocketId};

/// Index of a socket in a schedule.
pub type LinkId = usize;

/// A socket, with the messages that have not arrived yet.
#[derive(Debug)]
pub struct Link {
    /// Id of the connection at the gateway.
    pub connection: ConnectionId,
    /// Index of the client to which the socket belongs.
    pub client: usize,
    /// Number of the socket in the client's session.
    pub socket: SocketId,
    /// State of the server's end.
    pub server: End,
    /// State of the client's end.
    pub client_end: End,
    /// Messages to the server that have not arrived yet, in order of arrival.
    pub up: VecDeque<Up>,
    /// Messages to the client that have not arrived yet, in order of arrival.
    pub down: VecDeque<Down>,
    /// True if no message passes any more, and neither end is told.
    pub is_dead: bool,
    /// Time before which no message passes.
    pub frozen_until_ms: u64,
    /// Time at which a message last passed through the gateway, in milliseconds.
    pub active_ms: u64,
    /// Events that wait until the function has handled the event before them.
    pub waiting: VecDeque<GatewayEvent>,
    /// True while a function handles an event of this connection.
    pub is_busy: bool,
}

/// State of one end of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The handshake has begun and is not answered yet.
    Opening,
    /// This end is open.
    Open,
    /// This end is closed.
    Closed,
}

/// A message from the client to the server.
#[derive(Debug)]
pub enum Up {
    /// The handshake, with the sub-protocols that the client offers.
    Handshake(Vec<String>),
    /// A text message.
    Text(String),
    /// A close frame.
    Close,
}

/// A message from the server to the client.
#[derive(Debug)]
pub enum Down {
    /// The handshake was accepted.
    Opened,
    /// The handshake was refused.
    Refused(Refusal),
    /// A text message.
    Text(Bytes),
    /// The socket is closed with this code.
    Closed(u16),
}

impl Link {
    /// Creates a socket for `client`, before the handshake.
    pub fn new(id: LinkId, client: usize, socket: SocketId) -> Self {
        Self {
            connection: ConnectionId::new(&format!("w{id}=")),
            client,
            socket,
            server: End::Opening,
            client_end: End::Opening,
            up: VecDeque::new(),
            down: VecDeque::new(),
            is_dead: false,
            frozen_until_ms: 0,
            active_ms: 0,
            waiting: VecDeque::new(),
            is_busy: false,
        }
    }

    /// Loses all messages that have not arrived yet.
    pub fn drop_all(&mut self) {
        self.up.clear();
        self.down.clear();
    }
}
