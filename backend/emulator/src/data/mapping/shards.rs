//! Decides which shards of a stream may be read. The functions here are pure.

use std::collections::{BTreeMap, BTreeSet};

/// A shard, as the stream lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    /// Id of the shard.
    pub id: String,
    /// Id of the shard that contains the records before those of this shard.
    pub parent: Option<String>,
}

/// The shards of a stream, and how far they have been read. A parent must always be processed before its children ("Change data
/// capture for DynamoDB Streams").
#[derive(Debug, Default)]
pub(super) struct Shards {
    known: BTreeMap<String, Option<String>>,
    begun: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl Shards {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the list of shards. Forgets the progress of shards that the stream does not list any more.
    pub fn list(&mut self, shards: impl IntoIterator<Item = Shard>) {
        self.known = shards.into_iter().map(|shard| (shard.id, shard.parent)).collect();
        self.ended.retain(|id| self.known.contains_key(id));
        self.begun.retain(|id| self.known.contains_key(id));
    }

    /// Returns the shards that may be read now and whose reading has not begun, and marks them as begun.
    pub fn begin(&mut self) -> Vec<String> {
        let ready = |(id, parent): &(&String, &Option<String>)| {
            let waits = parent.as_ref().is_some_and(|parent| self.is_unread(parent));
            !self.begun.contains(*id) && !waits
        };
        let ready: Vec<String> = self.known.iter().filter(ready).map(|(id, _)| id.clone()).collect();
        self.begun.extend(ready.iter().cloned());
        ready
    }

    /// Marks a shard as read to the end, so that its children may be read.
    pub fn end(&mut self, id: &str) {
        self.ended.insert(id.to_owned());
    }

    /// Returns true if a shard still has to be read before its children. A shard that the stream does not list any more contains
    /// no records.
    fn is_unread(&self, id: &str) -> bool {
        self.known.contains_key(id) && !self.ended.contains(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(id: &str, parent: Option<&str>) -> Shard {
        Shard { id: id.into(), parent: parent.map(Into::into) }
    }

    #[test]
    fn a_child_is_read_after_its_parent() {
        let mut shards = Shards::new();
        shards.list([shard("a", None), shard("b", Some("a")), shard("c", None)]);
        assert_eq!(shards.begin(), ["a", "c"]);
        assert!(shards.begin().is_empty());
        shards.end("a");
        assert_eq!(shards.begin(), ["b"]);
    }

    #[test]
    fn a_parent_that_is_gone_from_the_stream_blocks_no_child() {
        let mut shards = Shards::new();
        shards.list([shard("b", Some("a"))]);
        assert_eq!(shards.begin(), ["b"]);
    }

    #[test]
    fn listing_again_begins_nothing_twice() {
        let mut shards = Shards::new();
        shards.list([shard("a", None)]);
        shards.begin();
        shards.list([shard("a", None), shard("b", Some("a"))]);
        assert!(shards.begin().is_empty());
        shards.end("a");
        shards.list([shard("a", None), shard("b", Some("a"))]);
        assert_eq!(shards.begin(), ["b"]);
    }
}
