//! The state that all parts of one gateway share.

use crate::api::Api;
use crate::connections::Connections;

/// Configuration, functions and connections of one gateway.
pub(crate) struct GatewayState<F> {
    pub api: Api,
    pub functions: F,
    pub connections: Connections,
}
