//! Opens connections to AWS before the first event.
//!
//! A TLS handshake takes two round trips and some milliseconds of computing, which become tens of milliseconds at the
//! fraction of a processor that a small function has. During init Lambda gives a whole processor, often long before the
//! first event (AWS Lambda developer guide, "Understanding the Lambda execution environment lifecycle"), and here the
//! handshakes run concurrently. A table that is missing or not permitted is found at the same time, before a client
//! waits.

use std::time::Duration;

use backend_core::ports::{ConnectionId, Connections, Management, TopicLog, Unavailable};
use shared::Topic;

use crate::clock::wall_ms;

/// Time limit of a warm-up. Warming up only saves time, so it must not cost much.
const TIMEOUT: Duration = Duration::from_secs(3);

/// A well-formed id that no connection has.
const UNUSED_ID: &str = "AAAAAAAAAAACAAA=";

/// Opens the connection to the table of connections.
///
/// # Errors
///
/// [`Unavailable`] with DynamoDB's message.
pub async fn connections(connections: &impl Connections) -> Result<(), Unavailable> {
    let unused = ConnectionId::new(UNUSED_ID);
    within(connections.get(&unused, wall_ms())).await
}

/// Opens the connection to the tables of the logs.
///
/// # Errors
///
/// [`Unavailable`] with DynamoDB's message.
pub async fn log(log: &impl TopicLog) -> Result<(), Unavailable> {
    match Topic::new("tickertape.warm-up") {
        Ok(topic) => within(log.head(&topic)).await,
        Err(_) => Ok(()),
    }
}

/// Opens the connection to the management API. Its answer about a connection that never existed differs between
/// set-ups, so it is only logged.
pub async fn management(management: &impl Management) {
    let unused = ConnectionId::new(UNUSED_ID);
    let post = management.post(&unused, "{}".into());
    if let Ok(answer) = tokio::time::timeout(TIMEOUT, post).await {
        tracing::debug!(?answer, "the management API answered");
    }
}

async fn within<T>(read: impl Future<Output = Result<T, Unavailable>>) -> Result<(), Unavailable> {
    match tokio::time::timeout(TIMEOUT, read).await {
        Ok(answer) => answer.map(drop),
        Err(_) => Err(Unavailable::new("DynamoDB did not answer within 3 s while the function started")),
    }
}
