//! Texts for people about the state of the connection.
//!
//! ```
//! use tickertape_session::{SessionFailure, State, words};
//!
//! assert_eq!(words::state_words(State::Waiting), "reconnecting");
//! assert_eq!(SessionFailure::SignIn.words(), "You are signed out. Sign in again to see live data.");
//! ```

use serde_json::error::Category;

use super::State;
use shared::{DisconnectCode, Millis};

/// Describes a message of the server that could not be read, by the kind and the place of the fault. The text of `serde_json` is not used:
/// with it, the first download of the page would be larger by more than a kilobyte.
pub(crate) fn unreadable(error: &serde_json::Error) -> String {
    let fault = match error.classify() {
        Category::Syntax => "it is not valid JSON",
        Category::Eof => "it ends too early",
        Category::Data | Category::Io => "a field is missing or has a wrong value",
    };
    match error.column() {
        0 => format!("a message of the server cannot be read: {fault}"),
        column => format!("a message of the server cannot be read: {fault}, at character {column}"),
    }
}

/// Reason for which there is no connection, or for which an attempt to connect failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The socket did not open in time.
    OpenTimeout,
    /// No socket could be opened: there is no network or no server, or the server refused and the browser does not report the
    /// reason.
    Unreachable,
    /// The handshake was refused with an HTTP status, perhaps by a proxy before the server. A later attempt may
    /// succeed.
    Refused {
        /// HTTP status of the response.
        status: u16,
    },
    /// The socket opened, but the server did not reply in time.
    NoReply,
    /// The server did not answer a ping in time.
    Silent,
    /// The socket was closed, with a WebSocket close code.
    Closed {
        /// WebSocket close code.
        code: u16,
    },
    /// The server announced that it would close the socket.
    Server {
        /// The server's reason for closing the socket.
        code: DisconnectCode,
    },
    /// The machine reports that it has no network.
    Offline,
}

impl Cause {
    /// Returns the reason as a clause for people, without a full stop.
    pub fn words(self) -> &'static str {
        match self {
            Self::OpenTimeout => "the server did not answer in time",
            Self::Unreachable => "the server cannot be reached",
            Self::Refused { status: 429 | 500.. } => "the server is not taking connections right now",
            Self::Refused { .. } => "another program, such as a proxy, answers in place of the server",
            Self::NoReply => "the server accepted the connection but did not reply",
            Self::Silent => "the server stopped responding",
            Self::Closed { .. } => "the connection was closed",
            Self::Server { code } => Self::server_words(code),
            Self::Offline => "this device has no network",
        }
    }

    fn server_words(code: DisconnectCode) -> &'static str {
        match code {
            DisconnectCode::Shutdown => "the server is restarting",
            DisconnectCode::LifetimeOver => "the connection reached its age limit",
            DisconnectCode::TooSlow => "this client was too slow",
            DisconnectCode::TokenOver => "the token expired",
            DisconnectCode::Removed => "access was revoked",
            DisconnectCode::Unknown(_) => "the server closed the connection",
        }
    }
}

/// Reason for which the session gave up. The session does not try again until a person has resolved the problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionFailure {
    /// The token is missing, wrong or expired.
    SignIn,
    /// The token is valid but does not permit this connection.
    Forbidden,
    /// The server ended the connection for good, for example because access was revoked.
    Removed,
    /// The HTTP response came from a program that is not a Tickertape server.
    NotTickertape {
        /// HTTP status of the response.
        status: u16,
    },
}

impl SessionFailure {
    /// Returns a sentence or two for people, with the problem and its solution.
    pub fn words(self) -> &'static str {
        match self {
            Self::SignIn => "You are signed out. Sign in again to see live data.",
            Self::Forbidden => "You may not see this. Ask whoever runs this board for access.",
            Self::Removed => {
                "The server ended this connection for good. Ask whoever runs this board for access."
            }
            Self::NotTickertape { .. } => "There is no Tickertape server at this address. Check the address.",
        }
    }
}

/// Information about a lost connection, to be shown across the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Banner {
    /// State of the session's connection.
    pub state: State,
    /// Reason for which the connection was lost or could not be made, if it is known.
    pub cause: Option<Cause>,
    /// Reason for which the session gave up; `None` if it did not give up.
    pub failure: Option<SessionFailure>,
    /// Time of the last message from the server, by this machine's wall clock; `None` if there was none. The data that
    /// the page shows is not newer than this.
    pub last_heard_at: Option<Millis>,
    /// Moment of the next attempt to connect, in milliseconds of the monotonic clock; `None` if no attempt is
    /// scheduled.
    pub retry_at_mono_ms: Option<u64>,
}

impl Banner {
    /// Returns a sentence about the lost connection for people. The sentence does not contain the time of the last
    /// data, because only the page knows the time zone.
    pub fn words(&self) -> &'static str {
        match (self.failure, self.last_heard_at) {
            (Some(SessionFailure::SignIn), None) => "This board asks for a token.",
            (Some(failure), _) => failure.words(),
            (None, heard) => interruption_words(self.state, heard.is_some()),
        }
    }

    /// Returns true if [`Session::retry_now`](crate::Session::retry_now) would begin an attempt to connect.
    pub fn can_retry(&self) -> bool {
        self.state.is_between_attempts() || self.state == State::Failed
    }
}

/// Returns a session's state in one or two words, for a status line.
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

/// Returns a sentence for people about the state of a lost connection. There are different sentences for a client that
/// has already received data (`has_data`) and for one that has not.
fn interruption_words(state: State, has_data: bool) -> &'static str {
    let [with_data, without_data] = match state {
        State::Offline => ["This device is offline. What you see is old.", "This device is offline."],
        State::Suspended => [
            "Connection lost. Still trying, twice a minute.",
            "The server cannot be reached. Still trying, twice a minute.",
        ],
        State::Idle
        | State::Connecting
        | State::Handshaking
        | State::Connected
        | State::Rotating
        | State::Waiting
        | State::Failed
        | State::Closing
        | State::Closed => ["Connection lost. Reconnecting\u{2026}", "Connecting to the server\u{2026}"],
    };
    if has_data { with_data } else { without_data }
}

#[cfg(test)]
mod tests {
    use shared::ServerMessage;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn an_unreadable_message_is_described_by_the_kind_and_the_place_of_its_fault() {
        for (text, expected) in [
            ("{oops}", "it is not valid JSON, at character 2"),
            ("{\"type\":", "it ends too early, at character 8"),
            ("{\"type\": \"pong\"}", "a field is missing or has a wrong value"),
        ] {
            let error = ServerMessage::from_json(text).expect_err(text);
            assert_eq!(unreadable(&error), format!("a message of the server cannot be read: {expected}"));
        }
    }
}
