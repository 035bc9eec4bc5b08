//! Names of the attributes of the topics and history tables, and fixed keys.

/// The partition key of the topics table.
pub const PK: &str = "pk";
/// The sort key of the topics table.
pub const SK: &str = "sk";
/// Sort key of a topic's head, which is the only item in its partition, and of the number of topics.
pub const ONLY: &str = "#";
/// Partition key of the catalogue, which has a row for each topic, and the number of topics under the sort key [`ONLY`].
pub const CATALOGUE: &str = "CATALOGUE";
/// Attribute with the number of topics.
pub const TOPICS: &str = "topics";
/// Attribute with the epoch of the log.
pub const EPOCH: &str = "epoch";
/// Attribute with the offset of the last publication. It is also the sort key of the history table.
pub const OFFSET: &str = "offset";
/// Attribute with the number of publications in the last append, or in a part of history.
pub const COUNT: &str = "count";
/// Attribute with the publications as one text; see [`super::batch`].
pub const ITEMS: &str = "items";
/// Attribute with the time at which the last of the publications was received.
pub const RECEIVED_AT: &str = "received_at";
/// Attribute with the time at which the append before the last one was received.
pub const PREVIOUS_AT: &str = "previous_at";
/// Attribute with the topic's metadata; see [`super::meta`].
pub const META: &str = "meta";
/// Attribute with the offset at which the metadata was last written.
pub const META_AT: &str = "meta_at";
/// Attribute with the last `seq` of each producer, which numbers the producer's appends.
pub const SEQS: &str = "seqs";
/// Attribute with the offset at which each producer's last `seq` was appended.
pub const LANDED: &str = "landed";
/// Map with the time from which each producer may be forgotten.
pub const UNTIL: &str = "until";
/// The tombstone: true in the head of a topic that is being forgotten.
pub const ENDED: &str = "ended";
/// Name of the principal to whom a topic is charged.
pub const OWNER: &str = "owner";
/// Partition key of the history table. Its value consists of topic and epoch.
pub const LOG: &str = "log";
