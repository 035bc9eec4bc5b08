//! The error of every client operation.

use std::fmt;
use std::path::PathBuf;

use tickertape_session::{Refused, SessionFailure};

use crate::{Address, ConnectError};

/// The reason why a client operation failed.
///
/// `Display` says what is wrong. It does not name a program's flags: a command line adds those.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientError {
    /// The URL is neither a WebSocket's nor a board's. Correct it.
    InvalidUrl {
        /// The text as given.
        url: String,
    },
    /// The file of additional certificates cannot be used. Correct it.
    CaFile {
        /// The file's path.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// This machine trusts no certificate authority, so no certificate can be checked. Install some.
    NoTrustedAuthorities {
        /// The reason, if the operating system gave one.
        reason: Option<String>,
    },
    /// No connection could be made.
    Connect {
        /// The server.
        server: Address,
        /// The reason.
        error: ConnectError,
        /// True if a token was sent.
        with_token: bool,
    },
    /// The server did not answer in time. Try again later.
    NoAnswer {
        /// The server.
        server: Address,
    },
    /// The connection ended before the answer arrived. Try again.
    ConnectionLost {
        /// The server.
        server: Address,
    },
    /// The server wants a token, or does not accept the one that was shown. Sign in.
    SignInRequired {
        /// The server.
        server: Address,
        /// True if a token was sent.
        with_token: bool,
    },
    /// The server does not admit this client. Give up.
    Forbidden {
        /// The server.
        server: Address,
    },
    /// The server ended the connection for good. Give up.
    Removed {
        /// The server.
        server: Address,
    },
    /// Something answers at this address that is not a Tickertape WebSocket. Correct the address.
    NotTickertape {
        /// The server.
        server: Address,
        /// The HTTP status of the answer; `None` if a frame could not be understood.
        status: Option<u16>,
    },
    /// The server refused a request. The code's advice says what to do.
    Refused(Refused),
    /// API Gateway reported that a function failed, timed out or was throttled. Try again later.
    Gateway {
        /// The server.
        server: Address,
        /// API Gateway's message.
        message: String,
        /// The request's id, which the functions' logs carry as well.
        request_id: String,
    },
    /// The board has moved to another address. Use that one.
    BoardMoved {
        /// The board's old address.
        board: Address,
        /// The new address.
        location: String,
    },
    /// The board names a server that cannot be used: no WebSocket, or one without TLS for a board with TLS.
    UnusableServer {
        /// The board.
        board: Address,
        /// The address that its `config.json` names.
        ws: String,
    },
}

impl ClientError {
    pub(crate) fn connect(server: &Address, error: ConnectError, with_token: bool) -> Self {
        let server = server.clone();
        match error {
            ConnectError::Refused(refusal) => match refusal.status {
                Some(401) => Self::SignInRequired { server, with_token },
                Some(403) => Self::Forbidden { server },
                None | Some(429 | 500..) => Self::Connect { server, error, with_token },
                Some(status) => Self::NotTickertape { server, status: Some(status) },
            },
            error => Self::Connect { server, error, with_token },
        }
    }

    /// The error for a session that has ended by itself.
    pub(crate) fn session_ended(reason: SessionFailure, server: &Address, with_token: bool) -> Self {
        let server = server.clone();
        match reason {
            SessionFailure::SignIn => Self::SignInRequired { server, with_token },
            SessionFailure::Forbidden => Self::Forbidden { server },
            SessionFailure::Removed => Self::Removed { server },
            SessionFailure::NotTickertape { status } => Self::NotTickertape { server, status: Some(status) },
        }
    }
}

impl std::error::Error for ClientError {}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUrl { url } => {
                write!(f, "{url:?} is neither the address of a board nor of a WebSocket")
            }
            Self::CaFile { path, reason } => write!(f, "{}: {reason}", path.display()),
            Self::NoTrustedAuthorities { reason: None } => {
                f.write_str("this machine trusts no certificate authority")
            }
            Self::NoTrustedAuthorities { reason: Some(reason) } => {
                write!(f, "this machine trusts no certificate authority: {reason}")
            }
            Self::Connect { server, error, .. } => connect_words(f, server, error),
            Self::NoAnswer { server } => write!(f, "{server} does not answer"),
            Self::ConnectionLost { server } => write!(f, "the connection to {server} was lost"),
            Self::SignInRequired { server, with_token: false } => write!(f, "{server} asks for a token"),
            Self::SignInRequired { server, with_token: true } => {
                write!(f, "{server} does not accept this token")
            }
            Self::Forbidden { server } => write!(f, "{server} refuses this client"),
            Self::Removed { server } => write!(f, "{server} has closed this connection permanently"),
            Self::NotTickertape { server, status: Some(status) } => {
                write!(f, "{server} answered {status}: there is no Tickertape WebSocket")
            }
            Self::NotTickertape { server, status: None } => {
                write!(f, "{server} sent a message that is not Tickertape's")
            }
            Self::Refused(refused) => write!(f, "{} ({})", refused.message, refused.code),
            Self::Gateway { server, message, request_id } => {
                write!(f, "{server} could not handle the request: {message} (request {request_id})")
            }
            Self::BoardMoved { board, location } => write!(f, "{board} has moved to {location}"),
            Self::UnusableServer { board, ws } => {
                write!(f, "{board} says that its server is at {ws:?}, which cannot be used")
            }
        }
    }
}

fn connect_words(f: &mut fmt::Formatter<'_>, server: &Address, error: &ConnectError) -> fmt::Result {
    match error {
        ConnectError::Unreachable { reason } if reason.is_empty() => {
            write!(f, "no server answers at {server}")
        }
        ConnectError::Unreachable { reason } => write!(f, "no server answers at {server}: {reason}"),
        ConnectError::Closed => write!(f, "{server} closed the connection during the handshake"),
        ConnectError::NotTls => write!(f, "{server} does not speak TLS"),
        ConnectError::NotHttp => write!(f, "{server} does not answer in HTTP"),
        ConnectError::Certificate(problem) => {
            write!(f, "the certificate of {server} was rejected: {problem}")
        }
        ConnectError::Tls { reason } => write!(f, "TLS with {server} failed: {reason}"),
        ConnectError::Refused(refusal) => match refusal.status {
            None => write!(f, "no server answers at {server}"),
            Some(status) => write!(f, "{server} accepts no connections at the moment ({status})"),
        },
        ConnectError::InvalidToken => f.write_str("the token contains characters that no token has"),
    }
}
