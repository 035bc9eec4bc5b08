//! Group commit: appends that are committed together, with one sync of the disk.
//!
//! A sync takes milliseconds, and everything else an append needs takes microseconds. So the writer (`writer.rs`) puts all
//! appends that wait into one group, and acknowledges them after its commit. For example, while the previous commit is
//! being synced, three appends arrive: two publications for topic `a` (whose head is 7), one for `b` (new), and a
//! repeat of a request that `a` already has at offset 6.
//!
//! 1. The first append makes a draft of `a` from the index, writes rows 8 and 9 and moves the head of the draft to 9. Its
//!    outcome, position 9, is noted and not yet sent.
//! 2. The second makes a draft of `b` with a new number and the epoch that the request offers, and writes row 1.
//! 3. The third finds its `seq` in the table of producers. Its outcome is position 6, marked as repeated; nothing is written.
//! 4. `finish` writes one head for each of `a` and `b`, and answers with one change for each.
//! 5. The writer commits the transaction (one sync), makes the drafts visible to readers, sends the three outcomes, and
//!    passes the changes on to be broadcast.
//!
//! If the commit fails, the drafts are dropped, readers never saw them, and all three callers get an error.

use std::collections::BTreeMap;

use backend_core::ports::{Append, AppendError, Appended, Change, Head, Unavailable};
use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Millis, Position, Publication, Topic, TopicMeta, limits};

use super::index::{Entry, Index};
use super::producers::{self, Seen};
use super::retention::{Log, Oldest, trim};
use super::tables::{StoredHead, Tables, encode_row};
use backend_core::Retention;

/// Outcome of an append, which holds once the group is committed.
pub type Outcome = Result<Appended, AppendError>;

/// Largest number of rows that one sweep deletes, so that publishers do not wait long for it.
const SWEEP_ROWS: u64 = 10_000;

/// Size of rows in bytes at which a group takes no more, so that its first append does not wait long for the commit.
const GROUP_BYTES: usize = 1024 * 1024;

/// A write transaction that has not been committed yet.
///
/// Nothing outside of it changes before [`Group::finish`] and the commit, so that dropping it undoes everything.
pub struct Group<'t> {
    tables: Tables<'t>,
    index: &'t Index,
    retention: Retention,
    drafts: BTreeMap<Topic, Draft>,
    new_topics: u32,
    bytes: usize,
}

/// A topic with the publications that the group adds to it.
struct Draft {
    entry: Entry,
    added: Vec<Publication>,
    /// True if the topic is new or its metadata has changed.
    sends_meta: bool,
}

/// The changes that a group makes once it is committed.
#[derive(Debug, Default)]
pub struct Committed {
    /// The topics after the commit.
    pub entries: Vec<Entry>,
    /// One change for each topic that was published to.
    pub changes: Vec<Change>,
}

impl<'t> Group<'t> {
    pub fn new(tables: Tables<'t>, index: &'t Index, retention: Retention) -> Self {
        Self { tables, index, retention, drafts: BTreeMap::new(), new_topics: 0, bytes: 0 }
    }

    /// True if the group should be committed before it takes more.
    pub fn is_full(&self) -> bool {
        self.bytes >= GROUP_BYTES
    }

    /// True if there is nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }

    /// Appends to a log. After an error of redb the group cannot be used any more; a refusal leaves it as it was.
    pub fn append(&mut self, append: Append) -> Result<Outcome, redb::Error> {
        match self.outcome_without_write(&append)? {
            Some(outcome) => Ok(outcome),
            None => self.write(append).map(Ok),
        }
    }

    /// Deletes rows that retention drops at `now`, also of topics to which nobody publishes. Answers with their number,
    /// and with true if more are left.
    pub fn sweep(&mut self, now: Millis) -> Result<(u64, bool), redb::Error> {
        let (index, retention) = (self.index, self.retention);
        let is_due = |entry: &Entry| entry.oldest.is_beyond(&retention, entry.head.last.offset, now);
        let mut removed = 0;
        for entry in index.entries().filter(|entry| is_due(entry)) {
            let draft = self.drafts.entry(entry.head.topic.clone()).or_insert_with(|| Draft::of(entry));
            removed += draft.trim(&mut self.tables, &retention, now, SWEEP_ROWS - removed)?;
            if is_due(&draft.entry) {
                return Ok((removed, true));
            }
        }
        Ok((removed, false))
    }

    /// Writes the heads. The answer holds once the transaction is committed.
    pub fn finish(mut self) -> Result<Committed, redb::Error> {
        let mut committed = Committed::default();
        for draft in self.drafts.into_values() {
            let Draft { entry, added, sends_meta } = draft;
            if !added.is_empty() {
                let head =
                    serde_json::to_vec(&StoredHead::new(entry.number, &entry.head)).map_err(unwritable)?;
                self.tables.heads.insert(entry.head.topic.as_str(), head.as_slice())?;
                committed.changes.push(change(&entry.head, added, sends_meta));
            }
            committed.entries.push(entry);
        }
        Ok(committed)
    }

    /// The outcome of an append that needs no write: a refusal or a repeat. `None` if it has to be written.
    fn outcome_without_write(&self, append: &Append) -> Result<Option<Outcome>, redb::Error> {
        if append.items.is_empty() {
            return Ok(Some(Err(Unavailable::new("an append without items").into())));
        }
        let Some(entry) = self.entry(&append.topic) else { return Ok(self.refusal_of_new_topic()) };
        let Some(producer) = &append.producer else { return Ok(None) };
        Ok(match producers::look_up(&self.tables.producers, entry.number, producer)? {
            Seen::Never => None,
            Seen::Last(offset) => Some(Ok(repeat(&entry.head, offset))),
            Seen::TooLow(last) => Some(Err(stale(producer, last))),
        })
    }

    fn refusal_of_new_topic(&self) -> Option<Outcome> {
        let is_full = self.index.len() + self.new_topics as usize >= limits::TOPICS;
        is_full.then_some(Err(AppendError::TooManyTopics { limit: limits::TOPICS }))
    }

    fn entry(&self, topic: &Topic) -> Option<&Entry> {
        let draft = self.drafts.get(topic).map(|draft| &draft.entry);
        draft.or_else(|| self.index.get(topic).map(AsRef::as_ref))
    }

    fn write(&mut self, append: Append) -> Result<Appended, redb::Error> {
        let Append { topic, items, producer, meta, received_at, new_epoch } = append;
        let mut draft = self.draft(&topic, new_epoch, received_at);
        draft.put_meta(meta);
        let budget = trim_budget(items.len());
        self.bytes += draft.add(&mut self.tables, items, received_at)?;
        draft.trim(&mut self.tables, &self.retention, received_at, budget)?;
        let position = draft.entry.head.position();
        if let Some(producer) = producer {
            producers::remember(&mut self.tables.producers, draft.entry.number, &producer, position.offset)?;
        }
        self.drafts.insert(topic, draft);
        Ok(Appended { position, repeated: false })
    }

    /// Takes the topic as this group has it so far. The caller puts it back.
    fn draft(&mut self, topic: &Topic, new_epoch: Epoch, now: Millis) -> Draft {
        if let Some(draft) = self.drafts.remove(topic) {
            return draft;
        }
        if let Some(entry) = self.index.get(topic) {
            return Draft::of(entry);
        }
        let number = self.index.next_number() + self.new_topics;
        self.new_topics += 1;
        Draft::new(number, topic.clone(), new_epoch, now)
    }
}

impl Draft {
    fn of(entry: &Entry) -> Self {
        Self { entry: entry.clone(), added: Vec::new(), sends_meta: false }
    }

    fn new(number: u32, topic: Topic, epoch: Epoch, now: Millis) -> Self {
        let last = Publication { offset: 0, ts: now, received_at: now, data: serde_json::Value::Null.into() };
        let head = Head { topic, epoch, last, meta: TopicMeta::default() };
        let oldest = Oldest { offset: 1, received_at: now };
        Self { entry: Entry { number, head, oldest }, added: Vec::new(), sends_meta: true }
    }

    fn put_meta(&mut self, newer: Option<TopicMeta>) {
        let Some(newer) = newer else { return };
        let merged = self.entry.head.meta.clone().merged(newer);
        self.sends_meta |= merged != self.entry.head.meta;
        self.entry.head.meta = merged;
    }

    /// Writes the items after the head. Answers with their size in bytes.
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
        let log = Log { number: self.entry.number, head: self.entry.head.last.offset, now };
        trim(&mut tables.history, log, &mut self.entry.oldest, retention, budget)
    }
}

/// Largest number of rows that are deleted together with an append of so many items: more than it adds, so that a log that
/// is too long shrinks, and few enough that no single append has to delete a whole day.
fn trim_budget(items: usize) -> u64 {
    2 * items as u64 + 16
}

fn repeat(head: &Head, offset: u64) -> Appended {
    Appended { position: Position::new(head.epoch.clone(), offset), repeated: true }
}

fn stale(producer: &Producer, last: u64) -> AppendError {
    AppendError::StaleSequence { producer: producer.id.clone(), seq: producer.seq, last }
}

fn change(head: &Head, items: Vec<Publication>, sends_meta: bool) -> Change {
    let meta = sends_meta.then(|| head.meta.clone());
    Change { topic: head.topic.clone(), epoch: head.epoch.clone(), items, meta }
}

fn unwritable(error: serde_json::Error) -> redb::Error {
    redb::Error::Io(error.into())
}
