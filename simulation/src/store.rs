//! Simulates the server's store in memory: the logs of all topics, which can lose publications and fail on command. It
//! also contains the ledger of all publications that were ever in a log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use backend_core::DiskTrouble;
use backend_core::lock::lock;
use backend_core::ports::{
    Append, AppendError, Appended, Change, Head, Page, ReadFrom, TopicLog, Unavailable,
};
use backend_core::producers::{Producers, Seen};
use shared::{Epoch, Filter, Millis, Position, Publication, Topic, TopicMeta};

use crate::plan::{Platform, Setting, StoreFault};
use crate::ports::pause;

/// Every publication that was ever in a log, by topic and epoch. It also contains those that the store has deleted or
/// lost.
pub type Ledger = BTreeMap<(Topic, Epoch), Vec<Publication>>;

/// The simulated store: the current logs, and the ledger of all publications that were ever in a log.
#[derive(Debug)]
pub struct Store {
    /// Current kind of failure.
    pub fault: StoreFault,
    /// Changes of logs that the server has not broadcast to subscribers yet, in order.
    pub changes: Vec<Change>,
    ledger: Ledger,
    logs: BTreeMap<Topic, Log>,
    keep_items: u64,
    keep_age_ms: Millis,
    /// True if publications are written to history by the broadcast; false if they are written together with the
    /// append.
    records_later: bool,
}

#[derive(Debug)]
struct Log {
    epoch: Epoch,
    items: Vec<Publication>,
    meta: TopicMeta,
    producers: Producers,
    /// Lowest offset that was not deleted by [`Store::evict`].
    oldest: u64,
    /// Highest offset that was written to history.
    recorded: u64,
}

impl Store {
    /// Creates a store without logs, for a simulated run with these settings.
    pub fn new(setting: &Setting) -> Self {
        Self {
            fault: StoreFault::None,
            changes: Vec::new(),
            ledger: Ledger::new(),
            logs: BTreeMap::new(),
            keep_items: setting.keep_items,
            keep_age_ms: setting.keep_age_ms,
            records_later: setting.platform == Platform::Cloud,
        }
    }

    /// Returns every publication that was ever in a log, by topic and epoch.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Returns each topic that has a log, with the position of the log's end.
    pub fn ends(&self) -> impl Iterator<Item = (&Topic, Position)> {
        self.logs.iter().map(|(topic, log)| (topic, log.end()))
    }

    /// Returns true if the publication at the position `place` can no longer be read, because it was deleted or its log
    /// was lost.
    pub fn is_lost(&self, topic: &Topic, place: &Position, now: Millis) -> bool {
        let log = self.logs.get(topic).filter(|log| log.epoch == place.epoch);
        log.is_none_or(|log| place.offset < self.oldest(log, now))
    }

    /// Returns the names of the producers that the log of a topic remembers.
    pub fn producer_ids(&self, topic: &Topic) -> Vec<String> {
        self.logs.get(topic).map(|log| log.producers.ids()).unwrap_or_default()
    }

    fn forget(&mut self, topic: &Topic) -> bool {
        let Some(log) = self.logs.remove(topic) else { return false };
        let (topic, epoch) = (topic.clone(), log.epoch);
        self.changes.push(Change { topic, epoch, items: Vec::new(), meta: None, ended: true });
        true
    }

    /// Deletes the log of a topic, as if the store had lost it. The next publication starts a new log.
    pub fn reset(&mut self, topic: &Topic) {
        self.logs.remove(topic);
    }

    /// Deletes every log, and the changes that were not broadcast yet.
    pub fn reset_all(&mut self) {
        self.logs.clear();
        self.changes.clear();
    }

    /// Deletes all publications of a topic from history except the newest `keep`.
    pub fn evict(&mut self, topic: &Topic, keep: u64) {
        if let Some(log) = self.logs.get_mut(topic) {
            log.oldest = log.oldest.max((log.recorded + 1).saturating_sub(keep));
        }
    }

    fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        let at_once = !self.records_later;
        let log = self.logs.entry(append.topic.clone()).or_insert_with(|| Log::new(append.new_epoch.clone()));
        if let Some(appended) = log.repeated(&append)? {
            return Ok(appended);
        }
        let change = log.append(append);
        if at_once {
            log.recorded = log.end().offset;
        }
        let position = log.end();
        let key = (change.topic.clone(), change.epoch.clone());
        self.ledger.entry(key).or_default().extend(change.items.iter().cloned());
        self.changes.push(change);
        Ok(Appended { position, repeated: false })
    }

    fn record(&mut self, change: &Change) {
        let last = change.items.last().map_or(0, |item| item.offset);
        if let Some(log) = self.logs.get_mut(&change.topic).filter(|log| log.epoch == change.epoch) {
            log.recorded = log.recorded.max(last);
        }
    }

    fn oldest(&self, log: &Log, now: Millis) -> u64 {
        let by_count = (log.recorded + 1).saturating_sub(self.keep_items);
        let is_old = |item: &&Publication| item.received_at < now - self.keep_age_ms;
        let by_age = log.items.iter().take_while(is_old).count() as u64 + 1;
        log.oldest.max(by_count).max(by_age)
    }

    fn read(&self, log: &Log, from: ReadFrom, limit: usize, now: Millis) -> Page {
        let oldest = self.oldest(log, now);
        let kept = log.items.iter().filter(|item| (oldest..=log.recorded).contains(&item.offset));
        let mut items: Vec<Publication> = match from {
            ReadFrom::After(offset) => {
                kept.filter(|item| item.offset > offset).take(limit).cloned().collect()
            }
            ReadFrom::Newest => kept.cloned().collect(),
            ReadFrom::ReceivedSince(time) => kept.filter(|item| item.received_at >= time).cloned().collect(),
        };
        let items = items.split_off(items.len().saturating_sub(limit));
        Page { epoch: log.epoch.clone(), items, head: log.end().offset, oldest, ends_at_loss: false }
    }

    fn check(&self) -> Result<(), Unavailable> {
        if self.fault == StoreFault::Refuses { Err(Unavailable::new("made to fail")) } else { Ok(()) }
    }
}

impl Log {
    fn new(epoch: Epoch) -> Self {
        let (items, meta, producers) = Default::default();
        Self { epoch, items, meta, producers, oldest: 1, recorded: 0 }
    }

    fn end(&self) -> Position {
        Position::new(self.epoch.clone(), self.items.len() as u64)
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
                let (producer, seq) = (producer.id.clone(), producer.seq);
                Err(AppendError::StaleSequence { producer, seq, last })
            }
        }
    }

    fn append(&mut self, append: Append) -> Change {
        let Append { topic, items, producer, meta, received_at, principal, .. } = append;
        let is_new = self.items.is_empty();
        self.meta = std::mem::take(&mut self.meta).merged(meta.unwrap_or_default());
        let first = self.items.len();
        for item in items {
            let offset = self.items.len() as u64 + 1;
            self.items.push(Publication {
                offset,
                ts: item.ts.unwrap_or(received_at),
                received_at,
                data: item.data,
            });
        }
        if let Some(producer) = producer {
            let end = self.end().offset;
            self.producers.remember(&principal, &producer, end, received_at);
        }
        let (epoch, items) = (self.epoch.clone(), self.items[first..].to_vec());
        Change { topic, epoch, items, meta: is_new.then(|| self.meta.clone()), ended: false }
    }

    fn head(&self, topic: &Topic) -> Option<Head> {
        let last = self.items.last()?.clone();
        Some(Head { topic: topic.clone(), epoch: self.epoch.clone(), last, meta: self.meta.clone() })
    }
}

/// A handle to the simulated store. The world (the simulation itself) and the server share the store.
#[derive(Debug, Clone)]
pub struct SharedStore(Arc<Mutex<Store>>);

impl SharedStore {
    /// Creates a handle to `store`.
    pub fn new(store: Store) -> Self {
        Self(Arc::new(Mutex::new(store)))
    }

    /// Locks the store and returns it.
    pub fn lock(&self) -> MutexGuard<'_, Store> {
        lock(&self.0)
    }
}

impl TopicLog for SharedStore {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        pause().await;
        let mut store = self.lock();
        store.check()?;
        if store.fault == StoreFault::Full {
            return Err(DiskTrouble::Full { free_bytes: 0, reserve_bytes: 1 }.into());
        }
        let appended = store.append(append);
        match store.fault {
            StoreFault::LosesAnswers => Err(Unavailable::new("the answer was lost").into()),
            StoreFault::None | StoreFault::Refuses | StoreFault::Full => appended,
        }
    }

    async fn record(&self, change: &Change) -> Result<(), Unavailable> {
        pause().await;
        let mut store = self.lock();
        store.check()?;
        store.record(change);
        Ok(())
    }

    async fn forget(&self, topic: &Topic) -> Result<bool, Unavailable> {
        pause().await;
        let mut store = self.lock();
        store.check()?;
        Ok(store.forget(topic))
    }

    async fn head(&self, topic: &Topic) -> Result<Option<Head>, Unavailable> {
        pause().await;
        let store = self.lock();
        store.check()?;
        Ok(store.logs.get(topic).and_then(|log| log.head(topic)))
    }

    async fn heads(&self, filter: &Filter) -> Result<Vec<Head>, Unavailable> {
        pause().await;
        let store = self.lock();
        store.check()?;
        let matching = store.logs.iter().filter(|(topic, _)| filter.matches(topic));
        Ok(matching.filter_map(|(topic, log)| log.head(topic)).collect())
    }

    async fn read(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> Result<Option<Page>, Unavailable> {
        pause().await;
        let store = self.lock();
        store.check()?;
        Ok(store.logs.get(topic).map(|log| store.read(log, from, limit, now)))
    }
}
