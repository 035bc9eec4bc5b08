//! What people read about the connection.

use super::State;
use shared::{DisconnectCode, Millis};

/// Why there is no connection, or why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The socket did not open in time.
    OpenTimeout,
    /// No socket could be opened: no network, no server, or a refusal the browser does not explain.
    Unreachable,
    /// The handshake was refused with this HTTP status, perhaps by a proxy before the server, and may succeed later.
    Refused {
        /// The status.
        status: u16,
    },
    /// The socket opened, but the server said nothing.
    NoReply,
    /// A ping was not answered.
    Silent,
    /// The socket was closed.
    Closed {
        /// The WebSocket close code.
        code: u16,
    },
    /// The server said it would close the socket.
    Server {
        /// Why.
        code: DisconnectCode,
    },
    /// The machine says it has no network.
    Offline,
}

impl Cause {
    /// A clause for people, without a full stop.
    pub fn words(self) -> &'static str {
        match self {
            Self::OpenTimeout => "the server did not answer the call in time",
            Self::Unreachable => "the server cannot be reached",
            Self::Refused { status: 429 | 500.. } => "the server is not taking connections right now",
            Self::Refused { .. } => "something else answers in place of the server",
            Self::NoReply => "the server accepted the connection but said nothing",
            Self::Silent => "the server went silent",
            Self::Closed { .. } => "the connection was closed",
            Self::Server { code } => Self::server_words(code),
            Self::Offline => "this device has no network",
        }
    }

    fn server_words(code: DisconnectCode) -> &'static str {
        match code {
            DisconnectCode::Shutdown => "the server is restarting",
            DisconnectCode::LifetimeOver => "the connection reached its age limit",
            DisconnectCode::TooSlow => "this viewer could not keep up",
            DisconnectCode::TokenOver => "the sign-in ran out",
            DisconnectCode::Removed => "access was taken away",
            DisconnectCode::Unknown(_) => "the server closed the connection",
        }
    }
}

/// Why the session gave up. Each names what a person should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionFailure {
    /// The token is missing, wrong or has run out: sign in again.
    SignIn,
    /// The token is good and does not allow this.
    Forbidden,
    /// The server does not want this viewer back.
    Removed,
    /// Whatever answered does not speak this protocol.
    NotTickertape {
        /// The HTTP status it answered with.
        status: u16,
    },
}

impl SessionFailure {
    /// A sentence or two for people: what is wrong and what to do.
    pub fn words(self) -> &'static str {
        match self {
            Self::SignIn => "You are signed out. Sign in again to see live data.",
            Self::Forbidden => "You may not see this. Ask whoever runs this board for access.",
            Self::Removed => "The server ended this connection for good. Ask whoever runs this board.",
            Self::NotTickertape { .. } => "There is no Tickertape server at this address. Check the address.",
        }
    }
}

/// What to show across the page while there is trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Banner {
    /// The state it stands for.
    pub state: State,
    /// Why, as far as it is known.
    pub cause: Option<Cause>,
    /// Why the session gave up; only when it did.
    pub failure: Option<SessionFailure>,
    /// When the server was last heard, by this machine's clock; `None` for never. What is shown is from then
    /// or before.
    pub last_heard_at: Option<Millis>,
    /// When the next attempt begins, on [`super::Now::mono_ms`], if it waits for a timer.
    pub retry_at_mono_ms: Option<u64>,
}

impl Banner {
    /// A sentence for people. The time of the last data is left to the page, which knows the time zone.
    pub fn words(&self) -> &'static str {
        match (self.failure, self.last_heard_at) {
            (Some(SessionFailure::SignIn), None) => "This board asks for a token.",
            (Some(failure), _) => failure.words(),
            (None, Some(_)) => lost_words(self.state),
            (None, None) => never_words(self.state),
        }
    }

    /// Whether "Try now" makes sense.
    pub fn can_retry(&self) -> bool {
        self.state.is_between_attempts() || self.state == State::Failed
    }
}

/// One or two words for a status line.
pub fn state_words(state: State) -> &'static str {
    match state {
        State::Idle => "not connected",
        State::Connecting | State::Handshaking => "connecting",
        State::Connected | State::Rotating => "connected",
        State::Waiting => "reconnecting",
        State::Suspended => "connection lost",
        State::Offline => "offline",
        State::Failed => "stopped",
        State::Closing | State::Closed => "closed",
    }
}

fn lost_words(state: State) -> &'static str {
    match state {
        State::Offline => "This device is offline. What you see is old.",
        State::Suspended => "Connection lost. Still trying, twice a minute.",
        State::Idle
        | State::Connecting
        | State::Handshaking
        | State::Connected
        | State::Rotating
        | State::Waiting
        | State::Failed
        | State::Closing
        | State::Closed => "Connection lost. Reconnecting\u{2026}",
    }
}

fn never_words(state: State) -> &'static str {
    match state {
        State::Offline => "This device is offline.",
        State::Suspended => "The server cannot be reached. Still trying, twice a minute.",
        State::Idle
        | State::Connecting
        | State::Handshaking
        | State::Connected
        | State::Rotating
        | State::Waiting
        | State::Failed
        | State::Closing
        | State::Closed => "Connecting to the server\u{2026}",
    }
}
