//! The type of the service that this server runs.

use backend_core::Service;
use backend_store::{EmbeddedLog, MemoryConnections};

use crate::management::Posts;

/// The core's service, with the embedded store for topics, memory for connections, and the embedded gateway for posts
/// to clients.
pub type App = Service<MemoryConnections, EmbeddedLog, Posts>;
