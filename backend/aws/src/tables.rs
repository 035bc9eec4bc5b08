//! The tables, as `infra/template.yaml` declares them and as tests create them.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, StreamSpecification,
    StreamViewType, TimeToLiveSpecification,
};
use backend_core::ports::Unavailable;
use shared::Millis;

use crate::aws::Aws;

/// The attribute by which DynamoDB deletes an item, in seconds since the Unix epoch.
pub const TTL: &str = "ttl";

/// Returns the value of [`TTL`] for an item that expires at `expires_at`, in seconds. It is never earlier than that.
pub(crate) fn ttl(expires_at: Millis) -> i64 {
    expires_at / 1000 + 1
}

/// Names of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableNames {
    /// Table of connections and subscriptions.
    pub connections: String,
    /// Table of topics' heads and their catalogue.
    pub topics: String,
    /// Table of publications.
    pub history: String,
}

/// The type of a key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string, `S`.
    Text,
    /// A number, `N`.
    Number,
}

/// The definition of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name of the table.
    pub name: String,
    /// Name of the partition key, which is always a string.
    pub partition_key: &'static str,
    /// Name and type of the sort key.
    pub sort_key: (&'static str, Kind),
    /// True if DynamoDB deletes items by [`TTL`].
    pub expires: bool,
    /// True if the table has a stream, which contains each item's new image.
    pub streams: bool,
}

/// Returns the definitions of the three tables.
pub fn tables(names: &TableNames) -> [Table; 3] {
    [
        Table {
            name: names.connections.clone(),
            partition_key: "pk",
            sort_key: ("sk", Kind::Text),
            expires: true,
            streams: false,
        },
        Table {
            name: names.topics.clone(),
            partition_key: "pk",
            sort_key: ("sk", Kind::Text),
            expires: false,
            streams: true,
        },
        Table {
            name: names.history.clone(),
            partition_key: "log",
            sort_key: ("offset", Kind::Number),
            expires: true,
            streams: false,
        },
    ]
}

impl Aws {
    /// Creates the tables, for tests and for DynamoDB Local, which have no template to do it. The tables must not
    /// exist.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with DynamoDB's message.
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
