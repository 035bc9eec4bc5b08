//! The type of this server's service.

use backend_core::Service;
use backend_store::{EmbeddedLog, MemoryConnections};

use crate::management::Posts;

/// The service with the embedded store and the embedded gateway.
pub type App = Service<MemoryConnections, EmbeddedLog, Posts>;
