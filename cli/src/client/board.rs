//! A board's own address: its `config.json` says where the server is, to programs as it does to the page.

use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, LOCATION};
use http::{Request, Response};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::time::timeout;

use super::fault::Fault;
use super::tls::Trust;
use super::{Address, wire};
use crate::failure::{Exit, Failure};

const FILE: &str = "config.json";
/// Three addresses and a token; nobody needs more.
const MOST_BYTES: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// What a board says about its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The WebSocket.
    pub ws: Address,
    /// The token the page would show: one for everybody who knows the address.
    pub token: Option<String>,
}

/// What the file may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    ws: Option<String>,
    token: Option<String>,
}

/// Reads a board's settings. As for the page, a file that is missing or no JSON says nothing, and the server is
/// then where the page comes from.
///
/// # Errors
///
/// Unreachable, if nobody answers or the board is elsewhere; failed, if the file names what cannot be used.
pub async fn settings(board: &Address, trust: Option<&Trust>) -> Result<Settings, Failure> {
    let config = timeout(PATIENCE, read(board, trust)).await;
    let silent = |_| Failure::new(Exit::Unreachable, format!("{board} does not answer"));
    settle(board, config.map_err(silent)??)
}

async fn read(board: &Address, trust: Option<&Trust>) -> Result<Config, Failure> {
    let response = get(board, trust).await.map_err(|fault| fault.to_failure(board, false))?;
    if response.status().is_redirection() {
        return Err(elsewhere(board, &response));
    }
    if !response.status().is_success() {
        return Ok(Config::default());
    }
    let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
    Ok(body.ok().and_then(|body| serde_json::from_slice(&body.to_bytes()).ok()).unwrap_or_default())
}

async fn get(board: &Address, trust: Option<&Trust>) -> Result<Response<Incoming>, Fault> {
    let wire = wire::open(board, trust).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(wire)).await.map_err(not_http)?;
    // It ends when the answer is read, or left.
    tokio::spawn(connection);
    let request = Request::get(board.file(FILE)).header(HOST, board.authority()).body(Empty::<Bytes>::new());
    let request = request.map_err(|error| Fault::Tls { why: error.to_string() })?;
    sender.send_request(request).await.map_err(not_http)
}

fn not_http(error: hyper::Error) -> Fault {
    if error.is_parse() { Fault::NotHttp } else { Fault::Broken }
}

fn elsewhere(board: &Address, response: &Response<Incoming>) -> Failure {
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    let location = location.unwrap_or_default().trim_end_matches(FILE);
    Failure::new(Exit::Unreachable, format!("{board} is not the board's address any more"))
        .hint(format!("it sends its visitors on: try --url {location}"))
}

fn settle(board: &Address, config: Config) -> Result<Settings, Failure> {
    let unusable = |ws: &str| {
        Failure::failed(format!("{board} says that its server is at {ws:?}, which this program will not use"))
            .hint("name the server's WebSocket with --url")
    };
    let ws = match &config.ws {
        Some(ws) => Address::read(ws).filter(|ws| may_send_on(board, ws)).ok_or_else(|| unusable(ws))?,
        None => board.own_websocket().ok_or_else(|| unusable("/ws"))?,
    };
    Ok(Settings { ws, token: config.token })
}

/// Whoever asks for encryption does not get less of it. Browsers hold pages to the same (W3C "Mixed Content").
fn may_send_on(board: &Address, ws: &Address) -> bool {
    !ws.is_page() && (ws.is_tls() || !board.is_tls())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(board: &str, config: &str) -> Result<Settings, Failure> {
        settle(&Address::read(board).unwrap(), serde_json::from_str(config).unwrap())
    }

    #[test]
    fn a_board_names_its_server_and_perhaps_a_token() {
        let config = r#"{"ws": "wss://api.example/prod", "http": "https://x.example", "token": "t"}"#;
        let settings = settled("https://board.example", config).unwrap();
        assert_eq!(settings.ws.to_string(), "wss://api.example/prod");
        assert_eq!(settings.token.as_deref(), Some("t"));
    }

    #[test]
    fn a_board_that_says_nothing_is_its_own_server() {
        assert_eq!(settled("https://board.example/", "{}").unwrap().ws.to_string(), "wss://board.example/ws");
        assert_eq!(settled("http://127.0.0.1:8080", "{}").unwrap().ws.to_string(), "ws://127.0.0.1:8080/ws");
    }

    #[test]
    fn a_board_with_tls_does_not_send_anybody_to_a_server_without() {
        for ws in ["ws://api.example/prod", "https://api.example/prod", "no address"] {
            let config = format!("{{\"ws\": {ws:?}}}");
            assert_eq!(settled("https://board.example", &config).unwrap_err().exit, Exit::Failed, "{ws}");
        }
        assert!(settled("http://127.0.0.1:8080", r#"{"ws": "ws://127.0.0.1:9/ws"}"#).is_ok());
    }
}
