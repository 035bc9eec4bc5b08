//! Creates the DynamoDB tables. This is a separate file, because it needs a client of `Aws`, while the adapters that
//! `Aws` creates need the table definitions. Otherwise the two modules would depend on each other.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, StreamSpecification,
    StreamViewType, TimeToLiveSpecification,
};
use backend_core::ports::Unavailable;

use super::{Kind, TTL, Table, TableNames, tables};
use crate::aws::Aws;

impl Aws {
    /// Creates the tables, for DynamoDB Local and for tests. On AWS the template creates them. The tables must not
    /// exist yet.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with DynamoDB's message if a table cannot be created.
    pub async fn create_tables(&self, names: &TableNames) -> Result<(), Unavailable> {
        for table in tables(names) {
            create(self.dynamodb(), &table).await?;
        }
        Ok(())
    }
}

async fn create(client: &Client, table: &Table) -> Result<(), Unavailable> {
    let (sort_key, kind) = table.sort_key;
    let creation = client
        .create_table()
        .table_name(&table.name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(definition(table.partition_key, Kind::Text)?)
        .attribute_definitions(definition(sort_key, kind)?)
        .key_schema(key(table.partition_key, KeyType::Hash)?)
        .key_schema(key(sort_key, KeyType::Range)?)
        .set_stream_specification(table.streams.then(stream).transpose()?);
    creation.send().await.map_err(|error| Unavailable::new(DisplayErrorContext(error)))?;
    if table.expires { expire(client, &table.name).await } else { Ok(()) }
}

async fn expire(client: &Client, table: &str) -> Result<(), Unavailable> {
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name(TTL).build();
    let ttl = ttl.map_err(Unavailable::new)?;
    let update = client.update_time_to_live().table_name(table).time_to_live_specification(ttl);
    update.send().await.map(drop).map_err(|error| Unavailable::new(DisplayErrorContext(error)))
}

fn definition(name: &str, kind: Kind) -> Result<AttributeDefinition, Unavailable> {
    let kind = match kind {
        Kind::Text => ScalarAttributeType::S,
        Kind::Number => ScalarAttributeType::N,
    };
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().map_err(Unavailable::new)
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, Unavailable> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(Unavailable::new)
}

fn stream() -> Result<StreamSpecification, Unavailable> {
    StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewImage)
        .build()
        .map_err(Unavailable::new)
}
