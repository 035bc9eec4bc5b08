//! Appends that are committed together.

use std::collections::BTreeMap;

use backend_core::ports::{Append, AppendError, Appended, Change, Head, Unavailable};
use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Millis, Position, Publication, Topic, TopicMeta, limits};

use super::Retention;
use super::index::{Entry, Index};
use super::producers::{self, Seen};
use super::retention::{Log, Oldest, trim};
use super::tables::{StoredHead, Tables, encode_row};

/// How an append went, if the group is committed.
pub type Outcome = Result<Appended, AppendError>;

/// Rows that one sweep deletes at most, so that publishers do not wait long behind it.
const SWEEP_ROWS: u64 = 10_000;

/// Bytes of rows after which a group takes no more, so that its commit does not make the first wait long.
const GROUP_BYTES: usize = 1024 * 1024;

/// One write transaction in the making.
///
/// Nothing outside of it changes before [`Group::finish`] and the commit, so dropping it undoes it.
pub struct Group<'t> {
    tables: Tables<'t>,
    index: &'t Index,
    retention: Retention,
    drafts: BTreeMap<Topic, Draft>,
    new_topics: u32,
    bytes: usize,
}

/// A topic with what the group adds to it.
struct Draft {
    entry: Entry,
    added: Vec<Publication>,
    /// The topic is new or its metadata changed.
    tells_meta: bool,
}

/// What a group changes once it is committed.
#[derive(Debug, Default)]
pub struct Committed {
    /// Topics as they are then.
    pub entries: Vec<Entry>,
    /// One for each topic that was published to.
    pub changes: Vec<Change>,
}

impl<'t> Group<'t> {
    pub fn new(tables: Tables<'t>, index: &'t Index, retention: Retention) -> Self {
        Self { tables, index, retention, drafts: BTreeMap::new(), new_topics: 0, bytes: 0 }
    }

    /// Whether it should be committed before it takes more.
    pub fn is_full(&self) -> bool {
        self.bytes >= GROUP_BYTES
    }

    /// Whether there is nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }

    /// Adds to a log. An error of redb spoils the whole group; a refusal leaves it as it was.
    pub fn append(&mut self, append: Append) -> Result<Outcome, redb::Error> {
        match self.judge(&append)? {
            Some(outcome) => Ok(outcome),
            None => self.write(append).map(Ok),
        }
    }

    /// Deletes rows that retention drops at `now`, of topics that nobody publishes to as well. Answers how
    /// many, and whether more are left.
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

    /// Writes the heads; what is returned holds once the transaction is committed.
    pub fn finish(mut self) -> Result<Committed, redb::Error> {
        let mut committed = Committed::default();
        for draft in self.drafts.into_values() {
            let Draft { entry, added, tells_meta } = draft;
            if !added.is_empty() {
                let head =
                    serde_json::to_vec(&StoredHead::new(entry.number, &entry.head)).map_err(unwritable)?;
                self.tables.heads.insert(entry.head.topic.as_str(), head.as_slice())?;
                committed.changes.push(change(&entry.head, added, tells_meta));
            }
            committed.entries.push(entry);
        }
        Ok(committed)
    }

    /// What there is to say without writing; `None` if it is to be written.
    fn judge(&self, append: &Append) -> Result<Option<Outcome>, redb::Error> {
        if append.items.is_empty() {
            return Ok(Some(Err(Unavailable::new("an append without items").into())));
        }
        let Some(entry) = self.entry(&append.topic) else { return Ok(self.judge_new_topic()) };
        let Some(producer) = &append.producer else { return Ok(None) };
        Ok(match producers::look_up(&self.tables.producers, entry.number, producer)? {
            Seen::Never => None,
            Seen::Last(offset) => Some(Ok(repeat(&entry.head, offset))),
            Seen::TooLate(last) => Some(Err(stale(producer, last))),
        })
    }

    fn judge_new_topic(&self) -> Option<Outcome> {
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

    /// The topic as this group has it so far, to be put back.
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
        Self { entry: entry.clone(), added: Vec::new(), tells_meta: false }
    }

    fn new(number: u32, topic: Topic, epoch: Epoch, now: Millis) -> Self {
        let last = Publication { offset: 0, ts: now, received_at: now, data: serde_json::Value::Null };
        let head = Head { topic, epoch, last, meta: TopicMeta::default() };
        let oldest = Oldest { offset: 1, received_at: now };
        Self { entry: Entry { number, head, oldest }, added: Vec::new(), tells_meta: true }
    }

    fn put_meta(&mut self, newer: Option<TopicMeta>) {
        let Some(newer) = newer else { return };
        let merged = self.entry.head.meta.clone().merged(newer);
        self.tells_meta |= merged != self.entry.head.meta;
        self.entry.head.meta = merged;
    }

    /// Writes the items behind the head; answers how many bytes they took.
    fn add(&mut self, tables: &mut Tables<'_>, items: Vec<Item>, now: Millis) -> Result<usize, redb::Error> {
        let before = self.entry.head.last.offset;
        if self.entry.oldest.offset > before {
            self.entry.oldest.received_at = now;
        }
        let mut bytes = 0;
        for (offset, item) in (before + 1..).zip(items) {
            let publication =
                Publication { offset, ts: item.ts.unwrap_or(now), received_at: now, data: item.data };
            let row = encode_row(&publication).map_err(unwritable)?;
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

/// Rows deleted with an append of so many items: more than it adds, so that a log that is too long shrinks,
/// and few enough that no append pays for a day.
fn trim_budget(items: usize) -> u64 {
    2 * items as u64 + 16
}

fn repeat(head: &Head, offset: u64) -> Appended {
    Appended { position: Position::new(head.epoch.clone(), offset), repeated: true }
}

fn stale(producer: &Producer, last: u64) -> AppendError {
    AppendError::StaleSequence { producer: producer.id.clone(), seq: producer.seq, last }
}

fn change(head: &Head, items: Vec<Publication>, tells_meta: bool) -> Change {
    let meta = tells_meta.then(|| head.meta.clone());
    Change { topic: head.topic.clone(), epoch: head.epoch.clone(), items, meta }
}

fn unwritable(error: serde_json::Error) -> redb::Error {
    redb::Error::Io(error.into())
}
