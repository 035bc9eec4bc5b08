//! The tables: what `infra/template.yaml` declares, and what tests create.

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

/// When DynamoDB may delete an item, in seconds: not before its time is over.
pub(crate) fn ttl(expires_at: Millis) -> i64 {
    expires_at / 1000 + 1
}

/// What the tables are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableNames {
    /// Connections and subscriptions.
    pub connections: String,
    /// The topics' heads and their catalogue.
    pub topics: String,
    /// The topics' pasts.
    pub history: String,
}

/// The kind of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `S`.
    Text,
    /// `N`.
    Number,
}

/// A table as it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The partition key, always a string.
    pub partition_key: &'static str,
    /// The sort key.
    pub sort_key: (&'static str, Kind),
    /// Whether items are deleted by [`TTL`].
    pub expires: bool,
    /// Whether changes are streamed, each with the item's new image.
    pub streams: bool,
}

/// The three tables.
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
    /// Creates the tables where there is no template to do it: for tests and for DynamoDB Local. They must not exist.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with DynamoDB's words.
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
