//! A WebSocket client.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, Response};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::app::LIMIT;

/// A connected client.
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Sub-protocol that the server has chosen.
    pub protocol: Option<String>,
}

impl Client {
    /// Connects with further headers. The error is the HTTP status and the body of a refusal.
    pub async fn connect(url: &str, headers: &[(&str, &str)]) -> Result<Self, (u16, String)> {
        let mut request = url.into_client_request().expect("an address");
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a name");
            request.headers_mut().append(name, HeaderValue::from_str(value).expect("a value"));
        }
        match timeout(LIMIT, connect_async(request)).await.expect("an answer in time") {
            Ok((socket, answer)) => {
                let protocol = answer.headers().get("sec-websocket-protocol");
                let protocol = protocol.and_then(|name| name.to_str().ok()).map(str::to_owned);
                Ok(Self { socket, protocol })
            }
            Err(Error::Http(response)) => Err(refusal(&response)),
            Err(error) => panic!("no answer: {error}"),
        }
    }

    /// Sends a message.
    pub async fn send(&mut self, text: &str) {
        timeout(LIMIT, self.socket.send(Message::text(text))).await.expect("in time").expect("sent");
    }

    /// Sends a frame or a message of another kind.
    pub async fn send_raw(&mut self, message: Message) {
        timeout(LIMIT, self.socket.send(message)).await.expect("in time").expect("sent");
    }

    /// Waits for the next message.
    pub async fn text(&mut self) -> String {
        self.text_within(LIMIT).await.expect("a message in time")
    }

    /// Waits for the next message, which must be JSON.
    pub async fn json(&mut self) -> Value {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"))
    }

    /// Waits for the next message for a limited time.
    pub async fn text_within(&mut self, limit: Duration) -> Option<String> {
        loop {
            match timeout(limit, self.socket.next()).await.ok()?.expect("it is open").expect("a frame") {
                Message::Text(text) => return Some(text.to_string()),
                Message::Close(close) => panic!("closed: {close:?}"),
                _ => {}
            }
        }
    }

    /// Sends a message and waits for the next one.
    pub async fn ask(&mut self, text: &str) -> String {
        self.send(text).await;
        self.text().await
    }

    /// Sends a message after a pause, and returns the next message. The error is the code of a close frame.
    pub async fn text_or_close(&mut self, text: &str, pause: Duration) -> Result<String, u16> {
        tokio::time::sleep(pause).await;
        // Sending fails if the close frame has already arrived, which is seen below.
        let _ = timeout(LIMIT, self.socket.send(Message::text(text))).await.expect("in time");
        loop {
            match timeout(LIMIT, self.socket.next()).await.expect("in time") {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(Some(close)))) => return Err(close.code.into()),
                Some(Ok(_)) => {}
                other => panic!("neither a message nor a close frame: {other:?}"),
            }
        }
    }

    /// Waits for the close frame, and returns its code.
    pub async fn close_code(mut self) -> u16 {
        loop {
            match timeout(LIMIT, self.socket.next()).await.expect("in time") {
                Some(Ok(Message::Close(Some(close)))) => return close.code.into(),
                Some(Ok(_)) => {}
                other => panic!("no close frame: {other:?}"),
            }
        }
    }

    /// Closes the connection with a close frame.
    pub async fn leave(mut self) {
        timeout(LIMIT, self.socket.close(None)).await.expect("in time").expect("closed");
        while let Ok(Some(Ok(_))) = timeout(LIMIT, self.socket.next()).await {}
    }
}

fn refusal(response: &Response<Option<Vec<u8>>>) -> (u16, String) {
    let body = response.body().as_deref().unwrap_or_default();
    (response.status().as_u16(), String::from_utf8_lossy(body).into_owned())
}
