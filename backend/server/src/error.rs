//! The reasons why a server cannot start, or had to stop.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use backend_store::OpenError;

/// The reason why a server cannot start, or had to stop. `Display` says what is wrong, without a program's flags.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Other machines can reach the address, and no token is asked for. Listen on loopback, or ask for tokens.
    #[error("{address} can be reached from other machines, and no token would be asked for")]
    OpenToTheNetwork {
        /// The address.
        address: SocketAddr,
    },
    /// The listener has no address.
    #[error("the listener has no address: {0}")]
    Listener(#[source] io::Error),
    /// The directory of the page cannot be used. Correct its path.
    #[error("{}: {reason}", path.display())]
    Site {
        /// The directory.
        path: PathBuf,
        /// The reason.
        reason: SiteProblem,
    },
    /// The file of faults cannot be used. Correct it.
    #[error("{}: {reason}", path.display())]
    Chaos {
        /// The file.
        path: PathBuf,
        /// The reason, with the field and its place in the file.
        reason: String,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// A part of the server ended unexpectedly, so the server stopped.
    #[error("{0}")]
    Stopped(String),
}

/// The reason why a directory holds no page.
#[derive(Debug, thiserror::Error)]
pub enum SiteProblem {
    /// The directory cannot be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// It has no `index.html`.
    #[error("it contains no index.html")]
    NoIndex,
}
