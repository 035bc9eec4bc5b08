//! Definitions of the three DynamoDB tables. `infra/template.yaml` declares the same tables for AWS. Tests create their
//! tables from these definitions.

mod create;

use shared::Millis;

/// Attribute with the time after which DynamoDB deletes an item, in seconds since the Unix epoch.
pub const TTL: &str = "ttl";

/// Returns the value of [`TTL`], in seconds, for an item that expires at `expires_at`, in milliseconds. It is never
/// earlier than `expires_at`.
pub(crate) fn ttl(expires_at: Millis) -> i64 {
    expires_at / 1000 + 1
}

/// Names of the three DynamoDB tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableNames {
    /// Name of the table of connections and subscriptions.
    pub connections: String,
    /// Name of the table of heads (the state of each topic's log after its last append) and of the catalogue (the
    /// topics' names).
    pub topics: String,
    /// Name of the table of publications.
    pub history: String,
}

/// The type of a key attribute in a DynamoDB table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string, which DynamoDB calls `S`.
    Text,
    /// A number, which DynamoDB calls `N`.
    Number,
}

/// The definition of one DynamoDB table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name of the table.
    pub name: String,
    /// Name of the partition key, which is always a string.
    pub partition_key: &'static str,
    /// Name and type of the sort key.
    pub sort_key: (&'static str, Kind),
    /// True if DynamoDB deletes items at the time in their attribute [`TTL`].
    pub expires: bool,
    /// True if the table has a stream, whose records contain each item's new image.
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
            expires: true,
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
