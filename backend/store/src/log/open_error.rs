//! The error for a store that cannot be opened.

use std::io;
use std::path::PathBuf;

/// The reason why a store could not be opened. No data was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process uses the directory.
    #[error("another tickertape process is using the directory {}: stop that process", directory.display())]
    InUse {
        /// The directory that is in use.
        directory: PathBuf,
    },
    /// The store's file is damaged.
    #[error("the file {} is damaged ({reason}): restore a copy, or move it away to start without history", path.display())]
    Damaged {
        /// Path of the damaged file.
        path: PathBuf,
        /// Description of the damage.
        reason: String,
    },
    /// The store's file was written by a newer version of the server.
    #[error("the file {} was written by a newer tickertape (format {found}; this version knows up to {known}): install the newer version", path.display())]
    Newer {
        /// Path of the file.
        path: PathBuf,
        /// Number of the file's format.
        found: u64,
        /// Highest number of a format that this version can read.
        known: u64,
    },
    /// The store's file or directory cannot be read or written.
    #[error("cannot open {}: {source}", path.display())]
    Io {
        /// Path of the file or directory.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The thread that writes to the store could not be started.
    #[error("cannot start the thread that writes to the store: {0}")]
    Thread(io::Error),
}
