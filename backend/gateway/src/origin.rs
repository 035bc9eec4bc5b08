//! Checks the headers `Host` and `Origin`, to keep web pages of other sites away from a server on this machine. The checks are
//! pure functions of the headers, so that other paths of a server can use them too.
//!
//! A page of another site can make a browser open a WebSocket to `localhost` or post to it. By DNS rebinding it can also make its
//! own host name resolve to 127.0.0.1. A browser always sends both headers truthfully. Programs other than browsers send no
//! `Origin` and are accepted.

use std::net::IpAddr;

use http::{HeaderMap, header};

/// The hosts and origins whose requests are accepted, in addition to loopback addresses.
///
/// ```
/// use apigw_websocket::OriginPolicy;
/// use http::{HeaderMap, HeaderValue};
///
/// let mut policy = OriginPolicy::default();
/// policy.allowed_hosts.push("board.example".into());
/// let mut headers = HeaderMap::new();
/// headers.insert("host", HeaderValue::from_static("board.example"));
/// headers.insert("origin", HeaderValue::from_static("https://evil.example"));
/// assert!(policy.check(&headers).is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OriginPolicy {
    /// Host names or addresses, without a port, by which the server may be addressed: the address that it is bound to, and its
    /// public names. Loopback addresses and `localhost` are always allowed. `*` allows every host.
    pub allowed_hosts: Vec<String>,
    /// Origins of other sites, such as `https://board.example`, whose pages may send requests.
    pub allowed_origins: Vec<String>,
}

/// The reason why a request is refused with 403.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginRefusal {
    /// The request has no `Host`, or a `Host` that is not allowed. This may be an attack by DNS rebinding.
    #[error("host {host:?} is not a name of this server; allow it by name if it is")]
    Host {
        /// The `Host` of the request, or an empty text if it has none.
        host: String,
    },
    /// The request comes from a web page of another site.
    #[error("origin {origin:?} is not allowed; allow it by name if it should be")]
    Origin {
        /// The `Origin` of the request.
        origin: String,
    },
}

impl OriginPolicy {
    /// Checks the `Host` and `Origin` headers of a request.
    ///
    /// # Errors
    ///
    /// [`OriginRefusal`] if the host or the origin is not allowed.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), OriginRefusal> {
        let host = text(headers, header::HOST).unwrap_or_default();
        if !self.allows_host(host) {
            return Err(OriginRefusal::Host { host: host.to_owned() });
        }
        match headers
            .get_all(header::ORIGIN)
            .iter()
            .find(|origin| !self.allows_origin(origin.as_bytes(), host))
        {
            None => Ok(()),
            Some(origin) => {
                Err(OriginRefusal::Origin { origin: String::from_utf8_lossy(origin.as_bytes()).into_owned() })
            }
        }
    }

    fn allows_host(&self, host: &str) -> bool {
        let name = without_port(host);
        is_loopback(name)
            || self
                .allowed_hosts
                .iter()
                .any(|allowed| allowed == "*" && !name.is_empty() || same_host(allowed, name))
    }

    fn allows_origin(&self, origin: &[u8], host: &str) -> bool {
        let Ok(origin) = str::from_utf8(origin) else { return false };
        let own = ["http://", "https://"].iter().any(|scheme| {
            origin.strip_prefix(scheme).is_some_and(|authority| authority.eq_ignore_ascii_case(host))
        });
        own || self.allowed_origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Returns a host without its port: `host:port` becomes `host`, and `[::1]:port` becomes `::1`.
fn without_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').map_or("", |(address, _)| address);
    }
    host.split_once(':').map_or(host, |(name, _)| name)
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn same_host(allowed: &str, name: &str) -> bool {
    allowed.trim_start_matches('[').trim_end_matches(']').eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_are_allowed_on_any_port() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"] {
            assert_eq!(check(&OriginPolicy::default(), host, None), Ok(()), "{host}");
        }
    }

    #[test]
    fn a_rebound_host_name_is_refused() {
        for host in [
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "",
            "[::1",
        ] {
            let refusal = Err(OriginRefusal::Host { host: host.to_owned() });
            assert_eq!(check(&OriginPolicy::default(), host, None), refusal, "{host}");
        }
    }

    #[test]
    fn a_host_can_be_allowed_by_name_or_all_at_once() {
        let named =
            OriginPolicy { allowed_hosts: vec!["board.example".into(), "::2".into()], ..Default::default() };
        assert_eq!(check(&named, "Board.Example:443", None), Ok(()));
        assert_eq!(check(&named, "[::2]:443", None), Ok(()));
        assert!(check(&named, "other.example", None).is_err());
        let all = OriginPolicy { allowed_hosts: vec!["*".into()], ..Default::default() };
        assert_eq!(check(&all, "other.example", None), Ok(()));
    }

    #[test]
    fn the_servers_own_pages_are_allowed_and_other_sites_are_not() {
        let policy = OriginPolicy::default();
        assert_eq!(check(&policy, "127.0.0.1:8080", Some("http://127.0.0.1:8080")), Ok(()));
        for origin in ["http://evil.example", "http://127.0.0.1:9999", "http://localhost:8080", "null", ""] {
            let refusal = Err(OriginRefusal::Origin { origin: origin.to_owned() });
            assert_eq!(check(&policy, "127.0.0.1:8080", Some(origin)), refusal, "{origin}");
        }
    }

    #[test]
    fn another_origin_can_be_allowed_by_name() {
        let policy =
            OriginPolicy { allowed_origins: vec!["http://127.0.0.1:3000".into()], ..Default::default() };
        assert_eq!(check(&policy, "127.0.0.1:8080", Some("http://127.0.0.1:3000")), Ok(()));
        assert!(check(&policy, "127.0.0.1:8080", Some("http://127.0.0.1:3001")).is_err());
    }

    fn check(policy: &OriginPolicy, host: &str, origin: Option<&str>) -> Result<(), OriginRefusal> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header value"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("a header value"));
        }
        policy.check(&headers)
    }
}
