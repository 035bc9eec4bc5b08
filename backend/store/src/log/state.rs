//! What the writer and the readers share: the open file and the heads.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use backend_core::ports::Unavailable;
use redb::Database;

use super::Retention;
use super::index::{Entry, Index};

/// The open file and the heads.
pub struct State {
    retention: Retention,
    file: RwLock<File>,
    index: RwLock<Index>,
}

/// The file, or why it is not open.
pub enum File {
    /// Readers share it; only closing waits for them.
    Open(Database),
    /// Closed by us, or given up after a failure.
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

    /// What to tell callers who found it shut.
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
    /// Begins with what was opened.
    pub fn new(retention: Retention, (db, index): (Database, Index)) -> Self {
        Self { retention, file: RwLock::new(File::Open(db)), index: RwLock::new(index) }
    }

    pub fn retention(&self) -> Retention {
        self.retention
    }

    /// The heads as of the last commit.
    pub fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file; it stays open while the answer is held.
    pub fn file(&self) -> RwLockReadGuard<'_, File> {
        self.file.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the file is open.
    pub fn is_open(&self) -> bool {
        matches!(*self.file(), File::Open(_))
    }

    /// What to tell callers while the file is not open.
    pub fn unavailable(&self) -> Unavailable {
        self.file().unavailable()
    }

    /// Reads the file. A panic of redb over a file that was altered under it is a failure like another.
    pub fn read<T>(&self, read: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, Unavailable> {
        let file = self.file();
        let db = file.database().map_err(|_| file.unavailable())?;
        let answer = catch_unwind(AssertUnwindSafe(|| read(db)));
        let answer = answer.map_err(|_| Unavailable::new("the file is not consistent in itself"))?;
        answer.map_err(Unavailable::new)
    }

    /// Shows the readers what was committed.
    pub fn publish(&self, entries: Vec<Entry>) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
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

    /// Goes on with what was opened again after a failure. Its heads count: whether the last commit reached
    /// the disk is known only now.
    pub fn resume(&self, (db, index): (Database, Index)) {
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = index;
        self.put(File::Open(db));
    }

    fn put(&self, file: File) {
        *self.file.write().unwrap_or_else(PoisonError::into_inner) = file;
    }
}
