//! The error that is returned if a store cannot be opened.

use std::io;
use std::path::PathBuf;

/// The reason why a store could not be opened. No data was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process uses the directory.
    #[error("another tickertape uses this directory ({})", directory.display())]
    InUse {
        /// The directory that is in use.
        directory: PathBuf,
    },
    /// The file is damaged.
    #[error("{} is damaged ({reason}): restore a copy, or move it away to start with no history", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Description of the damage.
        reason: String,
    },
    /// The file was written by a newer version.
    #[error("{} was written by a newer tickertape (format {found}; this one knows {known}): install the newer version", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Format of the file.
        found: u64,
        /// Highest format that this version reads.
        known: u64,
    },
    /// The file or the directory cannot be read or written.
    #[error("cannot open {}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The thread of the store could not be started.
    #[error("cannot start the store's thread: {0}")]
    Thread(io::Error),
}
