//! The files of a store, as far as its thread needs them.

use std::fmt;
use std::io;

use backend_core::Space;
use backend_core::trusted_time::Remembered;
use redb::Database;

use super::index::Index;
use super::open_error::OpenError;

/// An open file, with what was read from it.
pub struct Opened {
    /// The database.
    pub db: Database,
    /// The head of every topic.
    pub index: Index,
    /// The times at which the file was last written; `None` for a file without publications.
    pub remembered: Option<Remembered>,
}

/// Opens the files of a store, as often as needed. The tests have a disk that fails on command.
pub trait Files: fmt::Debug + Send + Sync {
    /// Opens the file for writing, checks all of it, and reads its heads.
    fn open(&self) -> Result<Opened, OpenError>;

    /// Opens the file for reading, and writes nothing to it. Works if the disk is full.
    fn open_for_reading(&self) -> Result<Database, OpenError>;

    /// The room on the disk; `None` if the system does not tell.
    fn space(&self) -> io::Result<Option<Space>>;

    /// The bytes that the file takes on the disk.
    fn used_bytes(&self) -> io::Result<u64>;
}
