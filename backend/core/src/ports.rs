//! What the service needs of the world: three traits, each with two implementations (embedded and AWS), one
//! fake and one conformance suite (feature `testing`).

pub mod connections;
pub mod log;
pub mod management;

pub use connections::{Connection, ConnectionId, Connections, SubscribeError};
pub use log::{Append, AppendError, Appended, Change, Head, Page, ReadFrom, TopicLog};
pub use management::{Management, PostError};

/// The store could not answer. Nothing is known about whether a write took place, so the caller reports a
/// failure that may be retried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Unavailable {
    /// What failed, for the log; never shown to clients.
    pub what: String,
}

impl Unavailable {
    /// Keeps the words of whatever failed underneath.
    pub fn new(what: impl ToString) -> Self {
        Self { what: what.to_string() }
    }
}
