//! The settings of a board, `config.json` beside its page. The page reads them, and so do programs that are given the address of a
//! board.

use serde::Deserialize;

use crate::read::{Fields, Object, read};

/// Content of `config.json`. Every field may be missing, and so may the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BoardConfig {
    /// Address of the WebSocket; `None` if it is `/ws` of the page's own server.
    pub ws: Option<String>,
    /// Address of the HTTP API, without a slash at the end; `None` if it is the page's own server.
    pub http: Option<String>,
    /// Token for everybody who opens the page; `None` if no token is needed, or if each person has their own.
    pub token: Option<String>,
    /// Path of a recording, relative to the page, which the page plays instead of connecting to a server; `None` if it
    /// connects to a server.
    pub recording: Option<String>,
}

/// Addresses of the server to which the page connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Address of the WebSocket, such as `wss://board.example/ws`.
    pub ws: String,
    /// Address of the HTTP API, without a slash at the end, such as `https://board.example`.
    pub http: String,
}

read!(BoardConfig {} or default { ws, http, token, recording });

impl BoardConfig {
    /// Parses the text of `config.json`. Returns an empty configuration if the text is not valid.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).and_then(|fields: Fields<'_>| Self::of(&fields)).unwrap_or_default()
    }

    /// Returns the server's addresses. For those that the configuration does not contain, they are made from `origin`, the origin
    /// of the page (`https://board.example`).
    pub fn addresses(&self, origin: &str) -> Addresses {
        let own_ws = || format!("ws{}/ws", origin.strip_prefix("http").unwrap_or(origin));
        let own_http = || origin.to_owned();
        let (ws, http) = (self.ws.clone(), self.http.clone());
        Addresses { ws: ws.unwrap_or_else(own_ws), http: http.unwrap_or_else(own_http) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_file_the_server_is_where_the_page_came_from() {
        let plain = BoardConfig::default().addresses("http://127.0.0.1:8080");
        assert_eq!(
            (plain.ws.as_str(), plain.http.as_str()),
            ("ws://127.0.0.1:8080/ws", "http://127.0.0.1:8080")
        );
        assert_eq!(BoardConfig::default().addresses("https://board.example").ws, "wss://board.example/ws");
    }

    #[test]
    fn a_file_may_name_another_server() {
        let config = BoardConfig::read(r#"{"ws": "wss://api.example/prod", "token": "a.b.c", "later": 1}"#);
        assert_eq!(config.token.as_deref(), Some("a.b.c"));
        let addresses = config.addresses("https://board.example");
        assert_eq!(
            (addresses.ws.as_str(), addresses.http.as_str()),
            ("wss://api.example/prod", "https://board.example")
        );
    }

    #[test]
    fn an_empty_or_broken_file_says_nothing() {
        for text in ["", "{}", "<!doctype html>", "[1]", r#"{"ws": 7}"#] {
            assert_eq!(BoardConfig::read(text), BoardConfig::default(), "{text}");
        }
    }
}
