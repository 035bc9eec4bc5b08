//! The reasons why a server cannot start, or had to stop.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use backend_store::OpenError;

/// The reason why a server cannot start, or had to stop. Its message says what is wrong, and mentions no command-line
/// flags.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Other machines can reach the address, and clients would need no token. Listen on loopback, or require tokens.
    #[error("other machines can reach {address}, and no token is required")]
    OpenToTheNetwork {
        /// The address on which the server was to listen.
        address: SocketAddr,
    },
    /// The listener has no address.
    #[error("the listener has no address: {0}")]
    Listener(#[source] io::Error),
    /// The directory of the page cannot be used. Correct its path in the settings.
    #[error("{}: {reason}", path.display())]
    Site {
        /// Path of the directory.
        path: PathBuf,
        /// The reason why the directory cannot be used.
        reason: SiteProblem,
    },
    /// The file of faults cannot be used. Correct the file.
    #[error("{}: {reason}", path.display())]
    Chaos {
        /// Path of the file.
        path: PathBuf,
        /// The reason why the file cannot be used, with the field and its place in the file.
        reason: String,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// A part of the server ended unexpectedly, so the server stopped.
    #[error("{0}")]
    Stopped(String),
}

/// The reason why a directory cannot be used as the page.
#[derive(Debug, thiserror::Error)]
pub enum SiteProblem {
    /// The directory cannot be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// The directory has no `index.html`.
    #[error("it contains no index.html")]
    NoIndex,
}
