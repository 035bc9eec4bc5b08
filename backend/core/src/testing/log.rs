//! A fake of [`TopicLog`], in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use shared::{Epoch, Filter, Millis, Position, Publication, Topic, TopicMeta, limits};

use super::Keep;
use crate::lock::lock;
use crate::ports::{
    Append, AppendError, Appended, Change, ForgetSilent, Head, Page, ReadFrom, TopicLog, Unavailable,
};
use crate::producers::{Producers, Seen};
use crate::retention::Retention;
use crate::rollup::{Block, Level};

/// A fake of [`TopicLog`], which keeps the logs in memory. Its methods can be made to fail. Clones share the same logs.
#[derive(Clone)]
pub struct FakeLog {
    keep: Keep,
    topics: Arc<Mutex<BTreeMap<Topic, Log>>>,
    changes: Arc<Mutex<Vec<Change>>>,
    recorded: Arc<Mutex<Vec<Change>>>,
    unrecordable: Arc<Mutex<Option<Topic>>>,
    unforgettable: Arc<Mutex<Option<Topic>>>,
    broken: Arc<AtomicBool>,
    reads: Arc<AtomicUsize>,
    before_heads: Arc<Mutex<Option<Hook>>>,
}

type Hook = Box<dyn FnOnce(&FakeLog) + Send>;

struct Log {
    epoch: Epoch,
    owner: String,
    items: Vec<Publication>,
    /// Offsets of publications that are not in history. They are part of blocks all the same.
    lost: BTreeSet<u64>,
    /// Offsets of publications that the next call of [`TopicLog::stored`] does not find.
    unwritten: BTreeSet<u64>,
    meta: TopicMeta,
    producers: Producers,
}

impl Default for FakeLog {
    fn default() -> Self {
        Self::keeping(Keep::PLENTY)
    }
}

impl fmt::Debug for FakeLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeLog").field("keep", &self.keep).finish_non_exhaustive()
    }
}

impl FakeLog {
    /// Creates a fake without topics, whose history has these limits.
    pub fn keeping(keep: Keep) -> Self {
        Self {
            keep,
            topics: Arc::default(),
            changes: Arc::default(),
            recorded: Arc::default(),
            unrecordable: Arc::default(),
            unforgettable: Arc::default(),
            broken: Arc::default(),
            reads: Arc::default(),
            before_heads: Arc::default(),
        }
    }

    /// Makes all later calls of the trait's methods fail if `broken` is true, and work if it is false.
    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    /// Makes later writes to the history of `topic` fail. With `None`, all writes work again.
    pub fn refuse_to_record(&self, topic: Option<Topic>) {
        *lock(&self.unrecordable) = topic;
    }

    /// Makes later calls of [`ForgetSilent::forget_if_silent`] for `topic` fail; with `None`, none.
    pub fn refuse_to_forget(&self, topic: Option<Topic>) {
        *lock(&self.unforgettable) = topic;
    }

    /// Makes the next call of [`TopicLog::stored`] behave as if these publications of `topic` were written to history while it reads, at
    /// places that it has passed.
    pub fn write_late(&self, topic: &Topic, offsets: impl IntoIterator<Item = u64>) {
        if let Some(log) = lock(&self.topics).get_mut(topic) {
            log.unwritten.extend(offsets);
        }
    }

    /// Returns the number of calls of [`TopicLog::read`] so far.
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    /// Makes reads after an offset behave as if these publications of `topic` had been lost before they were written to history.
    pub fn lose(&self, topic: &Topic, offsets: impl IntoIterator<Item = u64>) {
        if let Some(log) = lock(&self.topics).get_mut(topic) {
            log.lost.extend(offsets);
        }
    }

    /// Calls `hook` once, at the beginning of the next call of [`TopicLog::heads`].
    pub fn before_heads(&self, hook: impl FnOnce(&Self) + Send + 'static) {
        *lock(&self.before_heads) = Some(Box::new(hook));
    }

    /// Returns the changes that appends have made since the last call of this function, in order.
    pub fn take_changes(&self) -> Vec<Change> {
        std::mem::take(&mut lock(&self.changes))
    }

    /// Returns all changes that were passed to [`TopicLog::record`], in order.
    pub fn recorded(&self) -> Vec<Change> {
        lock(&self.recorded).clone()
    }

    /// Does the same as [`TopicLog::append`], but is not an async function.
    ///
    /// # Errors
    ///
    /// The same errors as [`TopicLog::append`].
    pub fn append_now(&self, append: Append) -> Result<Appended, AppendError> {
        self.check()?;
        let mut topics = lock(&self.topics);
        if !topics.contains_key(&append.topic) {
            if topics.len() >= limits::TOPICS {
                return Err(AppendError::TooManyTopics { limit: limits::TOPICS });
            }
            let (principal, limit) = (append.principal.clone(), append.principal_topics);
            if topics.values().filter(|log| log.owner == principal).count() >= limit {
                return Err(AppendError::TooManyTopicsOfPrincipal { principal, limit });
            }
        }
        let topic = append.topic.clone();
        let log = topics
            .entry(topic)
            .or_insert_with(|| Log::new(append.new_epoch.clone(), append.principal.clone()));
        let (appended, change) = log.append(append)?;
        lock(&self.changes).extend(change);
        Ok(appended)
    }

    fn check(&self) -> Result<(), Unavailable> {
        if self.broken.load(Ordering::SeqCst) { Err(Unavailable::new("made to fail")) } else { Ok(()) }
    }
}

impl TopicLog for FakeLog {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.append_now(append)
    }

    async fn record(&self, change: &Change) -> Result<(), Unavailable> {
        self.check()?;
        if lock(&self.unrecordable).as_ref() == Some(&change.topic) {
            return Err(Unavailable::new("made to fail"));
        }
        lock(&self.recorded).push(change.clone());
        Ok(())
    }

    async fn forget(&self, topic: &Topic) -> Result<bool, Unavailable> {
        self.check()?;
        let Some(log) = lock(&self.topics).remove(topic) else { return Ok(false) };
        let (topic, epoch) = (topic.clone(), log.epoch);
        lock(&self.changes).push(Change { topic, epoch, items: Vec::new(), meta: None, ended: true });
        Ok(true)
    }

    async fn head(&self, topic: &Topic) -> Result<Option<Head>, Unavailable> {
        self.check()?;
        Ok(lock(&self.topics).get(topic).and_then(|log| log.head(topic)))
    }

    async fn heads(&self, filter: &Filter) -> Result<Vec<Head>, Unavailable> {
        self.check()?;
        let hook = lock(&self.before_heads).take();
        if let Some(hook) = hook {
            hook(self);
        }
        let topics = lock(&self.topics);
        let matching = topics.iter().filter(|(topic, _)| filter.matches(topic));
        Ok(matching.filter_map(|(topic, log)| log.head(topic)).collect())
    }

    async fn read(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> Result<Option<Page>, Unavailable> {
        self.check()?;
        self.reads.fetch_add(1, Ordering::SeqCst);
        Ok(lock(&self.topics).get(topic).map(|log| log.read(from, limit, self.keep, now)))
    }

    async fn blocks(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        level: Level,
        indices: Range<u64>,
        limit: usize,
        now: Millis,
    ) -> Result<Vec<(u64, Block)>, Unavailable> {
        self.check()?;
        let topics = lock(&self.topics);
        let Some(log) = topics.get(topic).filter(|log| log.epoch == *epoch) else { return Ok(Vec::new()) };
        let complete = indices.start..indices.end.min(level.complete(log.items.len() as u64));
        let blocks = complete.filter_map(|index| Some((index, log.block(level, index)?)));
        Ok(blocks.filter(|(_, block)| block.received.1 >= now - self.keep.age_ms).take(limit).collect())
    }

    async fn stored(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        after: u64,
        limit: usize,
        now: Millis,
    ) -> Result<Vec<Publication>, Unavailable> {
        self.check()?;
        let mut topics = lock(&self.topics);
        let Some(log) = topics.get_mut(topic).filter(|log| log.epoch == *epoch) else {
            return Ok(Vec::new());
        };
        Ok(log.stored(after, limit, self.keep, now))
    }
}

impl ForgetSilent for FakeLog {
    /// Forgets the topic if nobody has published to it for a week, whatever is left of its history.
    async fn forget_if_silent(&self, topic: &Topic, now: Millis) -> Result<bool, Unavailable> {
        if lock(&self.unforgettable).as_ref() == Some(topic) {
            return Err(Unavailable::new("made to fail"));
        }
        let Some(head) = self.head(topic).await? else { return Ok(false) };
        let is_due = Retention::default().forgets(&head.meta, head.last.received_at, true, now);
        if is_due { self.forget(topic).await } else { Ok(false) }
    }
}

impl Log {
    fn new(epoch: Epoch, owner: String) -> Self {
        let (items, lost, unwritten) = Default::default();
        let (meta, producers) = Default::default();
        Self { epoch, owner, items, lost, unwritten, meta, producers }
    }

    fn append(&mut self, append: Append) -> Result<(Appended, Option<Change>), AppendError> {
        if let Some(appended) = self.repeated(&append)? {
            return Ok((appended, None));
        }
        let is_new = self.items.is_empty();
        let meta = self.meta.clone().merged(append.meta.unwrap_or_default());
        let tell_meta = is_new || meta != self.meta;
        self.meta = meta;
        let first = self.items.len();
        for item in append.items {
            self.items.push(Publication {
                offset: self.items.len() as u64 + 1,
                ts: item.ts.unwrap_or(append.received_at),
                received_at: append.received_at,
                data: item.data,
            });
        }
        let position = Position::new(self.epoch.clone(), self.items.len() as u64);
        if let Some(producer) = &append.producer {
            self.producers.remember(&append.principal, producer, position.offset, append.received_at);
        }
        let change = Change {
            topic: append.topic,
            epoch: self.epoch.clone(),
            items: self.items[first..].to_vec(),
            meta: tell_meta.then(|| self.meta.clone()),
            ended: false,
        };
        Ok((Appended { position, repeated: false }, Some(change)))
    }

    fn repeated(&mut self, append: &Append) -> Result<Option<Appended>, AppendError> {
        let Some(producer) = &append.producer else { return Ok(None) };
        match self.producers.look_up(&append.principal, producer) {
            Seen::Never => {
                let room = self.producers.make_room(&append.principal, producer, append.received_at);
                room.map(|()| None).map_err(AppendError::too_many_producers)
            }
            Seen::Last(offset) => {
                Ok(Some(Appended { position: Position::new(self.epoch.clone(), offset), repeated: true }))
            }
            Seen::TooLow(last) => {
                Err(AppendError::StaleSequence { producer: producer.id.clone(), seq: producer.seq, last })
            }
        }
    }

    fn head(&self, topic: &Topic) -> Option<Head> {
        let last = self.items.last()?.clone();
        Some(Head { topic: topic.clone(), epoch: self.epoch.clone(), last, meta: self.meta.clone() })
    }

    /// Computes a complete block from all publications of the log, which are never deleted here.
    fn block(&self, level: Level, index: u64) -> Option<Block> {
        match level.below() {
            Some(below) => {
                let parts = index * Level::FAN..(index + 1) * Level::FAN;
                Block::merged(&parts.filter_map(|part| self.block(below, part)).collect::<Vec<_>>())
            }
            None => {
                let offsets = level.offsets(index);
                Block::of(self.items.get(*offsets.start() as usize - 1..*offsets.end() as usize)?)
            }
        }
    }

    /// Returns the publications that are kept, and those of the last block, which is not complete.
    fn stored(&mut self, after: u64, limit: usize, keep: Keep, now: Millis) -> Vec<Publication> {
        let unwritten = std::mem::take(&mut self.unwritten);
        let head = self.items.len();
        let complete = Level::LOWEST.complete(head as u64) * Level::LOWEST.size();
        let oldest = head.saturating_sub(keep.items).min(complete as usize).max(after as usize);
        let kept = self.items.iter().skip(oldest).filter(|item| item.received_at >= now - keep.age_ms);
        let is_found = |offset: &u64| !self.lost.contains(offset) && !unwritten.contains(offset);
        kept.filter(|item| is_found(&item.offset)).take(limit).cloned().collect()
    }

    fn read(&self, from: ReadFrom, limit: usize, keep: Keep, now: Millis) -> Page {
        let kept: Vec<&Publication> = self.items[self.items.len().saturating_sub(keep.items)..]
            .iter()
            .skip_while(|item| item.received_at < now - keep.age_ms)
            .collect();
        let head = self.items.len() as u64;
        let mut oldest = kept.first().map_or(head + 1, |item| item.offset);
        let mut ends_at_loss = false;
        let chosen: Vec<&Publication> = match from {
            ReadFrom::After(offset) => {
                let is_left = |item: &&Publication| item.offset > offset && !self.lost.contains(&item.offset);
                let mut left: Vec<_> = kept.into_iter().filter(is_left).collect();
                let begin = offset.saturating_add(1).max(oldest);
                if let Some(first) = left.first().filter(|first| first.offset > begin) {
                    oldest = first.offset;
                }
                let whole = 1 + left.windows(2).take_while(|two| two[0].offset + 1 == two[1].offset).count();
                ends_at_loss = whole < left.len().min(limit);
                left.truncate(whole.min(limit));
                left
            }
            ReadFrom::Newest => newest(kept, limit),
            ReadFrom::ReceivedSince(time) => {
                newest(kept.into_iter().skip_while(|item| item.received_at < time).collect(), limit)
            }
        };
        let items = chosen.into_iter().cloned().collect();
        Page { epoch: self.epoch.clone(), items, head, oldest, ends_at_loss }
    }
}

fn newest(mut items: Vec<&Publication>, limit: usize) -> Vec<&Publication> {
    items.split_off(items.len().saturating_sub(limit))
}
