//! The reasons why no socket could be opened.

use std::fmt;
use std::io;

use tickertape_session::Refusal;

/// The reason why a connection to a server could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectError {
    /// No TCP connection could be made.
    Unreachable {
        /// The operating system's message; empty if there is none.
        reason: String,
    },
    /// The server closed the connection during the handshake.
    Closed,
    /// TLS was requested, and the server does not speak it.
    NotTls,
    /// The server's answer is not HTTP. It may expect TLS.
    NotHttp,
    /// The server's certificate was rejected.
    Certificate(CertificateProblem),
    /// The TLS handshake failed for another reason.
    Tls {
        /// The TLS library's message.
        reason: String,
    },
    /// The server answered the handshake with an HTTP status other than 101.
    Refused(Refusal),
    /// The token contains characters that cannot stand in an HTTP header.
    InvalidToken,
}

/// The reason why a certificate was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// It is not signed by an authority that this machine trusts.
    UnknownAuthority,
    /// It is for other host names.
    WrongName {
        /// The names in the certificate; empty if the TLS library does not report them.
        names: Vec<String>,
    },
    /// It has expired.
    Expired,
    /// Its validity has not begun.
    NotYetValid,
    /// It was rejected for another reason.
    Other {
        /// The TLS library's message.
        reason: String,
    },
}

impl ConnectError {
    pub(crate) fn unreachable(error: &io::Error) -> Self {
        Self::Unreachable { reason: error.to_string() }
    }

    /// The refusal that a session is told of. Everything that may pass by itself, an expired certificate included,
    /// has no status, so that the session tries again.
    pub(crate) fn to_refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => *refusal,
            // No server has seen the token, and none would accept it.
            Self::InvalidToken => Refusal { status: Some(401), retry_after_ms: None, is_from_server: true },
            Self::Unreachable { .. }
            | Self::Closed
            | Self::NotTls
            | Self::NotHttp
            | Self::Certificate(_)
            | Self::Tls { .. } => Refusal::default(),
        }
    }
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAuthority => {
                f.write_str("it is not signed by an authority that this machine trusts")
            }
            Self::WrongName { names } if names.is_empty() => f.write_str("it is for another host name"),
            Self::WrongName { names } => write!(f, "it is for {}", names.join(", ")),
            Self::Expired => f.write_str("it has expired"),
            Self::NotYetValid => f.write_str("it is not valid yet"),
            Self::Other { reason } => f.write_str(reason),
        }
    }
}
