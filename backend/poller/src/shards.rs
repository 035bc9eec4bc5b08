//! Which shards may be read. Pure.

use std::collections::{BTreeMap, BTreeSet};

/// A shard, as the stream lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its id.
    pub id: String,
    /// The shard whose records come before its own.
    pub parent: Option<String>,
}

/// What is known of a stream's shards ("Change data capture for DynamoDB Streams": applications must always process a
/// parent shard before its children).
#[derive(Debug, Default)]
pub struct Shards {
    known: BTreeMap<String, Option<String>>,
    begun: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl Shards {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what the stream lists now, and forgets what it no longer does and is at its end.
    pub fn list(&mut self, shards: impl IntoIterator<Item = Shard>) {
        self.known = shards.into_iter().map(|shard| (shard.id, shard.parent)).collect();
        self.ended.retain(|id| self.known.contains_key(id));
        self.begun.retain(|id| self.known.contains_key(id));
    }

    /// Those that may be read now and are not yet. They count as begun.
    pub fn begin(&mut self) -> Vec<String> {
        let ready = |(id, parent): &(&String, &Option<String>)| {
            let waits = parent.as_ref().is_some_and(|parent| self.is_unread(parent));
            !self.begun.contains(*id) && !waits
        };
        let ready: Vec<String> = self.known.iter().filter(ready).map(|(id, _)| id.clone()).collect();
        self.begun.extend(ready.iter().cloned());
        ready
    }

    /// A shard is at its end: its children may be read.
    pub fn end(&mut self, id: &str) {
        self.ended.insert(id.to_owned());
    }

    /// A parent that the stream does not list any more has nothing left to read.
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
    fn a_parent_that_is_gone_from_the_stream_holds_nobody_up() {
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
