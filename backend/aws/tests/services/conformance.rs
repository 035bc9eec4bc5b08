//! The suite that every implementation of the port runs.

use crate::gateway::Clients;

async fn open() -> (Clients, ()) {
    (Clients::open().await, ())
}

backend_core::conformance!(management, super::conformance::open);
