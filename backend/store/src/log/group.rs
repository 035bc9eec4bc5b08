//! Group commit: appends that are committed together, with one sync of the disk.
//!
//! A sync takes milliseconds, and everything else that an append needs takes microseconds. So the writer thread
//! (`writer.rs`) puts all waiting appends into one group, and acknowledges them after the commit. For example, while
//! the previous commit is being synced, three appends arrive: two publications for topic `a` (whose head is 7), one for
//! `b` (new), and a repeat of a request that `a` already has at offset 6.
//!
//! 1. The first append makes a draft of `a`, which is a copy of its entry in the index. It writes rows 8 and 9, and
//!    moves the head of the draft to 9. Its outcome, position 9, is kept and not yet sent.
//! 2. The second makes a draft of `b` with a new number and the epoch that the request offers, and writes row 1.
//! 3. The third finds its `seq` (number of the request) in the table of producers. Its outcome is position 6, marked as
//!    repeated, and nothing is written.
//! 4. `finish` writes one head for each of `a` and `b`, and returns one change for each.
//! 5. The writer commits the transaction (one sync), makes the drafts visible to readers, sends the three outcomes, and
//!    passes the changes on to be broadcast.
//!
//! If the commit fails, the drafts are dropped, and all three callers get an error. Readers have never seen the drafts.

use std::collections::BTreeMap;

use backend_core::fair;
use backend_core::ports::{Append, AppendError, Appended, Change, Head, Unavailable};
use backend_core::shares::{self, Share};
use backend_core::{DiskTrouble, Retention};
use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Millis, Position, Publication, Topic, TopicMeta, limits};

use super::index::{Entry, Index};
use super::producers::{self, Memory};
use super::retention::{Log, Oldest};
use super::rollups::{Computed, Rolled};
use super::tables::{StoredHead, Tables, encode_row, row_bytes};
use backend_core::producers::Seen;
use backend_core::rollup::Level;

/// Outcome of an append in a group of appends. It is valid only after the group was committed.
pub type Outcome = Result<Appended, AppendError>;

/// Maximum number of rows (publications) that one sweep deletes, so that publishers do not wait long for it.
const SWEEP_ROWS: u64 = 10_000;

/// Number of bytes that are deleted beyond what is necessary if the history exceeds its maximum size. Without this,
/// every append would have to look for a topic whose oldest rows can be deleted.
const SHRINK_BYTES: u64 = 4 * 1024 * 1024;

/// Size of the written rows in bytes above which a group accepts no more appends, so that its first append does not
/// wait long for the commit.
const GROUP_BYTES: usize = 1024 * 1024;

/// A group of appends in a write transaction that is not committed yet.
///
/// Nothing outside of the group changes before [`Group::finish`] and the commit. So dropping the group undoes all its
/// appends.
pub struct Group<'t> {
    tables: Tables<'t>,
    index: &'t Index,
    bounds: Bounds,
    drafts: BTreeMap<Topic, Draft>,
    new_topics: u32,
    bytes: usize,
    rows: u64,
}

/// The limits that apply while a group of appends is written.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// The limits on the history of each topic.
    pub retention: Retention,
    /// The time with which the age of publications is computed, in milliseconds since the Unix epoch.
    pub retention_now: Millis,
    /// Maximum number of bytes of the history of all topics together.
    pub history_bytes: u64,
    /// The reason why appends are refused if they have to be written; `None` if they are accepted.
    pub trouble: Option<DiskTrouble>,
}

/// A topic as it will be after the commit, with the publications that the group adds to it.
struct Draft {
    entry: Entry,
    added: Vec<Publication>,
    /// True if the topic is new or its metadata has changed, so that the metadata is sent to subscribers.
    sends_meta: bool,
}

/// The changes that a group has made, which are valid once it is committed.
#[derive(Debug, Default)]
pub struct Committed {
    /// The topics that were changed, as they are after the commit.
    pub entries: Vec<Entry>,
    /// One change for each topic to which the group has added publications.
    pub changes: Vec<Change>,
}

impl<'t> Group<'t> {
    pub fn new(tables: Tables<'t>, index: &'t Index, bounds: Bounds) -> Self {
        Self { tables, index, bounds, drafts: BTreeMap::new(), new_topics: 0, bytes: 0, rows: 0 }
    }

    /// Moves the time with which the age of publications is computed forward to that of a further command.
    pub fn move_to(&mut self, retention_now: Millis) {
        self.bounds.retention_now = self.bounds.retention_now.max(retention_now);
    }

    /// Returns true if the group should be committed before it gets more appends.
    pub fn is_full(&self) -> bool {
        self.bytes >= GROUP_BYTES
    }

    /// Returns true if the group has changed nothing, so that no commit is needed.
    pub fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }

    /// Appends publications to a topic's log. After an error of redb the whole group is unusable. If the outcome is a
    /// refusal, the group is unchanged.
    pub fn append(&mut self, append: Append) -> Result<Outcome, redb::Error> {
        match self.outcome_without_write(&append)? {
            Some(outcome) => Ok(outcome),
            None => self.write(append).map(Ok),
        }
    }

    /// Stores blocks of rollup, and then deletes rows that are too many. Does nothing if the topic was deleted since the
    /// blocks were computed. If the disk has no room, the outcome is a refusal, and the group is unchanged.
    pub fn roll(&mut self, computed: &Computed) -> Result<Result<(), Unavailable>, redb::Error> {
        if let Some(trouble) = &self.bounds.trouble {
            return Ok(Err(Unavailable::new(trouble)));
        }
        let entry = self.entry(&computed.topic).filter(|entry| entry.head.epoch == computed.epoch);
        let Some(entry) = entry.cloned() else { return Ok(Ok(())) };
        let draft = self.drafts.entry(computed.topic.clone()).or_insert_with(|| Draft::of(&entry));
        draft.entry.rolled.store(&mut self.tables.rollups, entry.number, computed)?;
        self.bytes += computed.blocks.iter().map(|(_, _, value)| value.len()).sum::<usize>();
        let budget = trim_budget(computed.blocks.len() as u64 * Level::LOWEST.size());
        draft.trim(&mut self.tables, &self.bounds.retention, self.bounds.retention_now, budget)?;
        Ok(Ok(()))
    }

    /// Deletes rows that are too old or too many, or that exceed the maximum size of the history, also of topics to
    /// which nobody publishes. Returns the number of deleted rows, and true if more rows have to be deleted.
    pub fn sweep(&mut self) -> Result<(u64, bool), redb::Error> {
        let (index, retention, now) = (self.index, self.bounds.retention, self.bounds.retention_now);
        let is_due = |entry: &Entry| {
            entry.oldest.is_beyond(&retention, (entry.head.last.offset, entry.rolled.until), now)
                || entry.rolled.is_beyond(retention.cutoff(now))
        };
        let (mut removed, mut expired) = (0, 0);
        for entry in index.entries().filter(|entry| is_due(entry)) {
            let draft = self.drafts.entry(entry.head.topic.clone()).or_insert_with(|| Draft::of(entry));
            removed += draft.trim(&mut self.tables, &retention, now, SWEEP_ROWS - removed)?;
            expired += draft.expire(&mut self.tables, retention.cutoff(now), SWEEP_ROWS - expired)?;
            if is_due(&draft.entry) {
                return Ok((removed, true));
            }
        }
        removed += self.shrink(SWEEP_ROWS - removed)?;
        Ok((removed, removed + expired > 0 && self.excess_bytes() > 0))
    }

    /// Writes the newest publication and the metadata of each changed topic. The returned changes are valid once the
    /// transaction is committed.
    pub fn finish(mut self) -> Result<Committed, redb::Error> {
        if self.rows > 0 {
            self.shrink(trim_budget(self.rows))?;
        }
        let mut committed = Committed::default();
        for draft in self.drafts.into_values() {
            let Draft { entry, added, sends_meta } = draft;
            let stored =
                StoredHead::new(entry.number, &entry.head, &entry.owner, entry.bytes, entry.rolled.bytes);
            let head = serde_json::to_vec(&stored).map_err(unwritable)?;
            self.tables.heads.insert(entry.head.topic.as_str(), head.as_slice())?;
            if !added.is_empty() {
                committed.changes.push(change(&entry.head, added, sends_meta));
            }
            committed.entries.push(entry);
        }
        Ok(committed)
    }

    /// Deletes the oldest rows of the topics that [`shares`] chooses, until the history is below its maximum size.
    /// Deletes at most `budget` rows, and returns the number of deleted rows.
    fn shrink(&mut self, budget: u64) -> Result<u64, redb::Error> {
        let mut excess = match self.excess_bytes() {
            0 => return Ok(0),
            excess => excess + SHRINK_BYTES.min(self.bounds.history_bytes / 64),
        };
        let mut removed = 0;
        while excess > 0 && removed < budget {
            let Some((topic, bytes)) = self.next_to_shrink(excess) else { break };
            let index = self.index;
            let Some(entry) = index.get(&topic) else { break };
            let draft = self.drafts.entry(topic).or_insert_with(|| Draft::of(entry));
            let before = draft.entry.all_bytes();
            let rows = draft.shrink(&mut self.tables, bytes, budget - removed)?;
            if rows == 0 {
                break;
            }
            removed += rows;
            excess = excess.saturating_sub(before - draft.entry.all_bytes());
        }
        Ok(removed)
    }

    /// Returns the topic whose oldest rows are deleted next, and the number of bytes to delete. A topic that this group
    /// creates is never chosen.
    fn next_to_shrink(&self, excess: u64) -> Option<(Topic, u64)> {
        let shares = self.index.entries().map(|entry| {
            let draft = self.drafts.get(&entry.head.topic);
            let bytes = draft.map_or(entry.all_bytes(), |draft| draft.entry.all_bytes());
            Share { topic: &entry.head.topic, owner: &entry.owner, bytes }
        });
        let (topic, bytes) = shares::next_to_shrink(&shares.collect::<Vec<_>>(), excess)?;
        Some((topic.clone(), bytes))
    }

    /// Returns the number of bytes by which the history exceeds its maximum size.
    fn excess_bytes(&self) -> u64 {
        let mut bytes = self.index.bytes();
        for (topic, draft) in &self.drafts {
            let before = self.index.get(topic).map_or(0, |entry| entry.all_bytes());
            bytes = (bytes + draft.entry.all_bytes()).saturating_sub(before);
        }
        bytes.saturating_sub(self.bounds.history_bytes)
    }

    /// Returns the outcome of an append that needs no write, because it is refused or was made before. Returns `None`
    /// if the append has to be written.
    fn outcome_without_write(&mut self, append: &Append) -> Result<Option<Outcome>, redb::Error> {
        if append.items.is_empty() {
            return Ok(Some(Err(Unavailable::new("the append contains no items").into())));
        }
        let refused = || self.bounds.trouble.clone().map(|trouble| Err(trouble.into()));
        let Some(entry) = self.entry(&append.topic) else {
            return Ok(refused().or_else(|| self.refusal_of_new_topic(append)));
        };
        let Some(producer) = &append.producer else { return Ok(refused()) };
        let (number, Tables { producers, old_producers, .. }) = (entry.number, &self.tables);
        Ok(match producers::look_up(producers, old_producers, number, &append.principal, producer)? {
            Seen::Never => match refused() {
                Some(refused) => Some(refused),
                None => {
                    let room =
                        self.memory(number, &append.principal).make_room(&producer.id, append.received_at)?;
                    room.map(|retry_after_ms| Err(AppendError::too_many_producers(retry_after_ms)))
                }
            },
            Seen::Last(offset) => Some(Ok(repeat(&entry.head, offset))),
            Seen::TooLow(last) => Some(Err(stale(producer, last))),
        })
    }

    fn memory<'a>(&'a mut self, number: u32, principal: &'a str) -> Memory<'a, 't> {
        let Tables { producers, old_producers: old, .. } = &mut self.tables;
        Memory { producers, old, number, principal }
    }

    fn refusal_of_new_topic(&self, append: &Append) -> Option<Outcome> {
        let Append { principal, principal_topics: limit, .. } = append;
        if self.index.len() + self.new_topics as usize >= limits::TOPICS {
            return Some(Err(AppendError::TooManyTopics { limit: limits::TOPICS }));
        }
        let is_new = |draft: &&Draft| self.index.get(&draft.entry.head.topic).is_none();
        let new = self.drafts.values().filter(is_new).filter(|draft| draft.entry.owner == *principal);
        let own = self.index.topics_of(principal) + new.count();
        let all = self.index.len() + self.new_topics as usize;
        if fair::may_take(own, all, (*limit).min(limits::TOPICS), limits::TOPICS) {
            return None;
        }
        // If others have many topics, the principal may have fewer than the limit.
        let (principal, limit) = (principal.clone(), own.min(*limit));
        Some(Err(AppendError::TooManyTopicsOfPrincipal { principal, limit }))
    }

    fn entry(&self, topic: &Topic) -> Option<&Entry> {
        let draft = self.drafts.get(topic).map(|draft| &draft.entry);
        draft.or_else(|| self.index.get(topic).map(AsRef::as_ref))
    }

    fn write(&mut self, append: Append) -> Result<Appended, redb::Error> {
        let Append { topic, items, producer, meta, received_at, new_epoch, principal, .. } = append;
        let mut draft = self.draft(&topic, new_epoch, received_at, principal.clone());
        draft.put_meta(meta);
        let (rows, now) = (items.len() as u64, self.bounds.retention_now.min(received_at));
        self.rows += rows;
        self.bytes += draft.add(&mut self.tables, items, received_at)?;
        draft.trim(&mut self.tables, &self.bounds.retention, now, trim_budget(rows))?;
        let position = draft.entry.head.position();
        if let Some(producer) = producer {
            let mut memory = self.memory(draft.entry.number, &principal);
            memory.remember(&producer, position.offset, received_at)?;
        }
        self.drafts.insert(topic, draft);
        Ok(Appended { position, repeated: false })
    }

    /// Takes the draft of a topic (the topic as it will be after the commit) out of this group, or creates a new draft.
    /// The caller changes the draft and puts it back.
    fn draft(&mut self, topic: &Topic, new_epoch: Epoch, now: Millis, owner: String) -> Draft {
        if let Some(draft) = self.drafts.remove(topic) {
            return draft;
        }
        if let Some(entry) = self.index.get(topic) {
            return Draft::of(entry);
        }
        let number = self.index.next_number() + self.new_topics;
        self.new_topics += 1;
        Draft::new(number, topic.clone(), new_epoch, now, owner)
    }
}

impl Draft {
    fn of(entry: &Entry) -> Self {
        Self { entry: entry.clone(), added: Vec::new(), sends_meta: false }
    }

    fn new(number: u32, topic: Topic, epoch: Epoch, now: Millis, owner: String) -> Self {
        let last = Publication { offset: 0, ts: now, received_at: now, data: serde_json::Value::Null.into() };
        let head = Head { topic, epoch, last, meta: TopicMeta::default() };
        let oldest = Oldest { offset: 1, received_at: now };
        let entry = Entry { number, head, oldest, owner, bytes: 0, rolled: Rolled::NONE };
        Self { entry, added: Vec::new(), sends_meta: true }
    }

    fn put_meta(&mut self, newer: Option<TopicMeta>) {
        let Some(newer) = newer else { return };
        let merged = self.entry.head.meta.clone().merged(newer);
        self.sends_meta |= merged != self.entry.head.meta;
        self.entry.head.meta = merged;
    }

    /// Writes the publications `items` after the topic's head. Returns the size of their rows in bytes.
    fn add(&mut self, tables: &mut Tables<'_>, items: Vec<Item>, now: Millis) -> Result<usize, redb::Error> {
        let before = self.entry.head.last.offset;
        if self.entry.oldest.offset > before {
            self.entry.oldest.received_at = now;
        }
        let mut bytes = 0;
        for (offset, item) in (before + 1..).zip(items) {
            let publication =
                Publication { offset, ts: item.ts.unwrap_or(now), received_at: now, data: item.data };
            let row = encode_row(&publication);
            tables.history.insert((self.entry.number, offset), row.as_slice())?;
            bytes += row.len();
            self.entry.bytes += row_bytes(&row);
            self.added.push(publication);
        }
        if let Some(last) = self.added.last() {
            self.entry.head.last = last.clone();
        }
        Ok(bytes)
    }

    fn trim(
        &mut self,
        tables: &mut Tables<'_>,
        retention: &Retention,
        now: Millis,
        budget: u64,
    ) -> Result<u64, redb::Error> {
        self.log().trim(&mut tables.history, retention, now, budget)
    }

    /// Deletes blocks of rollup that are older than `cutoff`. Returns their number.
    fn expire(&mut self, tables: &mut Tables<'_>, cutoff: Millis, budget: u64) -> Result<u64, redb::Error> {
        self.entry.rolled.expire(&mut tables.rollups, self.entry.number, cutoff, budget)
    }

    /// Deletes the oldest rows or blocks of rollup, of which there are more, until at least `bytes` bytes are deleted.
    fn shrink(&mut self, tables: &mut Tables<'_>, bytes: u64, budget: u64) -> Result<u64, redb::Error> {
        let Entry { number, rolled, bytes: rows, .. } = &mut self.entry;
        if rolled.bytes > *rows {
            let removed = rolled.shrink(&mut tables.rollups, *number, bytes, budget)?;
            if removed > 0 {
                return Ok(removed);
            }
        }
        self.log().shrink(&mut tables.history, bytes, budget)
    }

    fn log(&mut self) -> Log<'_> {
        let Entry { number, head, oldest, bytes, rolled, .. } = &mut self.entry;
        Log { number: *number, head: head.last.offset, rolled: rolled.until, oldest, bytes }
    }
}

/// Returns the maximum number of rows of a topic that are deleted together with an append of `rows` publications. It is
/// higher than `rows`, so that a log that is too long becomes shorter. It is low enough that no single append has to
/// delete the rows of a whole day.
fn trim_budget(rows: u64) -> u64 {
    2 * rows + 16
}

fn repeat(head: &Head, offset: u64) -> Appended {
    Appended { position: Position::new(head.epoch.clone(), offset), repeated: true }
}

fn stale(producer: &Producer, last: u64) -> AppendError {
    AppendError::StaleSequence { producer: producer.id.clone(), seq: producer.seq, last }
}

fn change(head: &Head, items: Vec<Publication>, sends_meta: bool) -> Change {
    let meta = sends_meta.then(|| head.meta.clone());
    Change { topic: head.topic.clone(), epoch: head.epoch.clone(), items, meta, ended: false }
}

fn unwritable(error: serde_json::Error) -> redb::Error {
    redb::Error::Io(error.into())
}
