//! Reasons for which a connection could not be made.

use std::fmt;
use std::io;

use tickertape_session::Refusal;

/// Reason for which a connection to a server could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectError {
    /// No TCP connection could be made to the server.
    Unreachable {
        /// Message of the operating system; empty if there is none.
        reason: String,
    },
    /// The server closed the connection during the handshake.
    Closed,
    /// TLS was requested, but the server does not speak TLS.
    NotTls,
    /// The server's answer is not HTTP. The server may expect TLS.
    NotHttp,
    /// The server's certificate was rejected.
    Certificate(CertificateProblem),
    /// The TLS handshake failed for another reason.
    Tls {
        /// Message of the TLS library.
        reason: String,
    },
    /// The server answered the WebSocket handshake with an HTTP status other than 101.
    Refused(Refusal),
    /// The token contains characters that an HTTP header must not contain.
    InvalidToken,
}

/// Reason for which the server's TLS certificate was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// The certificate is not signed by an authority that this machine trusts.
    UnknownAuthority,
    /// The certificate was issued for other host names than that of the server.
    WrongName {
        /// Host names in the certificate; empty if the TLS library does not report them.
        names: Vec<String>,
    },
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate was rejected for another reason.
    Other {
        /// Message of the TLS library.
        reason: String,
    },
}

impl ConnectError {
    pub(crate) fn unreachable(error: &io::Error) -> Self {
        Self::Unreachable { reason: error.to_string() }
    }

    /// Converts this error to the description of a refused handshake that a session needs. An error that may be
    /// temporary, such as an expired certificate, gets no HTTP status, so that the session tries again.
    pub(crate) fn to_refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => *refusal,
            // The token was not sent to any server, and no server would accept it.
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
            Self::WrongName { names } if names.is_empty() => {
                f.write_str("it was issued for another host name")
            }
            Self::WrongName { names } => write!(f, "it was issued for {}", names.join(", ")),
            Self::Expired => f.write_str("it has expired"),
            Self::NotYetValid => f.write_str("it is not valid yet"),
            Self::Other { reason } => f.write_str(reason),
        }
    }
}
