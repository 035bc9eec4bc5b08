//! Which server, and who we are there.

use std::fmt;

use http::header::{HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;

use super::fault::Fault;
use super::tls::Trust;
use super::wire::{self, Wire};
use super::{Address, board};
use crate::cli::ClientArgs;
use crate::failure::Failure;

/// A server's WebSocket, whom to trust there, and the token to show. Prints as the URL.
#[derive(Debug, Clone)]
pub struct Target {
    ws: Address,
    trust: Option<Trust>,
    /// The token, if there is one.
    pub token: Option<String>,
}

impl Target {
    /// Finds the server: the address is its WebSocket's, or a board's, which is then asked.
    ///
    /// # Errors
    ///
    /// A usage failure that shows a right value; unreachable, if the board is.
    pub async fn find(args: &ClientArgs) -> Result<Self, Failure> {
        let address = Address::read(&args.url).ok_or_else(|| no_address(&args.url))?;
        let trust = trust(&address, args)?;
        if !address.is_page() {
            return Ok(Self { ws: address, trust, token: args.token.clone() });
        }
        let found = board::settings(&address, trust.as_ref()).await?;
        let trust = if trust.is_some() { trust } else { self::trust(&found.ws, args)? };
        Ok(Self { ws: found.ws, trust, token: args.token.clone().or(found.token) })
    }

    /// The WebSocket's address.
    pub fn ws(&self) -> &Address {
        &self.ws
    }

    /// A connection, before anything is said.
    ///
    /// # Errors
    ///
    /// [`Fault`].
    pub async fn call(&self) -> Result<Wire, Fault> {
        wire::open(&self.ws, self.trust.as_ref().filter(|_| self.ws.is_tls())).await
    }

    /// The handshake, offering these sub-protocols. `None` if one of them cannot stand in a header: a token
    /// with a line break in it, for instance.
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

/// Whom to trust is read from the disk, so only where it matters.
fn trust(address: &Address, args: &ClientArgs) -> Result<Option<Trust>, Failure> {
    address.is_tls().then(|| Trust::of_this_machine(args.ca_file.as_deref())).transpose()
}

fn no_address(text: &str) -> Failure {
    Failure::usage(format!("--url {text:?} is neither a board's address nor a WebSocket's"))
        .hint("write it as in http://127.0.0.1:8080, https://board.example or ws://127.0.0.1:8080/ws")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    async fn target(url: &str) -> Result<Target, Failure> {
        Target::find(&ClientArgs { url: url.to_owned(), token: None, ca_file: None }).await
    }

    #[tokio::test]
    async fn anything_else_than_an_address_is_refused_with_right_ones() {
        for url in ["127.0.0.1:8080", "not a url", "ftp://board.example"] {
            let failure = target(url).await.unwrap_err();
            assert_eq!(failure.exit, Exit::Usage, "{url}");
            assert!(failure.hint.unwrap().contains("ws://127.0.0.1:8080/ws"), "{url}");
        }
    }

    #[tokio::test]
    async fn the_token_travels_in_the_list_of_sub_protocols() {
        let target = target("ws://h/ws").await.unwrap();
        let request = target.request(&["tickertape.v1".into(), "bearer.x".into()]).unwrap();
        assert_eq!(request.headers()[SEC_WEBSOCKET_PROTOCOL], "tickertape.v1, bearer.x");
        assert!(target.request(&["bearer.a\nb".into()]).is_none());
    }
}
