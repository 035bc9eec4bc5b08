//! Names of the attributes of the topics and history tables, and keys that are constant.

/// Name of the partition key of the table `topics`.
pub const PK: &str = "pk";
/// Name of the sort key of the table `topics`.
pub const SK: &str = "sk";
/// Sort key of the items of the topics table that are not names of topics: the state of a topic (its head), the number
/// of all topics, and the number of a principal's topics.
pub const ONLY: &str = "#";
/// Partition key of the catalogue of topics. It has a row for each topic, and the number of topics under the sort key
/// [`ONLY`].
pub const CATALOGUE: &str = "CATALOGUE";
/// Prefix of the partition key of an alarm, see [`super::silence`]. The topic follows it.
pub const SILENCE: &str = "SILENCE#";
/// Attribute with the number of topics.
pub const TOPICS: &str = "topics";
/// Attribute with the epoch of a topic's log. It changes when the log starts anew.
pub const EPOCH: &str = "epoch";
/// Attribute with the offset of the last publication in the item. It is also the sort key of the history table.
pub const OFFSET: &str = "offset";
/// Attribute with the number of publications in the item. In the topics table these are the publications of a topic's
/// last append, and in the history table those of a part of history.
pub const COUNT: &str = "count";
/// Attribute with the publications in the item, encoded as one JSON text; see [`super::batch`].
pub const ITEMS: &str = "items";
/// Attribute with a block of rollup, encoded as JSON text; see [`super::rollup`].
pub const BLOCK: &str = "block";
/// Attribute with the time at which the last publication in the item was received, in milliseconds since the Unix
/// epoch.
pub const RECEIVED_AT: &str = "received_at";
/// Attribute with the time at which the append before the last one was received, in milliseconds since the Unix epoch.
pub const PREVIOUS_AT: &str = "previous_at";
/// Attribute with the topic's metadata; see [`super::meta`].
pub const META: &str = "meta";
/// Attribute with the offset of the publication with which the topic's metadata was last written.
pub const META_AT: &str = "meta_at";
/// Attribute with a map from each producer to its last `seq`, which is the number that the producer gave to its last
/// request.
pub const SEQS: &str = "seqs";
/// Attribute with a map from each producer to the offset of the last publication in its last request.
pub const LANDED: &str = "landed";
/// Attribute with a map from each producer to the time from which the producer may be removed from the topic's state,
/// in milliseconds since the Unix epoch.
pub const UNTIL: &str = "until";
/// The tombstone: an attribute that is true if the topic is marked as deleted. It is in the item with the topic's
/// state.
pub const ENDED: &str = "ended";
/// Attribute with the name of the principal against whose limit a topic is counted.
pub const OWNER: &str = "owner";
/// Name of the partition key of the history table. The value of the key consists of topic and epoch.
pub const LOG: &str = "log";
