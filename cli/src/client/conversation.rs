//! A short conversation: connect, ask, read the answer. For commands that ask once and then end.

use std::fmt::Display;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use shared::client::RequestId;
use shared::{ClientMessage, ServerMessage};
use tickertape_session::Refused;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::socket::{self, Stream};
use super::{Target, refused};
use crate::failure::{Exit, Failure};

/// How long to wait for the server at each step.
const PATIENCE: Duration = Duration::from_secs(10);

/// A socket on which one thing is asked at a time.
pub struct Conversation {
    stream: Stream,
    target: Target,
    asked: RequestId,
}

impl Conversation {
    /// Connects.
    ///
    /// # Errors
    ///
    /// Unreachable or refused, with what to do about it.
    pub async fn open(target: &Target) -> Result<Self, Failure> {
        let mut protocols = vec!["tickertape.v1".to_owned()];
        protocols.extend(target.token.as_ref().map(|token| format!("bearer.{token}")));
        let opened = timeout(PATIENCE, socket::open(target, &protocols)).await.map_err(|_| silent(target))?;
        let stream = opened.map_err(|fault| fault.to_failure(target.ws(), target.token.is_some()))?;
        Ok(Self { stream, target: target.clone(), asked: 0 })
    }

    /// A number for the next request.
    pub fn next_id(&mut self) -> RequestId {
        self.asked += 1;
        self.asked
    }

    /// Asks.
    ///
    /// # Errors
    ///
    /// Unreachable, if the connection is lost.
    pub async fn ask(&mut self, message: &ClientMessage) -> Result<(), Failure> {
        let sent = timeout(PATIENCE, self.stream.send(Message::text(message.to_json()))).await;
        sent.map_err(|_| silent(&self.target))?.map_err(|_| lost(&self.target))
    }

    /// The next message from the server.
    ///
    /// # Errors
    ///
    /// Unreachable, if there is none; the server's own words, if it refused what was asked.
    pub async fn hear(&mut self) -> Result<ServerMessage, Failure> {
        loop {
            let next = timeout(PATIENCE, self.stream.next()).await.map_err(|_| silent(&self.target))?;
            let text = match next {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(lost(&self.target)),
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                    continue;
                }
            };
            match serde_json::from_str(&text) {
                Ok(ServerMessage::Error(error)) => {
                    return Err(refused(&Refused { code: error.code, message: error.message }));
                }
                Ok(message) => return Ok(message),
                Err(_) => return Err(not_ours(&self.target, &text)),
            }
        }
    }

    /// Says goodbye; what becomes of it does not matter.
    pub async fn close(mut self) {
        let _ = timeout(Duration::from_secs(1), self.stream.close(None)).await;
    }
}

/// What API Gateway says itself when a function has failed, took too long, or found no room.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfTheGateway {
    message: String,
    request_id: String,
}

fn not_ours(target: &impl Display, text: &str) -> Failure {
    match serde_json::from_str(text) {
        Ok(OfTheGateway { message, request_id }) => {
            let what = format!("{target} could not deal with that: {message} (request {request_id})");
            Failure::failed(what).hint("try again in a moment; the functions' log tells more of the request")
        }
        Err(_) => Failure::failed(format!("{target} speaks another language")),
    }
}

fn silent(target: &Target) -> Failure {
    Failure::new(Exit::Unreachable, format!("{target} does not answer"))
}

fn lost(target: &Target) -> Failure {
    Failure::new(Exit::Unreachable, format!("the connection to {target} was lost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_api_gateway_is_passed_on_with_its_request() {
        let frame = r#"{"message": "Internal server error", "connectionId":"XDmENcnwIE0CFEQ=", "requestId":"XDmGEE2RoE0FRdQ="}"#;
        let failure = not_ours(&"wss://a1/prod", frame);
        assert!(
            failure.what.contains("Internal server error (request XDmGEE2RoE0FRdQ=)"),
            "{}",
            failure.what
        );
        assert!(not_ours(&"wss://a1/prod", "hello").what.contains("another language"));
    }
}
