//! DynamoDB tables.

use std::collections::BTreeMap;

use crate::place::Place;

/// A DynamoDB table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name of the table.
    pub name: String,
    /// Name in the description.
    pub logical_id: String,
    /// Resource name of the table.
    pub arn: String,
    /// Types of the attributes that are keys: `S`, `N` or `B`.
    pub attributes: BTreeMap<String, String>,
    /// Key of the table.
    pub key: KeySchema,
    /// Global secondary indexes.
    pub global_indexes: Vec<Index>,
    /// Local secondary indexes.
    pub local_indexes: Vec<Index>,
    /// Content of the stream's records, such as `NEW_AND_OLD_IMAGES`, if the table has a stream.
    pub stream: Option<String>,
    /// Attribute with the time, in seconds since 1970, after which an item is deleted.
    pub ttl_attribute: Option<String>,
    /// Place of the table.
    pub place: Place,
}

/// Key attributes of a table or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySchema {
    /// Partition key.
    pub hash: String,
    /// Sort key.
    pub range: Option<String>,
}

/// A secondary index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Name of the index.
    pub name: String,
    /// Key of the index.
    pub key: KeySchema,
    /// Projection: `ALL`, `KEYS_ONLY` or `INCLUDE`.
    pub projection: String,
    /// Further attributes of the projection `INCLUDE`.
    pub attributes: Vec<String>,
}
