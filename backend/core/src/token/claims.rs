//! The claims (JSON fields) of a token.

use serde::{Deserialize, Serialize};
use shared::Filter;

use crate::principal::Principal;

/// The claims (JSON fields) of a token: the client's name, its permissions, and the time for which the token is valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Name of the client; never empty in a token that is accepted.
    pub sub: String,
    /// Time at which the token expires, in seconds since the Unix epoch.
    pub exp: i64,
    /// Time from which the token is valid, in seconds since the Unix epoch; absent if it is valid at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Filters (patterns of topic names) that the client may subscribe to. It may read the topics that match them.
    #[serde(default)]
    pub subscribe: Vec<Filter>,
    /// Filters (patterns of topic names) for the topics that the client may publish to.
    #[serde(default)]
    pub publish: Vec<Filter>,
    /// Filters (patterns of topic names) for the topics that the client may delete, together with their history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forget: Vec<Filter>,
    /// Filters (patterns of names) for the boards that the client may save and delete.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edit: Vec<Filter>,
}

impl From<Claims> for Principal {
    fn from(claims: Claims) -> Self {
        Self {
            name: claims.sub,
            subscribe: claims.subscribe,
            publish: claims.publish,
            forget: claims.forget,
            edit: claims.edit,
            expires_at: Some(claims.exp.saturating_mul(1000)),
        }
    }
}
