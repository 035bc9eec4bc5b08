//! WebSocket clients that tests connect to the server under test.

use std::collections::HashMap;

use bytes::Bytes;
use futures_util::StreamExt;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::soon;

/// A WebSocket client, over TCP with or without TLS.
pub type WebSocketClient = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Connected WebSocket clients. The key is the connection id that the server gave to the client.
#[derive(Default)]
pub struct WebSockets(Mutex<HashMap<String, WebSocketClient>>);

impl WebSockets {
    /// Adds a client with its connection id. It stays connected until [`WebSockets::vanish`] removes it.
    pub async fn keep(&self, id: &str, client: WebSocketClient) {
        self.0.lock().await.insert(id.to_owned(), client);
    }

    /// Closes the TCP connection of a client without a close frame. Waits until `is_known` returns false, that is until
    /// the server has noticed the loss.
    pub async fn vanish(&self, id: &str, is_known: impl Fn() -> bool) {
        drop(self.0.lock().await.remove(id));
        soon(async {
            while is_known() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Receives `count` text frames of the client with this connection id, and returns their contents.
    ///
    /// # Panics
    ///
    /// If there is no such client, it is closed, or it receives another frame.
    pub async fn receive(&self, id: &str, count: usize) -> Vec<Bytes> {
        let mut clients = self.0.lock().await;
        let client = clients.get_mut(id).expect("a client that is kept");
        let mut received = Vec::new();
        while received.len() < count {
            received.push(text(client).await);
        }
        received
    }
}

/// Receives one text frame, and returns its content.
///
/// # Panics
///
/// If the client is closed, or receives another frame.
pub async fn text(client: &mut WebSocketClient) -> Bytes {
    match soon(client.next()).await.expect("an open socket").expect("a frame") {
        Message::Text(text) => text.into(),
        other => panic!("expected text, got {other:?}"),
    }
}
