//! Which server, and who we are there.

use std::fmt;

use http::Uri;
use http::header::{HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;

use crate::cli::ClientArgs;
use crate::failure::Failure;

/// A server's WebSocket and the token to show there. Prints as the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Uri,
    /// The token, if there is one.
    pub token: Option<String>,
}

impl Target {
    /// Reads what was typed.
    ///
    /// # Errors
    ///
    /// A usage failure that shows a right value.
    pub fn new(args: &ClientArgs) -> Result<Self, Failure> {
        let example = "write it as in ws://127.0.0.1:8080/ws";
        let url: Uri = args
            .url
            .parse()
            .map_err(|_| Failure::usage(format!("--url {:?} is no URL", args.url)).hint(example))?;
        match (url.scheme_str(), url.host()) {
            (Some("ws"), Some(_)) => Ok(Self { url, token: args.token.clone() }),
            (Some("wss"), Some(_)) => Err(Failure::usage("this program speaks no TLS, so no wss://")
                .hint("put a TLS proxy on this machine and name it with --url ws://127.0.0.1:PORT/ws")),
            _ => Err(Failure::usage(format!("--url {:?} is no WebSocket's address", args.url)).hint(example)),
        }
    }

    /// `host:port`.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.url.host().unwrap_or_default(), self.url.port_u16().unwrap_or(80))
    }

    /// The handshake, offering these sub-protocols. `None` if one of them cannot stand in a header: a token
    /// with a line break in it, for instance.
    pub fn request(&self, protocols: &[String]) -> Option<Request> {
        let mut request = self.url.clone().into_client_request().ok()?;
        if !protocols.is_empty() {
            let offered = HeaderValue::from_str(&protocols.join(", ")).ok()?;
            request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, offered);
        }
        Some(request)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    fn target(url: &str) -> Result<Target, Failure> {
        Target::new(&ClientArgs { url: url.to_owned(), token: None })
    }

    #[test]
    fn a_websocket_url_is_taken_with_or_without_a_port() {
        assert_eq!(target("ws://127.0.0.1:8080/ws").unwrap().authority(), "127.0.0.1:8080");
        assert_eq!(target("ws://[::1]:9/ws").unwrap().authority(), "[::1]:9");
        assert_eq!(target("ws://board.example/ws").unwrap().authority(), "board.example:80");
    }

    #[test]
    fn anything_else_is_refused_with_a_right_value() {
        for url in ["http://127.0.0.1:8080", "127.0.0.1:8080", "not a url", "wss://board.example/ws"] {
            let failure = target(url).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage, "{url}");
            assert!(failure.hint.unwrap().contains("ws://127.0.0.1:"), "{url}");
        }
    }

    #[test]
    fn the_token_travels_in_the_list_of_sub_protocols() {
        let request =
            target("ws://h/ws").unwrap().request(&["tickertape.v1".into(), "bearer.x".into()]).unwrap();
        assert_eq!(request.headers()[SEC_WEBSOCKET_PROTOCOL], "tickertape.v1, bearer.x");
        assert!(target("ws://h/ws").unwrap().request(&["bearer.a\nb".into()]).is_none());
    }
}
