//! Which route a message takes ("Working with routes for WebSocket APIs", "WebSocket selection expressions").

use std::collections::BTreeMap;

mod expression;

pub use expression::{ExpressionError, RouteSelection};

/// Before the connection exists.
pub const CONNECT: &str = "$connect";
/// After it is closed.
pub const DISCONNECT: &str = "$disconnect";
/// For messages no other route takes.
pub const DEFAULT: &str = "$default";

/// The routes of an API, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes(BTreeMap<String, Route>);

/// How a route answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Whether the function's returned body is sent to the client: a `$default` route response. Without one, as
    /// by default, what a function returns for a message is thrown away.
    pub two_way: bool,
}

/// A route key that begins with `$` and is none of the three reserved ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key:?}: of the keys that begin with '$', only $connect, $disconnect and $default exist")]
pub struct ReservedRouteKey {
    /// The refused key.
    pub key: String,
}

impl Routes {
    /// One-way routes with these keys.
    pub fn new<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Result<Self, ReservedRouteKey> {
        let mut routes = Self::default();
        for key in keys {
            routes.insert(key, Route::default())?;
        }
        Ok(routes)
    }

    /// Adds a route, or replaces the one with this key.
    pub fn insert(&mut self, key: impl Into<String>, route: Route) -> Result<(), ReservedRouteKey> {
        let key = key.into();
        if key.starts_with('$') && ![CONNECT, DISCONNECT, DEFAULT].contains(&key.as_str()) {
            return Err(ReservedRouteKey { key });
        }
        self.0.insert(key, route);
        Ok(())
    }

    /// Whether there is a route with this key.
    pub fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The route a message takes: what the expression yields, else `$default`, else none. A message cannot name
    /// `$connect` or `$disconnect`.
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
    fn a_message_takes_the_route_it_names() {
        assert_eq!(select(&["join", "$default"], JOIN), Some("join".to_owned()));
    }

    #[test]
    fn what_names_no_route_takes_the_default_and_is_told_so() {
        for body in
            [r#"{"action":"leave"}"#, r#"{"other":1}"#, "not json", r#""join""#, "42", "", "{\"action\":"]
        {
            assert_eq!(select(&["join", "$default"], body), Some("$default".to_owned()), "{body}");
            assert_eq!(select(&["join"], body), None, "{body}");
        }
    }

    #[test]
    fn a_message_cannot_take_the_routes_of_the_connection() {
        let keys = ["$connect", "$disconnect"];
        assert_eq!(select(&keys, r#"{"action":"$connect"}"#), None);
        assert_eq!(select(&keys, r#"{"action":"$disconnect"}"#), None);
    }

    #[test]
    fn numbers_and_booleans_name_routes_as_text() {
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
