//! The way back to clients: the core's port over the gateway's connections.

use std::str::FromStr;
use std::time::Duration;

use apigw_websocket::{Connections, Frame};
use backend_core::ports::{ConnectionId, Management, PostError};
use bytes::Bytes;

/// How long an answer waits for a client whose queue is full, or who is not there yet.
const RETRY_AFTER: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(200), Duration::from_millis(400)];

/// Posts in process.
#[derive(Clone)]
pub struct Posts {
    connections: Connections,
}

impl Posts {
    /// To these connections.
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
    /// An answer is worth waiting for: whoever asked is there, and only its own next question waits with it.
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

    /// Nobody waits here for one who does not take what it is sent: it will notice, and ask.
    async fn post_to_all(&self, to: &[ConnectionId], message: Bytes) -> Vec<(ConnectionId, PostError)> {
        let frame = match frame(&message) {
            Ok(frame) => frame,
            Err(error) => return to.iter().map(|id| (id.clone(), error.clone())).collect(),
        };
        let post = |id: &ConnectionId| self.connections.post(&known(id)?, &frame).map_err(error);
        to.iter().filter_map(|id| post(id).err().map(|error| (id.clone(), error))).collect()
    }

    async fn close(&self, id: &ConnectionId) -> Result<(), PostError> {
        self.connections.delete(&known(id)?).map_err(|_| PostError::Gone)
    }
}

/// An id that is not shaped like the gateway's was never one of its connections.
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
    }
}
