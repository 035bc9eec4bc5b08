//! Starts gateways for the tests, each on its own port. Their functions are closures, and their clock is advanced only
//! by the test. The module also contains clients for WebSocket and HTTP.

mod clock;
mod functions;
mod harness;
mod http;
mod raw;

pub use clock::ManualEnvironment;
pub use functions::{Event, Script, body, ok, status};
pub use harness::{Harness, Start};
pub use http::{Answer, HttpClient};
pub use raw::{RawSocket, frame};

use std::time::Duration;

use futures_util::StreamExt;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub type Client = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// Awaits a future. Fails the test if the future is not ready within 60 seconds.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.expect("it happens within 60 s")
}

/// Waits for the next text message that a client receives.
pub async fn text(client: &mut Client) -> String {
    match message(client).await {
        Message::Text(text) => text.to_string(),
        other => panic!("expected text, got {other:?}"),
    }
}

/// Waits until a client receives a close frame, and returns its code and reason. The client answers the frame, as
/// browsers do.
pub async fn closed(client: &mut Client) -> (u16, String) {
    let Message::Close(Some(frame)) = message(client).await else { panic!("expected a close") };
    while let Some(Ok(_)) = soon(client.next()).await {}
    (frame.code.into(), frame.reason.to_string())
}

async fn message(client: &mut Client) -> Message {
    soon(client.next()).await.expect("the socket is open").expect("the socket works")
}

/// Replaces each id by `…` in the text of a frame that the gateway sent. Returns the resulting text, and the ids.
pub fn masked_ids(frame: &str) -> (String, Vec<String>) {
    let mut parts: Vec<String> = frame.split('"').map(str::to_owned).collect();
    let ids: Vec<usize> =
        (0..parts.len()).filter(|at| parts[*at].len() == 16 && parts[*at].ends_with('=')).collect();
    let found = ids.iter().map(|at| std::mem::replace(&mut parts[*at], "…".into())).collect();
    (parts.join("\""), found)
}
