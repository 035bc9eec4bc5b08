//! Runs the conformance suite of the trait `Management` against the embedded gateway, which uses API Gateway's
//! protocol.

use crate::gateway::Clients;

async fn open() -> (Clients, ()) {
    (Clients::open().await, ())
}

backend_core::conformance!(management, super::conformance::open);
