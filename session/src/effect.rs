//! What the shell has to do.

use std::fmt;

/// Numbers the sockets of a session, so that what happens to an old one is not taken for what happens to
/// the new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub(super) u32);

impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "socket {}", self.0)
    }
}

/// What the shell has to do, in the order of [`super::Session::poll_effect`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Open a socket. Answer with `socket_opened`, `socket_refused` or `socket_closed`.
    OpenSocket {
        /// Its number.
        socket: SocketId,
        /// What to offer as `Sec-WebSocket-Protocol`, the token included.
        protocols: Vec<String>,
    },
    /// Send a text message.
    Send {
        /// On which socket.
        socket: SocketId,
        /// The message, smaller than [`shared::limits::FRAME_BYTES`].
        text: String,
    },
    /// Close a socket, opened or not, with code 1000. What still comes of it is ignored; only while
    /// [`super::State::Closing`] is its `socket_closed` awaited.
    CloseSocket {
        /// Which.
        socket: SocketId,
    },
}

/// How a handshake was refused, as far as the shell can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refusal {
    /// The HTTP status. `None` when nobody answered, or when the shell was not told (in a browser that could not ask
    /// by HTTP).
    pub status: Option<u16>,
    /// `Retry-After`, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// Whether the answer is recognisably the server's own: it carries [`shared::handshake::REFUSED_HEADER`] or
    /// [`shared::handshake::GATEWAY_ERROR_HEADER`]. Without these, a proxy between client and server may have given it.
    pub is_from_server: bool,
}
