//! Connections made before the first event.
//!
//! A TLS handshake is two round trips and some milliseconds of arithmetic, which become tens of milliseconds at the
//! fraction of a processor that a small function has. During init Lambda gives a whole processor, often long before the
//! first event (AWS Lambda developer guide, "Understanding the Lambda execution environment lifecycle"), and here the
//! handshakes happen side by side instead of one after another. It also finds a table that is not there, or not
//! allowed, before somebody is waiting.

use std::time::Duration;

use backend_core::ports::{ConnectionId, Connections, Management, TopicLog, Unavailable};
use shared::Topic;

use crate::clock::wall_ms;

/// How long to wait for it. It only saves time, so it must not cost much.
const PATIENCE: Duration = Duration::from_secs(3);

/// An id that no connection has, in the form of one.
const NOBODY: &str = "AAAAAAAAAAACAAA=";

/// To the table of connections.
///
/// # Errors
///
/// [`Unavailable`] says what the store says.
pub async fn connections(connections: &impl Connections) -> Result<(), Unavailable> {
    let nobody = ConnectionId::new(NOBODY);
    within(connections.get(&nobody, wall_ms())).await
}

/// To the tables of the logs.
///
/// # Errors
///
/// [`Unavailable`] says what the store says.
pub async fn log(log: &impl TopicLog) -> Result<(), Unavailable> {
    match Topic::new("tickertape.warm-up") {
        Ok(topic) => within(log.head(&topic)).await,
        Err(_) => Ok(()),
    }
}

/// To the management API. What it says of a connection that never was differs, so nothing is concluded from it.
pub async fn management(management: &impl Management) {
    let nobody = ConnectionId::new(NOBODY);
    let post = management.post(&nobody, "{}".into());
    if let Ok(answer) = tokio::time::timeout(PATIENCE, post).await {
        tracing::debug!(?answer, "the management API has answered");
    }
}

async fn within<T>(read: impl Future<Output = Result<T, Unavailable>>) -> Result<(), Unavailable> {
    match tokio::time::timeout(PATIENCE, read).await {
        Ok(answer) => answer.map(drop),
        Err(_) => Err(Unavailable::new("no answer while starting")),
    }
}
