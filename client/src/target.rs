//! The server to which a client connects, with everything that is needed to connect.

use std::fmt;

use http::header::{HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;

use crate::tls::Trust;
use crate::wire::{self, Wire};
use crate::{Address, ClientError, ConnectError, ConnectOptions, board};

/// The address of a server's WebSocket, with the certificates to trust and the token to send. `Display` prints the URL.
#[derive(Debug, Clone)]
pub struct Target {
    ws: Address,
    /// Address of the server's HTTP API; `None` if it is not known.
    http: Option<Address>,
    trust: Option<Trust>,
    token: Option<String>,
}

impl Target {
    /// Finds the server at the URL in `options`. If this is the URL of a board (web page) and not that of a WebSocket,
    /// the board's `config.json` is fetched to find the server.
    ///
    /// # Errors
    ///
    /// [`ClientError`], if the URL is not valid, the certificates cannot be read, or the board does not answer.
    pub async fn find(options: &ConnectOptions) -> Result<Self, ClientError> {
        let invalid = || ClientError::InvalidUrl { url: options.url.clone() };
        let address = Address::read(&options.url).ok_or_else(invalid)?;
        let trust = trust(&address, options)?;
        if !address.is_page() {
            let http = address.own_http();
            return Ok(Self { ws: address, http, trust, token: options.token.clone() });
        }
        let found = board::settings(&address, trust.as_ref()).await?;
        let trust = if trust.is_some() { trust } else { self::trust(&found.ws, options)? };
        let token = options.token.clone().or(found.token);
        Ok(Self { ws: found.ws, http: Some(found.http), trust, token })
    }

    /// Returns the address of the server's WebSocket.
    pub fn ws(&self) -> &Address {
        &self.ws
    }

    /// Returns the address of the server's HTTP API, or `None` if only the address of the WebSocket is known.
    pub fn http(&self) -> Option<&Address> {
        self.http.as_ref()
    }

    pub(crate) fn trust(&self) -> Option<&Trust> {
        self.trust.as_ref()
    }

    /// Returns the token to send to the server, if there is one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Opens a byte stream to the server, with TLS if the scheme of the address is `wss`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], if no connection can be made.
    pub async fn connect(&self) -> Result<Wire, ConnectError> {
        wire::open(&self.ws, self.trust.as_ref().filter(|_| self.ws.is_tls())).await
    }

    /// Returns the HTTP request of the WebSocket handshake, which offers these sub-protocols. Returns `None` if one of
    /// them contains a character that an HTTP header must not contain, such as a line break in a token.
    pub fn request(&self, protocols: &[String]) -> Option<Request> {
        let mut request = self.ws.uri().clone().into_client_request().ok()?;
        if !protocols.is_empty() {
            let offered = HeaderValue::from_str(&protocols.join(", ")).ok()?;
            request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, offered);
        }
        Some(request)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ws.fmt(f)
    }
}

/// Reads the certificates to trust from the disk. Returns `None` for an address without TLS, which needs none.
fn trust(address: &Address, options: &ConnectOptions) -> Result<Option<Trust>, ClientError> {
    address.is_tls().then(|| Trust::of_this_machine(options.ca_file.as_deref())).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_url_of_another_kind_is_refused() {
        for url in ["127.0.0.1:8080", "not a url", "ftp://board.example"] {
            let error = Target::find(&ConnectOptions::new(url)).await.unwrap_err();
            assert_eq!(error, ClientError::InvalidUrl { url: url.into() });
        }
    }

    #[tokio::test]
    async fn the_token_travels_in_the_list_of_sub_protocols() {
        let target = Target::find(&ConnectOptions::new("ws://h/ws")).await.unwrap();
        let request = target.request(&["tickertape.v1".into(), "bearer.x".into()]).unwrap();
        assert_eq!(request.headers()[SEC_WEBSOCKET_PROTOCOL], "tickertape.v1, bearer.x");
        assert!(target.request(&["bearer.a\nb".into()]).is_none());
    }
}
