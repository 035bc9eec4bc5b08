//! The reasons why a server cannot start, or had to stop.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use backend_store::OpenError;

use crate::boards::BoardFileError;

/// The reason why a server cannot start, or had to stop. The message says what is wrong, but names no command-line
/// flags, because this crate has none.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The server would listen on an address that other machines can reach, and would require no token. Listen on a
    /// loopback address, or require tokens.
    #[error("{address} can be reached from other machines, but clients need no token")]
    OpenToTheNetwork {
        /// The address on which the server was to listen.
        address: SocketAddr,
    },
    /// The operating system does not report the address of the listener.
    #[error("the operating system does not report the address that the server listens on: {0}")]
    Listener(#[source] io::Error),
    /// The directory of the page cannot be used. Correct its path in the settings.
    #[error("the page cannot be served from {}: {reason}", path.display())]
    Site {
        /// Path of the directory.
        path: PathBuf,
        /// The reason why the directory cannot be used.
        reason: SiteProblem,
    },
    /// The file that describes the faults to inject cannot be used. Correct the file.
    #[error("the faults to inject cannot be read from {}: {reason}", path.display())]
    Chaos {
        /// Path of the file.
        path: PathBuf,
        /// The reason why the file cannot be used, with the field and its place in the file.
        reason: String,
    },
    /// The directory with boards cannot be used. Correct the file, or the path in the settings.
    #[error(transparent)]
    Boards(#[from] BoardFileError),
    /// The store cannot be opened. The error of the store says why, and what to do.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// A part of the server ended unexpectedly, so the server stopped.
    #[error("the server stopped: {0}")]
    Stopped(String),
}

/// The reason why a directory cannot be used as the page.
#[derive(Debug, thiserror::Error)]
pub enum SiteProblem {
    /// The directory cannot be read.
    #[error("the directory cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The directory has no `index.html`.
    #[error("the directory contains no index.html")]
    NoIndex,
}
