//! The id of a WebSocket connection.

use std::fmt;
use std::sync::Arc;

/// Id of a WebSocket connection, which the gateway assigned. The service does not interpret the text. Clones share the
/// text, so cloning is cheap.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(Arc<str>);

impl ConnectionId {
    /// Creates an id from the text that the gateway assigned.
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// Returns the text that the gateway assigned.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionId({})", self.0)
    }
}
