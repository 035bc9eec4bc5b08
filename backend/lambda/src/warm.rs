//! Opens connections to AWS services before a function receives its first event.
//!
//! A TLS handshake takes two round trips and some milliseconds of computing. A small function has only a fraction of a
//! processor, on which this computing takes tens of milliseconds. During the init phase Lambda gives the function a
//! whole processor, often long before the first event (AWS Lambda developer guide, "Understanding the Lambda execution
//! environment lifecycle"). This module makes the handshakes in that phase, concurrently, one with each service that the first
//! event needs. It also detects early that a table or a permission is missing, so that no client has to wait for the error.

use std::time::Duration;

use backend_aws::ApiGatewayManagement;
use backend_core::ports::{ConnectionId, Connections, TopicLog, Unavailable};
use shared::Topic;

use crate::clock::wall_ms;

/// Time limit for opening one connection to an AWS service. Opening it early only saves time, so a slow service must
/// not delay the function for long.
const TIMEOUT: Duration = Duration::from_secs(3);

/// A well-formed connection id that no connection has.
const UNUSED_ID: &str = "AAAAAAAAAAACAAA=";

/// Opens the connection to DynamoDB for the table of connections, by reading an item that does not exist.
///
/// # Errors
///
/// [`Unavailable`] with DynamoDB's message.
pub async fn connections(connections: &impl Connections) -> Result<(), Unavailable> {
    let unused = ConnectionId::new(UNUSED_ID);
    within(connections.get(&unused, wall_ms())).await
}

/// Opens the connection to DynamoDB for the tables of the topics' logs, by reading a topic that does not exist.
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

/// Opens a connection to the management API. An error is only logged, because the first post tries again.
pub async fn management(management: &ApiGatewayManagement) {
    match tokio::time::timeout(TIMEOUT, management.connect()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the management API cannot be reached"),
        Err(_) => tracing::warn!("the management API did not accept a connection within 3 s"),
    }
}

async fn within<T>(read: impl Future<Output = Result<T, Unavailable>>) -> Result<(), Unavailable> {
    match tokio::time::timeout(TIMEOUT, read).await {
        Ok(answer) => answer.map(drop),
        Err(_) => Err(Unavailable::new("DynamoDB did not answer within 3 s while the function started")),
    }
}
