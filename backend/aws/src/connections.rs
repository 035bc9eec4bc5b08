//! Connections and subscriptions in one table.

use aws_sdk_dynamodb::Client;
use backend_core::ports::{Connection, ConnectionId, Connections, SubscribeError, Unavailable};
use shared::{Filter, Millis, Topic};

/// Who is connected and what they watch, in DynamoDB.
#[derive(Debug, Clone)]
pub struct DynamoConnections {
    client: Client,
    table: String,
}

impl DynamoConnections {
    pub(crate) fn new(client: Client, table: &str) -> Self {
        Self { client, table: table.into() }
    }
}

fn unbuilt() -> Unavailable {
    Unavailable::new("being built")
}

impl Connections for DynamoConnections {
    async fn put(&self, _: Connection) -> Result<(), Unavailable> {
        Err(unbuilt())
    }
    async fn get(&self, _: &ConnectionId, _: Millis) -> Result<Option<Connection>, Unavailable> {
        Err(unbuilt())
    }
    async fn remove(&self, _: &ConnectionId) -> Result<Vec<Filter>, Unavailable> {
        Err(unbuilt())
    }
    async fn subscribe(&self, _: &ConnectionId, _: &Filter, _: Millis) -> Result<(), SubscribeError> {
        Err(unbuilt().into())
    }
    async fn unsubscribe(&self, _: &ConnectionId, _: &Filter) -> Result<bool, Unavailable> {
        Err(unbuilt())
    }
    async fn subscriptions(&self, _: &ConnectionId, _: Millis) -> Result<Vec<Filter>, Unavailable> {
        Err(unbuilt())
    }
    async fn subscribers(&self, _: &Topic, _: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        Err(unbuilt())
    }
    async fn viewers(&self, _: &Filter, _: Millis) -> Result<u64, Unavailable> {
        Err(unbuilt())
    }
    async fn watching(&self, _: &Filter, _: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        Err(unbuilt())
    }
    async fn all(&self, _: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        Err(unbuilt())
    }
}
