//! The error type of every client operation.

use std::fmt;
use std::path::PathBuf;

use tickertape_session::{Refused, SessionFailure};

use crate::{Address, ConnectError};

/// Reason for which a client operation failed.
///
/// `Display` describes the error without mentioning command-line options; a command-line program adds its own advice
/// about options.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientError {
    /// The URL is neither that of a WebSocket nor that of a board. Correct the URL.
    InvalidUrl {
        /// The invalid URL as it was given.
        url: String,
    },
    /// The file with additional certificates cannot be used. Correct the file or its path.
    CaFile {
        /// Path of the file.
        path: PathBuf,
        /// Description of the problem with the file.
        reason: String,
    },
    /// This machine trusts no certificate authority, so no server certificate can be checked. Install the certificates
    /// of authorities.
    NoTrustedAuthorities {
        /// Message of the operating system, if there is one.
        reason: Option<String>,
    },
    /// No connection to the server could be made.
    Connect {
        /// Address of the server.
        server: Address,
        /// Reason for the failure.
        error: ConnectError,
        /// True if a token was sent with the handshake.
        with_token: bool,
    },
    /// The server did not answer in time. Try again later.
    NoAnswer {
        /// Address of the server.
        server: Address,
    },
    /// The connection ended before the answer arrived. Try again.
    ConnectionLost {
        /// Address of the server.
        server: Address,
    },
    /// The server requires a token, or does not accept the token that was sent. Sign in.
    SignInRequired {
        /// Address of the server.
        server: Address,
        /// True if a token was sent, and false if the client has none.
        with_token: bool,
    },
    /// The token is valid but does not permit this connection. Do not try again.
    Forbidden {
        /// Address of the server.
        server: Address,
    },
    /// The server ended the connection for good. Do not try again.
    Removed {
        /// Address of the server.
        server: Address,
    },
    /// The program that answers at this address is not a Tickertape server. Correct the address.
    NotTickertape {
        /// Address of the server.
        server: Address,
        /// HTTP status of the answer; `None` if the connection was made, but a message was not one of the protocol.
        status: Option<u16>,
    },
    /// The server refused a request. The error code says how to react.
    Refused(Refused),
    /// API Gateway reported that a Lambda function failed, timed out or was throttled. Try again later.
    Gateway {
        /// Address of the server.
        server: Address,
        /// Error message of API Gateway.
        message: String,
        /// Id of the request, by which it can be found in the logs of the Lambda functions.
        request_id: String,
    },
    /// The server redirected to another address of the board. Use the new address.
    BoardMoved {
        /// Old address of the board.
        board: Address,
        /// New address of the board, from the header `Location`.
        location: String,
    },
    /// The request needs the server's HTTP API, but only the address of the WebSocket is known. Give the address of the
    /// board instead.
    NoHttp {
        /// Address of the WebSocket.
        server: Address,
    },
    /// The server has an older version, which does not know this kind of request. Update the server.
    OldServer {
        /// Address of the server.
        server: Address,
        /// The request in words, such as `history in buckets`.
        request: &'static str,
    },
    /// The board's settings contain a server that cannot be used. Its address is not that of a WebSocket, or it has no
    /// TLS although the board has.
    UnusableServer {
        /// Address of the board.
        board: Address,
        /// Address of the server in the board's `config.json`.
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

    /// Returns the error for a session that has given up because of `reason`.
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
                write!(f, "{url:?} is neither the address of a board nor that of a WebSocket")
            }
            Self::CaFile { path, reason } => {
                write!(f, "certificates cannot be read from {}: {reason}", path.display())
            }
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
            Self::Forbidden { server } => write!(f, "{server} does not permit this client to connect"),
            Self::Removed { server } => write!(f, "{server} has closed this connection permanently"),
            Self::NotTickertape { server, status: Some(status) } => {
                write!(
                    f,
                    "{server} answered with HTTP status {status}: there is no Tickertape server at this address"
                )
            }
            Self::NotTickertape { server, status: None } => {
                write!(f, "{server} sent a message that is not part of Tickertape's protocol")
            }
            Self::Refused(refused) => write!(f, "{} ({})", refused.message, refused.code),
            Self::Gateway { server, message, request_id } => {
                write!(f, "{server} could not handle the request: {message} (request {request_id})")
            }
            Self::BoardMoved { board, location } => write!(f, "{board} has moved to {location}"),
            Self::NoHttp { server } => {
                write!(
                    f,
                    "{server} is the address of a WebSocket, but this request needs the server's HTTP API"
                )
            }
            Self::OldServer { server, request } => {
                write!(f, "{server} has an older version, which does not know {request}")
            }
            Self::UnusableServer { board, ws } => {
                write!(
                    f,
                    "{board} names {ws:?} as its server, which is not the address of a WebSocket or is less secure than the board"
                )
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
            Some(status) => write!(f, "{server} accepts no connections at the moment (HTTP status {status})"),
        },
        ConnectError::InvalidToken => {
            f.write_str("the token contains a character that is not permitted in a token")
        }
    }
}
