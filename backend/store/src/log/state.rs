//! The state that the writer thread shares with the readers: the open file, the newest publication of each topic, the
//! clocks, and the reason why the disk cannot be written.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};

use backend_core::DiskTrouble;
use backend_core::lock::{lock, read, write};
use backend_core::ports::Unavailable;
use backend_core::trusted_time::{Reading, Remembered, Times, TrustedTime};
use redb::Database;
use shared::{Millis, Topic};

use super::files::Opened;
use super::index::{Entry, Index};
use super::unrolled::Unrolled;
use backend_core::Retention;

/// The state that the writer thread shares with the readers: the open file, the newest publication of each topic, the
/// clocks, and the reason why the disk cannot be written.
pub struct State {
    retention: Retention,
    file: RwLock<File>,
    index: RwLock<Index>,
    time: Mutex<Time>,
    trouble: RwLock<Option<DiskTrouble>>,
    unrolled: Unrolled,
}

/// The open file of the store, or the reason why it is not open.
pub enum File {
    /// The file is open for reading and writing. Several readers can use it at the same time. Closing the file waits
    /// until they have finished.
    Open(Database),
    /// The file is open for reading only, because it could not be written. The text is the reason.
    ReadOnly(Database, String),
    /// The file is closed, or it failed and cannot even be read. The text is the reason.
    Shut(String),
}

impl File {
    /// Returns the database for reading, or an error if the file is closed.
    pub fn database(&self) -> Result<&Database, redb::Error> {
        match self {
            Self::Open(db) | Self::ReadOnly(db, _) => Ok(db),
            Self::Shut(_) => Err(redb::Error::DatabaseClosed),
        }
    }

    /// Returns the error for a caller that needs the file while it cannot be used.
    fn unavailable(&self) -> Unavailable {
        match self {
            Self::Open(_) => Unavailable::new("the store has just been opened again: try again"),
            Self::ReadOnly(_, reason) | Self::Shut(reason) => Unavailable::new(reason),
        }
    }
}

/// Computes times without jumps from readings of the clocks, and keeps the result for the last reading.
#[derive(Debug)]
struct Time {
    trusted: TrustedTime,
    /// The times for the last reading of the clocks; `None` before the first reading. Without a reading, the time that
    /// a caller passes is used.
    last: Option<Times>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (is_open, topics) = (self.is_open(), self.index().len());
        f.debug_struct("State").field("is_open", &is_open).field("topics", &topics).finish()
    }
}

impl State {
    /// Creates the state of a store whose file is open for writing.
    pub fn new(retention: Retention, opened: Opened) -> Self {
        let Opened { db, index, remembered } = opened;
        let trusted = TrustedTime::new(retention.max_age_ms, remembered);
        Self {
            retention,
            file: RwLock::new(File::Open(db)),
            index: RwLock::new(index),
            time: Mutex::new(Time { trusted, last: None }),
            trouble: RwLock::new(None),
            unrolled: Unrolled::default(),
        }
    }

    /// Creates the state of a store whose file is open for reading only, because of `trouble`.
    pub fn new_for_reading(retention: Retention, opened: Opened, trouble: DiskTrouble) -> Self {
        let state = Self::new(retention, opened);
        if let File::Open(db) = std::mem::replace(&mut *write(&state.file), File::Shut(String::new())) {
            state.resume_reading(db, &trouble.to_string());
        }
        state.set_trouble(Some(trouble));
        state
    }

    pub fn retention(&self) -> Retention {
        self.retention
    }

    /// Takes a reading of the clocks, and returns the times to use, in which jumps of the wall clock are corrected.
    pub fn time(&self, reading: Reading) -> Times {
        let mut time = lock(&self.time);
        let times = time.trusted.read(reading);
        time.last = Some(times);
        times
    }

    /// Returns the time with which the age of publications is computed, for a call with the time `now`. It is never
    /// later than `now`.
    pub fn retention_now(&self, now: Millis) -> Millis {
        lock(&self.time).last.map_or(now, |times| times.retention_ms.min(now))
    }

    /// Returns the times of the clocks that are stored with the next commit, so that they are known after a restart.
    /// Returns `None` if there was no reading.
    pub fn remember(&self) -> Option<Remembered> {
        lock(&self.time).trusted.remember()
    }

    /// Returns the reason why nothing can be appended; `None` if appends are possible.
    pub fn trouble(&self) -> Option<DiskTrouble> {
        read(&self.trouble).clone()
    }

    /// Sets the reason why nothing can be appended; `None` if appends are possible.
    pub fn set_trouble(&self, trouble: Option<DiskTrouble>) {
        *write(&self.trouble) = trouble;
    }

    /// Returns the heads (newest publications and metadata) of all topics as of the last commit, locked for reading.
    pub fn index(&self) -> RwLockReadGuard<'_, Index> {
        read(&self.index)
    }

    /// Returns the store's file, locked for reading. It is not closed while the returned guard exists.
    pub fn file(&self) -> RwLockReadGuard<'_, File> {
        read(&self.file)
    }

    /// Returns true if the store's file is open for writing.
    pub fn is_open(&self) -> bool {
        matches!(*self.file(), File::Open(_))
    }

    /// Returns true if the store's file is open for reading, or for reading and writing.
    pub fn is_readable(&self) -> bool {
        !matches!(*self.file(), File::Shut(_))
    }

    /// Returns the error for a caller that needs the file while it is not open.
    pub fn unavailable(&self) -> Unavailable {
        self.file().unavailable()
    }

    /// Calls `query` with the store's open file and returns its result. redb panics if another program has changed the
    /// file. Such a panic is returned as an error.
    pub fn read<T>(&self, query: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, Unavailable> {
        let file = self.file();
        let db = file.database().map_err(|_| file.unavailable())?;
        let answer = catch_unwind(AssertUnwindSafe(|| query(db)));
        let answer = answer
            .map_err(|_| Unavailable::new("the file of the store is damaged: it contradicts itself"))?;
        answer.map_err(Unavailable::new)
    }

    /// Replaces the newest publications of topics in memory by those of a commit, so that readers see them.
    pub fn publish(&self, entries: Vec<Entry>) {
        let unrolled: Vec<Topic> = entries.iter().filter_map(unrolled).collect();
        let mut index = write(&self.index);
        entries.into_iter().for_each(|entry| index.put(entry));
        drop(index);
        self.unrolled.add(unrolled);
    }

    /// Returns the topics that have complete blocks without rollup.
    pub fn unrolled(&self) -> &Unrolled {
        &self.unrolled
    }

    /// Finds the topics that have complete blocks without rollup, after the file was opened.
    pub fn find_unrolled(&self) {
        let unrolled: Vec<Topic> = self.index().entries().filter_map(|entry| unrolled(entry)).collect();
        self.unrolled.add(unrolled);
    }

    /// Removes a deleted topic from memory, so that it can no longer be read.
    pub fn forget(&self, topic: &Topic) {
        write(&self.index).remove(topic);
    }

    /// Returns at most `limit` topics that have to be deleted at `now`, because their history is empty and nobody has
    /// published to them for long. Each is returned with the offset at which its log ends.
    pub fn idle(&self, now: Millis, limit: usize) -> Vec<(Topic, u64)> {
        let (retention, now) = (self.retention(), self.retention_now(now));
        let index = self.index();
        let is_idle = |entry: &&Arc<Entry>| {
            let (head, last) = (&entry.head, &entry.head.last);
            retention.forgets(&head.meta, last.received_at, entry.oldest.offset > last.offset, now)
        };
        let idle = index.entries().filter(is_idle).take(limit);
        idle.map(|entry| (entry.head.topic.clone(), entry.head.last.offset)).collect()
    }

    /// Closes the store's file for the moment. It can be opened again with [`State::resume`]. `reason` is the text of
    /// the error for callers in the meantime.
    pub fn shut(&self, reason: &str) {
        self.put(File::Shut(reason.into()));
    }

    /// Closes the store's file when the store itself is closed. Later reads of history fail.
    pub fn close(&self) {
        self.unrolled.close();
        self.shut("the store is closed");
    }

    /// Sets the store's file, which was opened again after a failure. The heads that were read from the file replace
    /// those in memory, because only the file shows whether the last commit reached the disk.
    pub fn resume(&self, opened: Opened) {
        *write(&self.index) = opened.index;
        self.put(File::Open(opened.db));
        self.find_unrolled();
    }

    /// Sets the store's file, which is open for reading only. `reason` says why it cannot be written. The heads in
    /// memory are kept, so that readers do not get a publication that was not acknowledged, although it may have
    /// reached the disk.
    pub fn resume_reading(&self, db: Database, reason: &str) {
        self.put(File::ReadOnly(db, reason.into()));
    }

    fn put(&self, file: File) {
        *write(&self.file) = file;
    }
}

/// Returns the entry's topic if the topic has complete blocks without rollup.
fn unrolled(entry: &Entry) -> Option<Topic> {
    entry.unrolled_from().map(|_| entry.head.topic.clone())
}
