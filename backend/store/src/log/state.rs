//! The state that the writer and the readers share: the open file, the heads, the time, and the reason why the disk cannot
//! be written.

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
use backend_core::Retention;

/// The open file, the heads, the time, and the reason why the disk cannot be written.
pub struct State {
    retention: Retention,
    file: RwLock<File>,
    index: RwLock<Index>,
    time: Mutex<Time>,
    trouble: RwLock<Option<DiskTrouble>>,
}

/// The file, or the reason why it is not open.
pub enum File {
    /// The file is open. Readers share it; only closing waits for them.
    Open(Database),
    /// The file is open for reading only, because it could not be written. The text is the reason.
    ReadOnly(Database, String),
    /// The file is closed, or failed. The text is the reason.
    Shut(String),
}

impl File {
    /// Returns the database for reading.
    pub fn database(&self) -> Result<&Database, redb::Error> {
        match self {
            Self::Open(db) | Self::ReadOnly(db, _) => Ok(db),
            Self::Shut(_) => Err(redb::Error::DatabaseClosed),
        }
    }

    /// Returns the error for a call that needs the file while it cannot be used.
    fn unavailable(&self) -> Unavailable {
        match self {
            Self::Open(_) => Unavailable::new("the store has just been opened again"),
            Self::ReadOnly(_, reason) | Self::Shut(reason) => Unavailable::new(reason),
        }
    }
}

/// The clocks, and the times of their last reading.
#[derive(Debug)]
struct Time {
    trusted: TrustedTime,
    /// The times to use since the last reading; `None` before the first reading. Then the time that a call is given is
    /// used.
    last: Option<Times>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (is_open, topics) = (self.is_open(), self.index().len());
        f.debug_struct("State").field("is_open", &is_open).field("topics", &topics).finish()
    }
}

impl State {
    /// Creates the state with an open file.
    pub fn new(retention: Retention, opened: Opened) -> Self {
        let Opened { db, index, remembered } = opened;
        let trusted = TrustedTime::new(retention.max_age_ms, remembered);
        Self {
            retention,
            file: RwLock::new(File::Open(db)),
            index: RwLock::new(index),
            time: Mutex::new(Time { trusted, last: None }),
            trouble: RwLock::new(None),
        }
    }

    /// Creates the state with a file that is open for reading only, because of `trouble`.
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

    /// Adds a reading of the clocks and returns the times to use.
    pub fn time(&self, reading: Reading) -> Times {
        let mut time = lock(&self.time);
        let times = time.trusted.read(reading);
        time.last = Some(times);
        times
    }

    /// Returns the time from which retention computes the age of publications in a call at `now`.
    pub fn retention_now(&self, now: Millis) -> Millis {
        lock(&self.time).last.map_or(now, |times| times.retention_ms.min(now))
    }

    /// Returns the times to store with the next commit; `None` if none are known.
    pub fn remember(&self) -> Option<Remembered> {
        lock(&self.time).trusted.remember()
    }

    /// Returns the reason why nothing can be appended; `None` if appends are possible.
    pub fn trouble(&self) -> Option<DiskTrouble> {
        read(&self.trouble).clone()
    }

    /// Sets the reason why nothing can be appended.
    pub fn set_trouble(&self, trouble: Option<DiskTrouble>) {
        *write(&self.trouble) = trouble;
    }

    /// The heads as of the last commit.
    pub fn index(&self) -> RwLockReadGuard<'_, Index> {
        read(&self.index)
    }

    /// The file. It stays open while the guard is held.
    pub fn file(&self) -> RwLockReadGuard<'_, File> {
        read(&self.file)
    }

    /// True if the file is open for writing.
    pub fn is_open(&self) -> bool {
        matches!(*self.file(), File::Open(_))
    }

    /// True if the file can be read.
    pub fn is_readable(&self) -> bool {
        !matches!(*self.file(), File::Shut(_))
    }

    /// The error of a call while the file is not open.
    pub fn unavailable(&self) -> Unavailable {
        self.file().unavailable()
    }

    /// Reads the file. A panic of redb, which happens if the file was changed by others, is an error like any other.
    pub fn read<T>(&self, query: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, Unavailable> {
        let file = self.file();
        let db = file.database().map_err(|_| file.unavailable())?;
        let answer = catch_unwind(AssertUnwindSafe(|| query(db)));
        let answer = answer.map_err(|_| Unavailable::new("the file is not consistent in itself"))?;
        answer.map_err(Unavailable::new)
    }

    /// Makes committed topics visible to the readers.
    pub fn publish(&self, entries: Vec<Entry>) {
        let mut index = write(&self.index);
        entries.into_iter().for_each(|entry| index.put(entry));
    }

    /// Removes a topic that was forgotten, so that it can no longer be read.
    pub fn forget(&self, topic: &Topic) {
        write(&self.index).remove(topic);
    }

    /// Returns at most `limit` topics that retention forgets, each with the offset of the end of its log. `now` is the time
    /// of the call.
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

    /// Closes the file, so that it can be opened again.
    pub fn shut(&self, reason: &str) {
        self.put(File::Shut(reason.into()));
    }

    /// Closes the file for good.
    pub fn close(&self) {
        self.shut("the store is closed");
    }

    /// Continues with the file that was opened again after a failure. Its heads replace those in memory, since only now is
    /// it known whether the last commit reached the disk.
    pub fn resume(&self, opened: Opened) {
        *write(&self.index) = opened.index;
        self.put(File::Open(opened.db));
    }

    /// Continues with a file that is open for reading only. `reason` says why it cannot be written. The heads in memory are
    /// kept, so that a publication that was not acknowledged is not read, although it may have reached the disk.
    pub fn resume_reading(&self, db: Database, reason: &str) {
        self.put(File::ReadOnly(db, reason.into()));
    }

    fn put(&self, file: File) {
        *write(&self.file) = file;
    }
}
