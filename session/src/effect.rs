//! Effects: the socket operations that the session asks the program around it (its *shell*) to perform.

use std::fmt;

/// Number of a socket, unique within its session. The shell passes it to every call about the socket, so that a late event of an
/// old socket is not taken for one of the new socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub(super) u32);

impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "socket {}", self.0)
    }
}

/// An operation that the shell has to perform, in the order in which [`Session::poll_effect`](crate::Session::poll_effect)
/// returns them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Open a socket. Then call `socket_opened`, `socket_refused` or `socket_closed` of the session.
    OpenSocket {
        /// Number of the socket to open.
        socket: SocketId,
        /// Sub-protocols to offer (`Sec-WebSocket-Protocol`). One of them contains the token. Empty if there is no token.
        protocols: Vec<String>,
    },
    /// Send a text message.
    Send {
        /// Number of the socket on which to send.
        socket: SocketId,
        /// The message, smaller than [`shared::limits::FRAME_BYTES`].
        text: String,
    },
    /// Close a socket, whether it has opened or not, with code 1000. Later events of this socket are ignored, except that
    /// [`State::Closing`](crate::State::Closing) waits for its `socket_closed`.
    CloseSocket {
        /// Number of the socket to close.
        socket: SocketId,
    },
}

/// Information about a refused handshake, as far as the shell knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refusal {
    /// HTTP status of the answer. `None` if no server answered, or if the shell does not know it, as in a browser that could not
    /// repeat the request by HTTP.
    pub status: Option<u16>,
    /// Value of the header `Retry-After`, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// True if the answer certainly comes from the server: it has the header [`shared::handshake::REFUSED_HEADER`] or
    /// [`shared::handshake::GATEWAY_ERROR_HEADER`]. Without them, a proxy between client and server may have sent it.
    pub is_from_server: bool,
}
