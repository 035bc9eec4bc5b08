//! Reads the settings of a board (the web page that shows topics) from its `config.json`. The file contains the
//! addresses of the server, for programs as well as for the page.

use std::time::Duration;

use bytes::Bytes;
use http::header::LOCATION;
use http::{Request, Response};
use http_body_util::{BodyExt, Collected, Empty, Limited};
use hyper::body::Incoming;
use shared::board_config::BoardConfig;
use tokio::time::timeout;

use crate::tls::Trust;
use crate::{Address, ClientError, ConnectError, request};

const FILE: &str = "config.json";
/// Maximum size of `config.json`, in bytes. A real file is much smaller: it contains three addresses and a token.
const MAX_BYTES: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(10);

/// The settings of a board that a client needs to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Address of the server's WebSocket.
    pub ws: Address,
    /// Address of the server's HTTP API.
    pub http: Address,
    /// Token of the board, which everybody who opens the board uses; `None` if it has none.
    pub token: Option<String>,
}

/// Fetches the settings of the board at this address. A `config.json` that is missing or not JSON is treated as empty,
/// as the page does. The WebSocket and the HTTP API are then expected at the address of the board.
///
/// # Errors
///
/// [`ClientError`], if the board cannot be reached, has moved, or its settings contain a server that cannot be used.
pub(crate) async fn settings(board: &Address, trust: Option<&Trust>) -> Result<Settings, ClientError> {
    let config = timeout(TIMEOUT, read(board, trust)).await;
    let no_answer = |_| ClientError::NoAnswer { server: board.clone() };
    settings_from(board, config.map_err(no_answer)??)
}

async fn read(board: &Address, trust: Option<&Trust>) -> Result<BoardConfig, ClientError> {
    let response = get(board, trust).await.map_err(|error| ClientError::connect(board, error, false))?;
    if response.status().is_redirection() {
        return Err(moved(board, &response));
    }
    if !response.status().is_success() {
        return Ok(BoardConfig::default());
    }
    let body = Limited::new(response.into_body(), MAX_BYTES).collect().await;
    let body = body.map(Collected::to_bytes).unwrap_or_default();
    Ok(str::from_utf8(&body).map(BoardConfig::read).unwrap_or_default())
}

async fn get(board: &Address, trust: Option<&Trust>) -> Result<Response<Incoming>, ConnectError> {
    let request = Request::get(board.file(FILE)).body(Empty::<Bytes>::new());
    let request = request.map_err(|error| ConnectError::Tls { reason: error.to_string() })?;
    request::send(board, trust, request).await
}

fn moved(board: &Address, response: &Response<Incoming>) -> ClientError {
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    let location = location.unwrap_or_default().trim_end_matches(FILE).to_owned();
    ClientError::BoardMoved { board: board.clone(), location }
}

fn settings_from(board: &Address, config: BoardConfig) -> Result<Settings, ClientError> {
    let unusable = |ws: &str| ClientError::UnusableServer { board: board.clone(), ws: ws.to_owned() };
    let ws = match &config.ws {
        Some(ws) => Address::read(ws).filter(|ws| may_connect_to(board, ws)).ok_or_else(|| unusable(ws))?,
        None => board.own_websocket().ok_or_else(|| unusable("/ws"))?,
    };
    let http = config.http.as_deref().and_then(Address::read).filter(|http| may_request_from(board, http));
    Ok(Settings { ws, http: http.unwrap_or_else(|| board.clone()), token: config.token })
}

fn may_request_from(board: &Address, http: &Address) -> bool {
    http.is_page() && (http.is_tls() || !board.is_tls())
}

/// Returns true if a client may connect to the WebSocket `ws` that the settings of `board` contain. It may not if the
/// board uses TLS and the WebSocket does not. Browsers apply the same rule to pages (W3C "Mixed Content").
fn may_connect_to(board: &Address, ws: &Address) -> bool {
    !ws.is_page() && (ws.is_tls() || !board.is_tls())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(board: &str, config: &str) -> Result<Settings, ClientError> {
        settings_from(&Address::read(board).unwrap(), serde_json::from_str(config).unwrap())
    }

    #[test]
    fn a_board_names_its_server_and_perhaps_a_token() {
        let config = r#"{"ws": "wss://api.example/prod", "http": "https://x.example", "token": "t"}"#;
        let settings = settled("https://board.example", config).unwrap();
        assert_eq!(settings.ws.to_string(), "wss://api.example/prod");
        assert_eq!(settings.http.to_string(), "https://x.example/");
        assert_eq!(settings.token.as_deref(), Some("t"));
    }

    #[test]
    fn without_a_named_server_it_is_the_one_that_serves_the_board() {
        assert_eq!(settled("https://board.example/", "{}").unwrap().ws.to_string(), "wss://board.example/ws");
        assert_eq!(settled("http://127.0.0.1:8080", "{}").unwrap().ws.to_string(), "ws://127.0.0.1:8080/ws");
    }

    #[test]
    fn a_board_with_tls_cannot_name_a_server_without() {
        for ws in ["ws://api.example/prod", "https://api.example/prod", "no address"] {
            let config = format!("{{\"ws\": {ws:?}}}");
            let error = settled("https://board.example", &config).unwrap_err();
            assert!(
                matches!(&error, ClientError::UnusableServer { ws: named, .. } if named == ws),
                "{error}"
            );
        }
        assert!(settled("http://127.0.0.1:8080", r#"{"ws": "ws://127.0.0.1:9/ws"}"#).is_ok());
    }
}
