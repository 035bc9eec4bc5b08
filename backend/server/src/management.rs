//! Sends messages to the clients of this process: implements the core's management port with the connections of the
//! gateway.

use std::str::FromStr;
use std::time::Duration;

use apigw_websocket::{Connections, Frame};
use backend_core::ports::{ConnectionId, Management, PostError};
use bytes::Bytes;

/// The times to wait before a reply is sent again. Sending fails if the queue of the client is full, or if its
/// connection is not registered yet.
const RETRY_AFTER: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(200), Duration::from_millis(400)];

/// The management port for the connections of this process.
#[derive(Clone)]
pub struct Posts {
    connections: Connections,
}

impl Posts {
    /// Creates a port that posts to these connections.
    pub fn new(connections: Connections) -> Self {
        Self { connections }
    }
}

impl std::fmt::Debug for Posts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Posts({} connections)", self.connections.count())
    }
}

impl Management for Posts {
    /// Sends a message. After an error it is sent again, because the client waits for this reply. The wait only delays
    /// the next request of the same client.
    async fn post(&self, to: &ConnectionId, message: Bytes) -> Result<(), PostError> {
        let (to, frame) = (known(to)?, frame(&message)?);
        for pause in RETRY_AFTER {
            match self.connections.post(&to, &frame) {
                Err(apigw_websocket::PostError::LimitExceeded | apigw_websocket::PostError::Gone) => {
                    tokio::time::sleep(pause).await;
                }
                posted => return posted.map_err(error),
            }
        }
        self.connections.post(&to, &frame).map_err(error)
    }

    /// Sends a message to many connections, and does not try again after an error. A client that reads too slowly
    /// notices that publications are missing, and requests them.
    async fn post_to_all(&self, to: &[ConnectionId], message: Bytes) -> Vec<(ConnectionId, PostError)> {
        let frame = match frame(&message) {
            Ok(frame) => frame,
            Err(error) => return to.iter().map(|id| (id.clone(), error.clone())).collect(),
        };
        let (mut ids, mut failures) = (Vec::with_capacity(to.len()), Vec::new());
        for id in to {
            match known(id) {
                Ok(known) => ids.push(known),
                Err(error) => failures.push((id.clone(), error)),
            }
        }
        let failed = self.connections.post_to_all(&ids, &frame).await.into_iter();
        failures.extend(failed.map(|(id, reason)| (ConnectionId::new(id.as_str()), error(reason))));
        failures
    }

    async fn close(&self, id: &ConnectionId) -> Result<(), PostError> {
        self.connections.delete(&known(id)?).map_err(|_| PostError::Gone)
    }
}

/// Parses the id of a connection. If it does not have the format of the gateway, the gateway has never had such a
/// connection, so the error is [`PostError::Gone`].
fn known(id: &ConnectionId) -> Result<apigw_websocket::ConnectionId, PostError> {
    apigw_websocket::ConnectionId::from_str(id.as_str()).map_err(|_| PostError::Gone)
}

fn frame(message: &Bytes) -> Result<Frame, PostError> {
    let text = std::str::from_utf8(message);
    text.map(Frame::text).map_err(|error| PostError::Failed { reason: error.to_string() })
}

fn error(error: apigw_websocket::PostError) -> PostError {
    match error {
        apigw_websocket::PostError::Gone => PostError::Gone,
        apigw_websocket::PostError::LimitExceeded => PostError::LimitExceeded,
        apigw_websocket::PostError::PayloadTooLarge { .. } => PostError::TooLarge,
        other => PostError::Failed { reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests;
