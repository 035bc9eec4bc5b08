//! The state that all parts of a gateway share.

use crate::api::Api;
use crate::connections::Connections;

/// The configuration, functions and connections of a gateway.
pub(crate) struct GatewayState<F> {
    pub api: Api,
    pub functions: F,
    pub connections: Connections,
}
