//! The options of a connection.

use std::path::PathBuf;

/// The server to connect to, and the credentials to show there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// A board's address such as `https://board.example`, or a WebSocket's such as `ws://127.0.0.1:8080/ws`.
    pub url: String,
    /// The token to show. Without one, the token in the board's `config.json` is used, if it has one.
    pub token: Option<String>,
    /// A PEM file with certificates to trust besides those that this machine trusts.
    pub ca_file: Option<PathBuf>,
}

impl ConnectOptions {
    /// Options for a server at `url`, without a token and with the certificates that this machine trusts.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), token: None, ca_file: None }
    }

    /// Sets the token to show.
    #[must_use]
    pub fn with_token(self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    /// Sets the PEM file whose certificates are trusted as well.
    #[must_use]
    pub fn with_ca_file(self, path: impl Into<PathBuf>) -> Self {
        Self { ca_file: Some(path.into()), ..self }
    }
}
