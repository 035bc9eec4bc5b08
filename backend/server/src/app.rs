//! The service of this server.

use backend_core::Service;
use backend_store::{EmbeddedLog, MemoryConnections};

use crate::management::Posts;

/// The service over the embedded store and the embedded gateway.
pub type App = Service<MemoryConnections, EmbeddedLog, Posts>;
