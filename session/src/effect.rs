//! Effects: the socket operations that the session asks the program around it (its *shell*) to perform.

use std::fmt;

/// Number of a socket, unique within its session. The shell (the program around the session) passes the number to every
/// call about the socket, so that a late event of an old socket is not taken for an event of a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub(super) u32);

impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "socket {}", self.0)
    }
}

/// A socket operation that the shell (the program around the session) has to perform. The operations have to be
/// performed in the order in which [`Session::poll_effect`](crate::Session::poll_effect) returns them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Open a socket. Then call `socket_opened`, `socket_refused` or `socket_closed` of the session with the result.
    OpenSocket {
        /// Number of the socket to open.
        socket: SocketId,
        /// Sub-protocols to offer in the handshake (`Sec-WebSocket-Protocol`). One of them contains the token. Empty if
        /// there is no token.
        protocols: Vec<String>,
    },
    /// Send a text message.
    Send {
        /// Number of the socket on which to send.
        socket: SocketId,
        /// The message, smaller than [`shared::limits::FRAME_BYTES`].
        text: String,
    },
    /// Close a socket with code 1000, even if it has not opened yet. The session ignores later events of this socket,
    /// except that it waits for `socket_closed` in [`State::Closing`](crate::State::Closing).
    CloseSocket {
        /// Number of the socket to close.
        socket: SocketId,
    },
}

/// Description of a refused handshake, as far as the shell (the program around the session) knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refusal {
    /// HTTP status of the response. `None` if no server answered, or if the shell does not know the status, as in a
    /// browser that could not repeat the request by HTTP.
    pub status: Option<u16>,
    /// Value of the header `Retry-After`, in milliseconds; `None` if the response had none.
    pub retry_after_ms: Option<u64>,
    /// True if the response certainly comes from the server, because it has the header
    /// [`shared::handshake::REFUSED_HEADER`] or [`shared::handshake::GATEWAY_ERROR_HEADER`]. Otherwise a proxy between
    /// client and server may have sent it.
    pub is_from_server: bool,
}
