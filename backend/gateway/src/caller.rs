//! The data about a connection's client that every event of the connection contains.

use std::collections::HashMap;
use std::net::IpAddr;

use serde_json::Value;

use crate::id::ConnectionId;

/// The part of `requestContext` that is the same in every event of a WebSocket connection.
#[derive(Debug)]
pub(crate) struct Caller {
    pub id: ConnectionId,
    /// Time of the handshake, in milliseconds since the Unix epoch.
    pub connected_at_ms: u64,
    pub source_ip: IpAddr,
    /// Host to which the client connected: the configured domain, or the `Host` header of the handshake with its port.
    pub host: Box<str>,
    pub user_agent: Option<Box<str>>,
    /// The context that the authorizer returned, with the principal. It is empty if the API has no authorizer.
    pub authorizer: HashMap<String, Value>,
}
