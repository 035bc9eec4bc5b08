//! The routes of an API, and the selection of the route for a message ("Working with routes for WebSocket APIs",
//! "WebSocket selection expressions").

use std::collections::BTreeMap;
use std::time::Duration;

mod expression;
mod select;

pub use expression::{ExpressionError, RouteSelection};

/// The key of the route for WebSocket handshakes. The route's function is invoked before the connection exists.
pub const CONNECT: &str = "$connect";
/// The key of the route for the end of connections. The route's function is invoked after a connection has ended.
pub const DISCONNECT: &str = "$disconnect";
/// The key of the route for messages that match no other route.
pub const DEFAULT: &str = "$default";

/// The routes of an API, by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes(BTreeMap<String, Route>);

/// The settings of one route. By default a route is one-way: the body that its function returns is discarded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// True if the body that the function returns is sent to the client, as with a `$default` route response. If it is
    /// false, the body is discarded.
    pub two_way: bool,
    /// Maximum duration of an invocation, if it is less than [`Limits::integration`](crate::Limits::integration) (the
    /// property `TimeoutInMillis` of an integration).
    pub timeout: Option<Duration>,
}

impl Route {
    /// Creates a route that sends the body that its function returns to the client.
    pub fn two_way() -> Self {
        Self { two_way: true, timeout: None }
    }

    /// Returns the maximum duration of an invocation, of which `limit` is the upper bound.
    pub(crate) fn timeout(self, limit: Duration) -> Duration {
        self.timeout.map_or(limit, |timeout| timeout.min(limit))
    }
}

/// The error for a route key that begins with `$` and is not `$connect`, `$disconnect` or `$default`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key:?} is not a route key: only $connect, $disconnect and $default begin with '$'")]
#[non_exhaustive]
pub struct ReservedRouteKey {
    /// The refused key.
    pub key: String,
}

impl Routes {
    /// Creates one-way routes with these route keys: the bodies that their functions return are discarded.
    ///
    /// # Errors
    ///
    /// [`ReservedRouteKey`] if a key begins with `$` and is not `$connect`, `$disconnect` or `$default`.
    pub fn new<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Result<Self, ReservedRouteKey> {
        let mut routes = Self::default();
        for key in keys {
            routes.insert(key, Route::default())?;
        }
        Ok(routes)
    }

    /// Adds a route. A route with the same key is replaced.
    ///
    /// # Errors
    ///
    /// [`ReservedRouteKey`], as in [`Routes::new`].
    pub fn insert(&mut self, key: impl Into<String>, route: Route) -> Result<(), ReservedRouteKey> {
        let key = key.into();
        if key.starts_with('$') && ![CONNECT, DISCONNECT, DEFAULT].contains(&key.as_str()) {
            return Err(ReservedRouteKey { key });
        }
        self.0.insert(key, route);
        Ok(())
    }

    /// Returns true if there is a route with this route key.
    pub fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Returns the settings of the route with this route key.
    pub(crate) fn get(&self, key: &str) -> Option<Route> {
        self.0.get(key).copied()
    }

    /// Returns the key and the settings of the route for a message. This is the route whose key is the result of the
    /// selection expression. If there is no such route, it is `$default`. The result is `None` if there is no
    /// `$default` either. A message cannot select `$connect` or `$disconnect`.
    pub fn select(&self, selection: &RouteSelection, body: &str) -> Option<(&str, Route)> {
        selection
            .evaluate(body)
            .filter(|key| !key.starts_with('$'))
            .and_then(|key| self.0.get_key_value(&key))
            .or_else(|| self.0.get_key_value(DEFAULT))
            .map(|(key, route)| (key.as_str(), *route))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOIN: &str = r#"{"service":"chat","action":"join","data":{"room":"r1"}}"#;

    #[test]
    fn a_message_selects_the_route_it_names() {
        assert_eq!(select(&["join", "$default"], JOIN), Some("join".to_owned()));
    }

    #[test]
    fn a_message_that_names_no_route_selects_the_default() {
        for body in
            [r#"{"action":"leave"}"#, r#"{"other":1}"#, "not json", r#""join""#, "42", "", "{\"action\":"]
        {
            assert_eq!(select(&["join", "$default"], body), Some("$default".to_owned()), "{body}");
            assert_eq!(select(&["join"], body), None, "{body}");
        }
    }

    #[test]
    fn a_message_cannot_select_connect_or_disconnect() {
        let keys = ["$connect", "$disconnect"];
        assert_eq!(select(&keys, r#"{"action":"$connect"}"#), None);
        assert_eq!(select(&keys, r#"{"action":"$disconnect"}"#), None);
    }

    #[test]
    fn numbers_and_booleans_are_route_keys_as_text() {
        assert_eq!(select(&["1", "true"], r#"{"action":1}"#), Some("1".to_owned()));
        assert_eq!(select(&["1", "true"], r#"{"action":true}"#), Some("true".to_owned()));
    }

    #[test]
    fn only_three_keys_may_begin_with_a_dollar_sign() {
        assert!(Routes::new(["$connect", "$disconnect", "$default"]).is_ok());
        assert_eq!(Routes::new(["$other"]), Err(ReservedRouteKey { key: "$other".into() }));
    }

    fn select(keys: &[&str], body: &str) -> Option<String> {
        let routes = Routes::new(keys.iter().copied()).expect("route keys");
        routes.select(&RouteSelection::default(), body).map(|(key, _)| key.to_owned())
    }
}
