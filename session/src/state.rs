//! Where the session stands.

use std::fmt;

/// Where the session stands. What leads from one to another is drawn in `PROTOCOL.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Never opened.
    Idle,
    /// A socket is being opened.
    Connecting,
    /// The socket is open; the first reply is awaited.
    Handshaking,
    /// The server answers.
    Connected,
    /// As connected, while a second socket takes over.
    Rotating,
    /// Between two attempts.
    Waiting,
    /// As waiting, after two minutes without success: attempts are rare.
    Suspended,
    /// As waiting, while the machine says it has no network.
    Offline,
    /// Given up until a person does something: see [`super::SessionFailure`].
    Failed,
    /// Asked to close; the socket is still closing.
    Closing,
    /// Closed on request.
    Closed,
}

impl State {
    /// Every state.
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

    /// The name used in documents and logs.
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

    /// Whether data flows.
    pub fn is_connected(self) -> bool {
        matches!(self, Self::Connected | Self::Rotating)
    }

    /// Whether a connection is wanted and not there.
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

    /// Whether the next attempt waits for a timer, an event or a person.
    pub(super) fn is_between_attempts(self) -> bool {
        matches!(self, Self::Waiting | Self::Suspended | Self::Offline)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
