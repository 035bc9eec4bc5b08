//! The state that the writer and the readers share: the open file and the heads.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{RwLock, RwLockReadGuard};

use backend_core::lock::{read, write};
use backend_core::ports::Unavailable;
use redb::Database;

use super::index::{Entry, Index};
use backend_core::Retention;

/// The open file and the heads.
pub struct State {
    retention: Retention,
    file: RwLock<File>,
    index: RwLock<Index>,
}

/// The file, or the reason why it is not open.
pub enum File {
    /// The file is open. Readers share it; only closing waits for them.
    Open(Database),
    /// The file is closed, or failed. The text is the reason.
    Shut(String),
}

impl File {
    /// The open database.
    pub fn database(&self) -> Result<&Database, redb::Error> {
        match self {
            Self::Open(db) => Ok(db),
            Self::Shut(_) => Err(redb::Error::DatabaseClosed),
        }
    }

    /// The error of a call while the file is not open.
    fn unavailable(&self) -> Unavailable {
        match self {
            Self::Open(_) => Unavailable::new("the store has just been opened again"),
            Self::Shut(reason) => Unavailable::new(reason),
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (is_open, topics) = (self.is_open(), self.index().len());
        f.debug_struct("State").field("is_open", &is_open).field("topics", &topics).finish()
    }
}

impl State {
    /// Creates the state with an open file and its heads.
    pub fn new(retention: Retention, (db, index): (Database, Index)) -> Self {
        Self { retention, file: RwLock::new(File::Open(db)), index: RwLock::new(index) }
    }

    pub fn retention(&self) -> Retention {
        self.retention
    }

    /// The heads as of the last commit.
    pub fn index(&self) -> RwLockReadGuard<'_, Index> {
        read(&self.index)
    }

    /// The file. It stays open while the guard is held.
    pub fn file(&self) -> RwLockReadGuard<'_, File> {
        read(&self.file)
    }

    /// True if the file is open.
    pub fn is_open(&self) -> bool {
        matches!(*self.file(), File::Open(_))
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

    /// Closes the file after a failure.
    pub fn fail(&self, reason: &str) {
        self.put(File::Shut(reason.into()));
    }

    /// Closes the file for good.
    pub fn close(&self) {
        self.put(File::Shut("the store is closed".into()));
    }

    /// Continues with the file that was opened again after a failure. Its heads replace those in memory, since only now is
    /// it known whether the last commit reached the disk.
    pub fn resume(&self, (db, index): (Database, Index)) {
        *write(&self.index) = index;
        self.put(File::Open(db));
    }

    fn put(&self, file: File) {
        *write(&self.file) = file;
    }
}
