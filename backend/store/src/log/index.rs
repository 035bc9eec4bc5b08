//! The head (newest publication and metadata) of every topic, in memory, as of the last commit.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use backend_core::ports::Head;
use backend_core::rollup::Level;
use redb::{Database, ReadableDatabase, ReadableTable};
use shared::{Filter, Millis, Topic};

use super::retention::Oldest;
use super::rollups::{self, Rolled};
use super::tables::{HEADS, HISTORY, RollupKey, StoredHead, history_bytes, oldest_row};

/// A topic's head, and the data that the store needs to read the topic's log.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Number that stands for the topic in the keys of the file's tables.
    pub number: u32,
    /// The topic's newest publication, epoch and metadata, as callers of the store get them.
    pub head: Head,
    /// The oldest row (publication) of the topic that is still in the file.
    pub oldest: Oldest,
    /// Name of the principal that created the topic. It is empty for a topic that an older version of the server
    /// created.
    pub owner: String,
    /// Size of the topic's history in bytes.
    pub bytes: u64,
    /// The topic's blocks of rollup in the file.
    pub rolled: Rolled,
}

impl Entry {
    /// Returns the size of the topic's history and rollups in bytes.
    pub fn all_bytes(&self) -> u64 {
        self.bytes + self.rolled.bytes
    }

    /// Returns the index of the first complete block of rollup that has not been computed, and whose publications are in the
    /// file at least partly; `None` if there is none.
    pub fn unrolled_from(&self) -> Option<u64> {
        let level = Level::LOWEST;
        let first = level.complete(self.rolled.until).max(level.index_of(self.oldest.offset));
        (first < level.complete(self.head.last.offset)).then_some(first)
    }
}

/// The head (newest publication and metadata) of every topic, in memory.
#[derive(Debug, Default)]
pub struct Index {
    topics: BTreeMap<Topic, Arc<Entry>>,
    next_number: u32,
    bytes: u64,
    /// Number of topics that each principal has created. The key is the name of the principal.
    owned: HashMap<String, usize>,
}

impl Index {
    /// Reads the head (newest publication and metadata) of every topic from the file.
    pub fn load(db: &Database) -> Result<Self, redb::Error> {
        let transaction = db.begin_read()?;
        let (heads, history) = (transaction.open_table(HEADS)?, transaction.open_table(HISTORY)?);
        let rollups = rollups::open(&transaction)?;
        let mut index = Self::default();
        for row in heads.iter()? {
            let (name, head) = row?;
            index.put(load_entry(name.value(), head.value(), &history, rollups.as_ref())?);
        }
        Ok(index)
    }

    pub fn len(&self) -> usize {
        self.topics.len()
    }

    pub fn get(&self, topic: &Topic) -> Option<&Arc<Entry>> {
        self.topics.get(topic)
    }

    /// Returns the number that the next new topic gets in the keys of the file's tables.
    pub fn next_number(&self) -> u32 {
        self.next_number
    }

    /// Returns the size of the history and the rollups of all topics in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the number of topics that the principal `owner` has created.
    pub fn topics_of(&self, owner: &str) -> usize {
        self.owned.get(owner).copied().unwrap_or_default()
    }

    pub fn put(&mut self, entry: Entry) {
        self.next_number = self.next_number.max(entry.number + 1);
        self.bytes += entry.all_bytes();
        let owner = entry.owner.clone();
        match self.topics.insert(entry.head.topic.clone(), Arc::new(entry)) {
            Some(before) => self.bytes -= before.all_bytes(),
            None => *self.owned.entry(owner).or_default() += 1,
        }
    }

    /// Removes the entry of a topic.
    pub fn remove(&mut self, topic: &Topic) {
        let Some(entry) = self.topics.remove(topic) else { return };
        self.bytes -= entry.all_bytes();
        match self.owned.get_mut(&entry.owner) {
            Some(owned) if *owned > 1 => *owned -= 1,
            _ => drop(self.owned.remove(&entry.owner)),
        }
    }

    /// Returns the time at which the newest publication of all topics was received; `None` if there are no topics.
    pub fn newest(&self) -> Option<Millis> {
        self.entries().map(|entry| entry.head.last.received_at).max()
    }

    pub fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.topics.values()
    }

    /// Returns the topics that match `filter`, in order of name. Only the range of names that can match is searched.
    pub fn matching(&self, filter: &Filter) -> Vec<Arc<Entry>> {
        match filter {
            Filter::All => self.entries().cloned().collect(),
            Filter::Only(topic) => self.get(topic).cloned().into_iter().collect(),
            Filter::Below(parent) => {
                let after = self.topics.range((Bound::Excluded(parent), Bound::Unbounded));
                let namesakes = after.take_while(|(topic, _)| topic.as_str().starts_with(parent.as_str()));
                namesakes.filter(|(topic, _)| filter.matches(topic)).map(|(_, entry)| entry.clone()).collect()
            }
        }
    }
}

impl Index {
    /// Returns at most `limit` topics that match `filter`, in order of name, beginning after the topic `after`. If
    /// `after` is `None`, begins with the first topic.
    pub fn page<'a>(
        &'a self,
        filter: &'a Filter,
        after: Option<&Topic>,
        limit: usize,
    ) -> impl Iterator<Item = &'a Arc<Entry>> {
        let first = match filter {
            Filter::All => None,
            Filter::Only(topic) | Filter::Below(topic) => Some(topic),
        };
        let start = match (first, after) {
            (Some(first), Some(after)) if after < first => Bound::Included(first),
            (_, Some(after)) => Bound::Excluded(after),
            (Some(first), None) => Bound::Included(first),
            (None, None) => Bound::Unbounded,
        };
        let topics = self.topics.range::<Topic, _>((start, Bound::Unbounded));
        let near = topics.take_while(move |(topic, _)| {
            first.is_none_or(|first| topic.as_str().starts_with(first.as_str()))
        });
        near.filter(|(topic, _)| filter.matches(topic)).map(|(_, entry)| entry).take(limit)
    }
}

fn load_entry(
    name: &str,
    head: &[u8],
    history: &impl ReadableTable<(u32, u64), &'static [u8]>,
    rollups: Option<&impl ReadableTable<RollupKey, &'static [u8]>>,
) -> Result<Entry, redb::Error> {
    let topic = Topic::new(name).map_err(|error| redb::Error::Corrupted(error.to_string()))?;
    let stored: StoredHead = serde_json::from_slice(head).map_err(|error| {
        redb::Error::Corrupted(format!("the head of the topic {name} cannot be read: {error}"))
    })?;
    let (number, owner) = (stored.number, stored.owner.clone());
    let bytes = match stored.bytes {
        Some(bytes) => bytes,
        None => history_bytes(history, number)?,
    };
    let rolled = rollups::load(rollups, number, stored.rollup_bytes)?;
    let head = stored.into_head(topic);
    let none = Oldest { offset: head.last.offset + 1, received_at: 0 };
    let oldest = oldest_row(history, number)?;
    let oldest = oldest.map_or(none, |(offset, received_at)| Oldest { offset, received_at });
    Ok(Entry { number, head, oldest, owner, bytes, rolled })
}
