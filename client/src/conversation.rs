//! Sends requests over one WebSocket, one request at a time and without reconnecting.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use shared::client::RequestId;
use shared::{ClientMessage, ServerMessage, handshake};
use tickertape_session::Refused;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::socket::{self, Stream};
use crate::{Address, ClientError, Target};

/// Maximum time to wait for the server to connect, to accept a message, or to send one.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A connection to a server on which requests are sent one at a time. It does not reconnect.
pub struct Conversation {
    stream: Stream,
    server: Address,
    last_id: RequestId,
}

impl Conversation {
    /// Connects to the server `target`.
    ///
    /// # Errors
    ///
    /// [`ClientError`], if the server does not answer or refuses the connection.
    pub async fn open(target: &Target) -> Result<Self, ClientError> {
        let server = target.ws().clone();
        let protocols = handshake::offer(target.token());
        let opened = timeout(TIMEOUT, socket::open(target, &protocols)).await;
        let opened = opened.map_err(|_| ClientError::NoAnswer { server: server.clone() })?;
        let stream =
            opened.map_err(|error| ClientError::connect(&server, error, target.token().is_some()))?;
        Ok(Self { stream, server, last_id: 0 })
    }

    /// Returns a new number for the next request. The reply will contain the same number.
    pub fn next_id(&mut self) -> RequestId {
        self.last_id += 1;
        self.last_id
    }

    /// Sends a request.
    ///
    /// # Errors
    ///
    /// [`ClientError::NoAnswer`] if it cannot be sent in time, and [`ClientError::ConnectionLost`] if the connection has ended.
    pub async fn send(&mut self, message: &ClientMessage) -> Result<(), ClientError> {
        let sent = timeout(TIMEOUT, self.stream.send(Message::text(message.to_json()))).await;
        sent.map_err(|_| self.no_answer())?.map_err(|_| self.lost())
    }

    /// Receives the next message from the server.
    ///
    /// # Errors
    ///
    /// [`ClientError`], if no message arrives, or if the message is an error reply ([`ClientError::Refused`]).
    pub async fn receive(&mut self) -> Result<ServerMessage, ClientError> {
        loop {
            let next = timeout(TIMEOUT, self.stream.next()).await.map_err(|_| self.no_answer())?;
            let text = match next {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(self.lost()),
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                    continue;
                }
            };
            match serde_json::from_str(&text) {
                Ok(ServerMessage::Error(error)) => {
                    return Err(ClientError::Refused(Refused { code: error.code, message: error.message }));
                }
                Ok(message) => return Ok(message),
                Err(_) => return Err(foreign(&self.server, &text)),
            }
        }
    }

    /// Closes the connection. Errors are ignored, because the connection is not used any more.
    pub async fn close(mut self) {
        let _ = timeout(Duration::from_secs(1), self.stream.close(None)).await;
    }

    /// Returns the error for a server that does not know a request.
    pub(crate) fn old_server(&self, request: &'static str) -> ClientError {
        ClientError::OldServer { server: self.server.clone(), request }
    }

    fn no_answer(&self) -> ClientError {
        ClientError::NoAnswer { server: self.server.clone() }
    }

    fn lost(&self) -> ClientError {
        ClientError::ConnectionLost { server: self.server.clone() }
    }
}

/// The JSON message that API Gateway itself sends when the Lambda function of a route fails, times out or is throttled.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GatewayFrame {
    message: String,
    request_id: String,
}

/// Returns the error for a frame that is not a message of our protocol. The frame comes from API Gateway or from
/// another server.
fn foreign(server: &Address, text: &str) -> ClientError {
    let server = server.clone();
    match serde_json::from_str(text) {
        Ok(GatewayFrame { message, request_id }) => ClientError::Gateway { server, message, request_id },
        Err(_) => ClientError::NotTickertape { server, status: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_api_gateway_is_passed_on_with_its_request() {
        let frame = r#"{"message": "Internal server error", "connectionId":"XDmENcnwIE0CFEQ=", "requestId":"XDmGEE2RoE0FRdQ="}"#;
        let server = Address::read("wss://a1/prod").unwrap();
        let error = foreign(&server, frame).to_string();
        assert!(error.contains("Internal server error (request XDmGEE2RoE0FRdQ=)"), "{error}");
        assert_eq!(foreign(&server, "hello"), ClientError::NotTickertape { server, status: None });
    }
}
