//! The states of a session.

use std::fmt;

/// State of a session. The transitions are drawn in `PROTOCOL.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The session has not been opened yet.
    Idle,
    /// A socket is being opened.
    Connecting,
    /// The socket is open, and the session waits for the first reply.
    Handshaking,
    /// The server has replied, and publications can arrive.
    Connected,
    /// Connected, while a second socket is opened to replace the first.
    Rotating,
    /// There is no connection; the session waits for the next attempt.
    Waiting,
    /// As `Waiting`, after two minutes without a stable connection: attempts are rare.
    Suspended,
    /// As `Waiting`, while the machine reports that it has no network.
    Offline,
    /// The session has given up, until a person resolves the problem: see [`SessionFailure`](crate::SessionFailure).
    Failed,
    /// The session was closed on request, and waits for the end of its socket.
    Closing,
    /// The session was closed on request.
    Closed,
}

impl State {
    /// Every state, in the order of declaration.
    pub const ALL: &'static [Self] = &[
        Self::Idle,
        Self::Connecting,
        Self::Handshaking,
        Self::Connected,
        Self::Rotating,
        Self::Waiting,
        Self::Suspended,
        Self::Offline,
        Self::Failed,
        Self::Closing,
        Self::Closed,
    ];

    /// Returns the name that is used in documents and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Connecting => "connecting",
            Self::Handshaking => "handshaking",
            Self::Connected => "connected",
            Self::Rotating => "rotating",
            Self::Waiting => "waiting",
            Self::Suspended => "suspended",
            Self::Offline => "offline",
            Self::Failed => "failed",
            Self::Closing => "closing",
            Self::Closed => "closed",
        }
    }

    /// Returns true while there is a connection.
    pub fn is_connected(self) -> bool {
        matches!(self, Self::Connected | Self::Rotating)
    }

    /// Returns true if a connection is wanted and there is none.
    pub fn is_down(self) -> bool {
        match self {
            Self::Connecting
            | Self::Handshaking
            | Self::Waiting
            | Self::Suspended
            | Self::Offline
            | Self::Failed => true,
            Self::Idle | Self::Connected | Self::Rotating | Self::Closing | Self::Closed => false,
        }
    }

    /// Returns true while no attempt is being made, but one will be: after a timer, an event or an action of a person.
    pub(super) fn is_between_attempts(self) -> bool {
        matches!(self, Self::Waiting | Self::Suspended | Self::Offline)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
