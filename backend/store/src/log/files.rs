//! The operations on the files of a store that the writer needs.

use std::fmt;
use std::io;

use backend_core::Space;
use backend_core::trusted_time::Remembered;
use redb::Database;

use super::index::Index;
use super::open_error::OpenError;

/// An open file, and the data that was read from it when it was opened.
pub struct Opened {
    /// The database.
    pub db: Database,
    /// The head of every topic.
    pub index: Index,
    /// The times of the clocks that were stored last, or else the time of the newest publication; `None` if the file has
    /// neither.
    pub remembered: Option<Remembered>,
}

/// Opens the files of a store, as often as needed. The tests implement this with a disk that can be made to fail.
pub trait Files: fmt::Debug + Send + Sync {
    /// Opens the file for writing, checks all of it, and reads its heads.
    fn open(&self) -> Result<Opened, OpenError>;

    /// Opens the file for reading, and writes nothing to it. This also works if the disk is full.
    fn open_for_reading(&self) -> Result<Database, OpenError>;

    /// Returns the size and the free space of the disk; `None` on a system where these cannot be read.
    fn space(&self) -> io::Result<Option<Space>>;

    /// Returns the number of bytes that the file takes on the disk.
    fn used_bytes(&self) -> io::Result<u64>;
}
