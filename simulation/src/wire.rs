//! One socket, seen from the network between its two ends.

use std::collections::VecDeque;

use backend_core::GatewayEvent;
use backend_core::ports::ConnectionId;
use bytes::Bytes;
use tickertape_session::{Refusal, SocketId};

/// Numbers the sockets of a schedule.
pub type WireId = usize;

/// A socket.
#[derive(Debug)]
pub struct Wire {
    /// Its name at the gateway.
    pub connection: ConnectionId,
    /// Whose it is.
    pub client: usize,
    /// Its name at the client.
    pub socket: SocketId,
    /// How its server's end stands.
    pub server: End,
    /// How its client's end stands.
    pub client_end: End,
    /// On their way to the server, in order of arrival.
    pub up: VecDeque<Up>,
    /// On their way to the client, in order of arrival.
    pub down: VecDeque<Down>,
    /// Nothing passes any more, and nobody says so.
    pub is_dead: bool,
    /// Nothing passes before this moment.
    pub frozen_until_ms: u64,
    /// When anything last passed the gateway.
    pub active_ms: u64,
    /// Events that wait for the function that works on the one before.
    pub waiting: VecDeque<GatewayEvent>,
    /// Whether a function is at work on an event of this connection.
    pub is_busy: bool,
}

/// How one end of a socket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The handshake is under way.
    Opening,
    /// Open.
    Open,
    /// Closed.
    Closed,
}

/// From the client.
#[derive(Debug)]
pub enum Up {
    /// The handshake, with the sub-protocols asked for.
    Handshake(Vec<String>),
    /// A message.
    Text(String),
    /// A close frame.
    Close,
}

/// To the client.
#[derive(Debug)]
pub enum Down {
    /// The handshake is through.
    Opened,
    /// It is not.
    Refused(Refusal),
    /// A message.
    Text(Bytes),
    /// The socket is closed, with this code.
    Closed(u16),
}

impl Wire {
    /// A socket that `client` has just asked for.
    pub fn new(id: WireId, client: usize, socket: SocketId) -> Self {
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

    /// Loses all that is on its way.
    pub fn drop_all(&mut self) {
        self.up.clear();
        self.down.clear();
    }
}
