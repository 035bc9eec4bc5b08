//! Names of the attributes of the topics and history tables.

/// The partition key of the topics table.
pub const PK: &str = "pk";
/// The sort key of the topics table.
pub const SK: &str = "sk";
/// The sort key of a partition's only item (a head), and of the number of topics.
pub const ONLY: &str = "#";
/// The partition of the catalogue: a row for each topic, and their number under [`ONLY`].
pub const CATALOGUE: &str = "CATALOGUE";
/// The number of topics.
pub const TOPICS: &str = "topics";
/// The epoch of the log.
pub const EPOCH: &str = "epoch";
/// The offset of the last publication. In the history table, the sort key.
pub const OFFSET: &str = "offset";
/// The number of publications in the last append, or in a part of history.
pub const COUNT: &str = "count";
/// The publications; see [`super::batch`].
pub const ITEMS: &str = "items";
/// The time at which the last of them was received.
pub const RECEIVED_AT: &str = "received_at";
/// The time at which the append before the last one was received.
pub const PREVIOUS_AT: &str = "previous_at";
/// The topic's metadata, field by field.
pub const META: &str = "meta";
/// The offset at which the metadata was last written.
pub const META_AT: &str = "meta_at";
/// The last `seq` of each producer.
pub const SEQS: &str = "seqs";
/// The offset at which each producer's last `seq` was appended.
pub const LANDED: &str = "landed";
/// The partition key of the history table: topic and epoch.
pub const LOG: &str = "log";
