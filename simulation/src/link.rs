//! One socket, seen from the network between its two ends.

use std::collections::VecDeque;

use backend_core::GatewayEvent;
use backend_core::ports::ConnectionId;
use bytes::Bytes;
use tickertape_session::{Refusal, SocketId};

/// Index of a socket in the schedule.
pub type LinkId = usize;

/// A socket.
#[derive(Debug)]
pub struct Link {
    /// Its id at the gateway.
    pub connection: ConnectionId,
    /// Index of the client that it belongs to.
    pub client: usize,
    /// Its id at the client.
    pub socket: SocketId,
    /// State of the server's end.
    pub server: End,
    /// State of the client's end.
    pub client_end: End,
    /// Messages on their way to the server, in order of arrival.
    pub up: VecDeque<Up>,
    /// Messages on their way to the client, in order of arrival.
    pub down: VecDeque<Down>,
    /// True if nothing passes any more, without either end being notified.
    pub is_dead: bool,
    /// Time before which nothing passes.
    pub frozen_until_ms: u64,
    /// Time at which a message last passed the gateway.
    pub active_ms: u64,
    /// Events that wait until the function has handled the previous one.
    pub waiting: VecDeque<GatewayEvent>,
    /// True while a function handles an event of this connection.
    pub is_busy: bool,
}

/// State of one end of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The handshake is under way.
    Opening,
    /// Open.
    Open,
    /// Closed.
    Closed,
}

/// A message from the client.
#[derive(Debug)]
pub enum Up {
    /// The handshake, with the sub-protocols that the client offers.
    Handshake(Vec<String>),
    /// A text message.
    Text(String),
    /// A close frame.
    Close,
}

/// A message to the client.
#[derive(Debug)]
pub enum Down {
    /// The handshake was accepted.
    Opened,
    /// The handshake was refused.
    Refused(Refusal),
    /// A text message.
    Text(Bytes),
    /// The socket is closed, with this code.
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

    /// Loses all messages that are on their way.
    pub fn drop_all(&mut self) {
        self.up.clear();
        self.down.clear();
    }
}
