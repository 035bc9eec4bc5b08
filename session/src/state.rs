//! The states of a session.

use std::fmt;

/// State of a session's connection. The transitions are drawn in `PROTOCOL.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The session has not been opened yet.
    Idle,
    /// A socket is being opened.
    Connecting,
    /// The socket is open, and the session waits for the server's first reply.
    Handshaking,
    /// The server has replied, and publications can arrive.
    Connected,
    /// There is a connection, and a second one is being made to replace it.
    Rotating,
    /// There is no connection. The session waits for its next attempt to connect.
    Waiting,
    /// There has been no stable connection for two minutes. The session waits for its next attempt to connect, and
    /// attempts are rare.
    Suspended,
    /// The machine reports that it has no network. The session waits for its next attempt to connect.
    Offline,
    /// The session has given up, until a person resolves the problem: see [`SessionFailure`](crate::SessionFailure).
    Failed,
    /// The session was closed by its owner, and waits until its socket is closed.
    Closing,
    /// The session was closed by its owner.
    Closed,
}

impl State {
    /// Every state, in the order in which the variants are declared.
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

    /// Returns the name of the state that is used in documents and logs.
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

    /// Returns true if there is a connection.
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

    /// Returns true if no attempt to connect is being made, but one will be made after a timer, an event or an action
    /// of a person.
    pub(super) fn is_between_attempts(self) -> bool {
        matches!(self, Self::Waiting | Self::Suspended | Self::Offline)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
