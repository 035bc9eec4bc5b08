//! One socket, as the simulated network sees it: the messages on their way between its two ends.

use std::collections::VecDeque;

use backend_core::GatewayEvent;
use backend_core::ports::ConnectionId;
use bytes::Bytes;
use tickertape_session::{Refusal, SocketId};

/// Index of a socket among all sockets of a simulated run.
pub type LinkId = usize;

/// A socket of the simulated network, with the messages that have not arrived yet.
#[derive(Debug)]
pub struct Link {
    /// Id of the connection at the gateway.
    pub connection: ConnectionId,
    /// Index of the client that has opened the socket.
    pub client: usize,
    /// Number by which the client's session identifies the socket.
    pub socket: SocketId,
    /// State of the socket at the server's end.
    pub server: End,
    /// State of the socket at the client's end.
    pub client_end: End,
    /// Messages to the server that have not arrived yet, in order of arrival.
    pub up: VecDeque<Up>,
    /// Messages to the client that have not arrived yet, in order of arrival.
    pub down: VecDeque<Down>,
    /// True if the connection is broken and neither end has been told. No further message arrives.
    pub is_dead: bool,
    /// Time before which no message arrives, in milliseconds since the simulated run began.
    pub frozen_until_ms: u64,
    /// Time at which a message last passed through the gateway, in milliseconds since the simulated run began.
    pub active_ms: u64,
    /// Events of this connection that wait until the server has handled the event before them.
    pub waiting: VecDeque<GatewayEvent>,
    /// True while the server handles an event of this connection.
    pub is_busy: bool,
}

/// State of one end of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The WebSocket handshake has begun and is not answered yet.
    Opening,
    /// The socket is open at this end.
    Open,
    /// The socket is closed at this end.
    Closed,
}

/// A message on its way from the client to the server.
#[derive(Debug)]
pub enum Up {
    /// The request of the WebSocket handshake, with the sub-protocols that the client offers.
    Handshake(Vec<String>),
    /// A text message.
    Text(String),
    /// A WebSocket close frame.
    Close,
}

/// A message on its way from the server to the client.
#[derive(Debug)]
pub enum Down {
    /// The server has accepted the WebSocket handshake.
    Opened,
    /// The server has refused the WebSocket handshake.
    Refused(Refusal),
    /// A text message.
    Text(Bytes),
    /// The socket was closed, with this close code.
    Closed(u16),
}

impl Link {
    /// Creates a socket for the client with the index `client`, before its handshake.
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

    /// Discards all messages that have not arrived yet, in both directions.
    pub fn drop_all(&mut self) {
        self.up.clear();
        self.down.clear();
    }
}
