//! Options of a connection to a server.

use std::path::PathBuf;

/// The address of a server, with the token and certificates for the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// URL of a board (web page), such as `https://board.example`, or of a WebSocket, such as `ws://127.0.0.1:8080/ws`.
    pub url: String,
    /// Token to send to the server. If it is absent, the token in the board's `config.json` is used, if there is one.
    pub token: Option<String>,
    /// PEM file with certificates to trust in addition to those that this machine trusts.
    pub ca_file: Option<PathBuf>,
}

impl ConnectOptions {
    /// Creates options for the server at `url`, without a token and with the certificates that this machine trusts.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), token: None, ca_file: None }
    }

    /// Sets the token to send to the server.
    #[must_use]
    pub fn with_token(self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    /// Sets the PEM file with certificates to trust in addition to those that this machine trusts.
    #[must_use]
    pub fn with_ca_file(self, path: impl Into<PathBuf>) -> Self {
        Self { ca_file: Some(path.into()), ..self }
    }
}
