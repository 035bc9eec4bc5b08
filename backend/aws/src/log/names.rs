//! What the attributes of the topics and history tables are called.

/// The partition key of the topics table.
pub const PK: &str = "pk";
/// The sort key of the topics table.
pub const SK: &str = "sk";
/// The sort key of what has no order of its own: a head, and the number of topics.
pub const ONLY: &str = "#";
/// The partition of the catalogue: a row for each topic, and their number under [`ONLY`].
pub const CATALOGUE: &str = "CATALOGUE";
/// How many topics there are.
pub const TOPICS: &str = "topics";
/// Which log.
pub const EPOCH: &str = "epoch";
/// The offset of the last publication. In history, the sort key.
pub const OFFSET: &str = "offset";
/// How many publications the last append, or a part of history, holds.
pub const COUNT: &str = "count";
/// Those publications; see [`super::batch`].
pub const ITEMS: &str = "items";
/// When the last of them was received.
pub const RECEIVED_AT: &str = "received_at";
/// When the append before the last one was received.
pub const PREVIOUS_AT: &str = "previous_at";
/// The topic's metadata, field by field.
pub const META: &str = "meta";
/// The offset at which the metadata was last written.
pub const META_AT: &str = "meta_at";
/// The last `seq` of each producer.
pub const SEQS: &str = "seqs";
/// Where that landed.
pub const LANDED: &str = "landed";
/// The partition key of the history table: topic and epoch.
pub const LOG: &str = "log";
