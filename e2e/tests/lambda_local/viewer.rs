//! A WebSocket client for the tests, which subscribes to one filter and reads frames.

use e2e::topology::TIMEOUT;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A connected client that has subscribed to one filter.
pub struct Viewer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Id that the server has given to the connection.
    pub id: String,
}

impl Viewer {
    /// Connects to `url`, subscribes to `filter`, and waits for the answer.
    pub async fn watch(url: &str, filter: &str) -> Self {
        let connected = timeout(TIMEOUT, connect_async(url)).await.expect("an answer in time");
        let mut viewer = Self { socket: connected.expect("a handshake").0, id: String::new() };
        viewer.say(&json!({"action": "subscribe", "id": 1, "filter": filter})).await;
        let subscribed = viewer.hear("subscribed").await;
        viewer.id = subscribed["connection_id"].as_str().expect("an id").to_owned();
        viewer
    }

    /// Reads frames until they have contained `count` publications of `topic`, and returns the data of these
    /// publications. A frame that arrives twice counts once.
    pub async fn publications(&mut self, topic: &str, count: usize) -> Vec<Value> {
        let mut data = Vec::new();
        let mut offset = None;
        while data.len() < count {
            let frame = self.hear("publications").await;
            for item in frame["items"].as_array().into_iter().flatten().filter(|_| frame["topic"] == topic) {
                let here = item["offset"].as_u64();
                // A frame may arrive twice. This is recognised by the positions in it.
                if here > offset {
                    data.push(item["data"].clone());
                    offset = here;
                }
            }
        }
        data
    }

    /// Closes the connection with a close frame.
    pub async fn leave(mut self) {
        timeout(TIMEOUT, self.socket.close(None)).await.expect("in time").expect("closed");
        while let Ok(Some(Ok(_))) = timeout(TIMEOUT, self.socket.next()).await {}
    }

    async fn say(&mut self, message: &Value) {
        self.socket.send(Message::text(message.to_string())).await.expect("sent");
    }

    async fn hear(&mut self, kind: &str) -> Value {
        loop {
            let frame = timeout(TIMEOUT, self.socket.next()).await.expect("a frame in time");
            let frame = frame.expect("the socket is open").expect("a frame");
            let Ok(text) = frame.to_text() else { continue };
            let message: Value = serde_json::from_str(text).unwrap_or_default();
            if message["type"] == kind {
                return message;
            }
        }
    }
}

/// Returns the HTTP status with which the server refuses a handshake with this token, or `None` if it accepts the
/// handshake.
pub async fn refused(url: &str, token: Option<&str>) -> Option<u16> {
    let mut request = url.into_client_request().expect("a request");
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().expect("a header");
        request.headers_mut().insert("authorization", value);
    }
    match timeout(TIMEOUT, connect_async(request)).await.expect("an answer in time") {
        Ok(_) => None,
        Err(Error::Http(response)) => Some(response.status().as_u16()),
        Err(error) => panic!("no answer: {error}"),
    }
}
