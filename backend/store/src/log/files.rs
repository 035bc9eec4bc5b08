//! The operations on the store's file and its disk that the writer thread needs.

use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use backend_core::Space;
use backend_core::trusted_time::Remembered;
use redb::Database;

use super::index::Index;
use super::open_error::OpenError;

/// An open file, and the data that was read from it when it was opened.
pub struct Opened {
    /// The opened redb database.
    pub db: Database,
    /// The head (newest publication and metadata) of every topic.
    pub index: Index,
    /// The times of the last reading of the clocks that was stored, or else the time of the newest publication; `None`
    /// if the file contains neither.
    pub remembered: Option<Remembered>,
}

/// Opens the file of a store, as often as needed, and reads the size of its disk. The tests implement this with a disk
/// in memory that can be made to fail.
pub trait Files: fmt::Debug + Send + Sync {
    /// Opens the file for writing, checks all of its pages, and reads the newest publication of each topic.
    fn open(&self) -> Result<Opened, OpenError>;

    /// Opens the file for reading, without writing to it. This also works if the disk is full.
    fn open_for_reading(&self) -> Result<Database, OpenError>;

    /// Writes a few bytes to the disk beside the file, syncs them, and deletes them. An error shows that the file cannot be written either.
    fn probe(&self) -> io::Result<()>;

    /// Returns the size and the free space of the disk, or `None` on a system where these cannot be read.
    fn space(&self) -> io::Result<Option<Space>>;

    /// Returns the number of bytes that the file takes on the disk.
    fn used_bytes(&self) -> io::Result<u64>;

    /// Returns the time that has passed since `began`. Tests replace it, so that they do not depend on the speed of the machine.
    fn passed_since(&self, began: Instant) -> Duration {
        began.elapsed()
    }
}
