//! A secret key in the path of requests that only this server's functions may send: messages to connections, and
//! invocations of functions.
//!
//! The address of the sender would not be enough to recognise a function: behind a reverse proxy on this machine, every
//! client seems to come from this machine. So the functions put a random key at the beginning of the path. No other
//! program knows the key.

use std::fmt;

use http::uri::PathAndQuery;
use http::{Request, Uri};

/// A random key, which is the first segment of a path.
#[derive(Clone, PartialEq, Eq)]
pub struct FunctionKey(String);

impl FunctionKey {
    /// Creates a key from random bits.
    pub fn new(random: u128) -> Self {
        Self(format!("{random:032x}"))
    }

    /// Returns the URL of this server that contains the key. `here` is the host and port of the server.
    pub fn url(&self, here: impl fmt::Display) -> String {
        format!("http://{here}/{}", self.0)
    }

    /// Removes the key from the beginning of the path of a request, and returns true. Returns false, and leaves the
    /// request unchanged, if the path does not begin with the key.
    pub fn unlock<B>(&self, request: &mut Request<B>) -> bool {
        let Some(uri) = self.without_key(request.uri()) else { return false };
        *request.uri_mut() = uri;
        true
    }

    fn without_key(&self, uri: &Uri) -> Option<Uri> {
        let path = uri.path_and_query()?.as_str();
        let (key, rest) = path.strip_prefix('/')?.split_once('/')?;
        if !is_same(key, &self.0) {
            return None;
        }
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(format!("/{rest}")).ok()?);
        Uri::from_parts(parts).ok()
    }
}

/// Prints the name of the type without the key, because the output may be written to a log.
impl fmt::Debug for FunctionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FunctionKey")
    }
}

/// Compares two texts in a time that does not depend on the position of their first difference, so that the key cannot
/// be guessed by measuring times.
fn is_same(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |all, (one, other)| all | (one ^ other));
    one.len() == other.len() && differences == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_removed_and_without_it_a_request_stays_as_it_is() {
        let key = FunctionKey::new(7);
        let path = |path: &str| {
            let mut request = Request::get(path).body(()).unwrap();
            let is_unlocked = key.unlock(&mut request);
            (is_unlocked, request.uri().to_string())
        };
        let seven = "00000000000000000000000000000007";
        assert_eq!(path(&format!("/{seven}/ws/@connections/a?b=c")), (true, "/ws/@connections/a?b=c".into()));
        for other in ["/ws/@connections/a", "/", &format!("/{seven}"), &format!("/{}/x", &seven[1..]), "/8/x"]
        {
            assert_eq!(path(other), (false, other.to_owned()));
        }
        assert_eq!(key.url("127.0.0.1:8080"), format!("http://127.0.0.1:8080/{seven}"));
    }
}
