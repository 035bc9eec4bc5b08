//! Checks the headers `Host` and `Origin`, to keep web pages of other sites away from a server on this machine. The
//! checks are pure functions of the headers, so that other paths of a server can use them too.
//!
//! A page of another site can make a browser open a WebSocket to `localhost` or post to it. By DNS rebinding it can
//! also make its own host name resolve to 127.0.0.1. A browser always sends both headers truthfully. Programs other
//! than browsers send no `Origin` and are accepted.

use std::net::{IpAddr, Ipv6Addr};

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
    /// Host names or addresses by which the server may be addressed: the address that it is bound to, and its public
    /// names. Loopback addresses and `localhost` are always allowed. `*` allows every host. A name without a port
    /// allows every port. A name with a port allows this port only; 80 and 443 also allow a `Host` without a port,
    /// which browsers send for them.
    pub allowed_hosts: Vec<String>,
    /// Origins of other sites, such as `https://board.example`, whose pages may send requests. The default port of the
    /// scheme may be written or left out. `*` allows every origin.
    pub allowed_origins: Vec<String>,
    /// True to allow the pages of every server on a loopback address or below `.localhost`, such as `http://localhost:3000`.
    pub allow_loopback_origins: bool,
    /// True to allow pages that have no origin: `null`, which browsers send for files and for frames in a sandbox, and `file://`,
    /// which some apps send. Any site can make such a frame, so a server that has secrets should not allow them.
    pub allow_opaque_origins: bool,
}

/// The reason why the `Host` or `Origin` header of a request is refused. The request is answered with 403.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginRefusal {
    /// The request has no `Host` header, several of them, or one that is malformed or not allowed. A host that is not
    /// allowed may be an attack by DNS rebinding.
    #[error("the Host header {host:?} is not a name of this server")]
    Host {
        /// The `Host` of the request. It is an empty text if the request has none; several hosts are separated by
        /// commas.
        host: String,
    },
    /// The request comes from a web page of another site.
    #[error("web pages of the origin {origin:?} are not allowed to use this server")]
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
        let host = host(headers)?;
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
        let Some(host) = Host::read(host) else { return false };
        host.is_loopback()
            || self.allowed_hosts.iter().any(|allowed| allowed == "*" || host.is_allowed_by(allowed))
    }

    fn allows_origin(&self, origin: &[u8], host: &str) -> bool {
        let Ok(origin) = str::from_utf8(origin) else { return false };
        let origin = normal_origin(origin);
        let own =
            ["http", "https"].iter().any(|scheme| normal_origin(&format!("{scheme}://{host}")) == origin);
        let host = origin.split_once("://").and_then(|(_, host)| Host::read(host));
        let is_near = self.allow_loopback_origins && host.is_some_and(Host::is_of_this_machine);
        let is_opaque = self.allow_opaque_origins && matches!(origin.as_str(), "null" | "file://");
        own || is_near
            || is_opaque
            || self.allowed_origins.iter().any(|allowed| allowed == "*" || normal_origin(allowed) == origin)
    }
}

/// Returns the `Host` header of a request, or an empty text if the request has none. Refuses a request that has
/// several.
fn host(headers: &HeaderMap) -> Result<&str, OriginRefusal> {
    let mut lines = headers.get_all(header::HOST).iter();
    let first = lines.next().map_or("", |line| line.to_str().unwrap_or_default());
    if lines.next().is_none() {
        return Ok(first);
    }
    let all = headers.get_all(header::HOST).iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
    Err(OriginRefusal::Host { host: all.collect::<Vec<_>>().join(", ") })
}

/// Converts an origin to lower case and removes the default port of its scheme, since browsers send origins in this
/// form.
fn normal_origin(origin: &str) -> String {
    let origin = origin.to_ascii_lowercase();
    let default_port = match origin.split_once("://") {
        Some(("http", _)) => ":80",
        Some(("https", _)) => ":443",
        _ => return origin,
    };
    origin.strip_suffix(default_port).map(str::to_owned).unwrap_or(origin)
}

/// The value of a `Host` header (RFC 9110, section 7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Host<'a> {
    /// The host name, or the address without brackets.
    name: &'a str,
    port: Option<u16>,
}

impl<'a> Host<'a> {
    /// Parses `name`, `name:port`, `[address]` or `[address]:port`. Returns `None` for anything else, such as
    /// `user@name`.
    fn read(text: &'a str) -> Option<Self> {
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, port) = rest.split_once(']')?;
                address.parse::<Ipv6Addr>().ok()?;
                (address, port)
            }
            None => {
                let end = text.find(':').unwrap_or(text.len());
                let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
                if end == 0 || !text[..end].chars().all(is_name) {
                    return None;
                }
                text.split_at(end)
            }
        };
        let digits = port.strip_prefix(':').unwrap_or(port);
        let port = match digits {
            "" => None,
            _ if port == digits || !digits.bytes().all(|byte| byte.is_ascii_digit()) => return None,
            digits => Some(digits.parse().ok()?),
        };
        Some(Self { name, port })
    }

    fn is_loopback(self) -> bool {
        self.name.eq_ignore_ascii_case("localhost")
            || self.name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Returns true for loopback addresses, `localhost` and names below it (RFC 6761, section 6.3).
    fn is_of_this_machine(self) -> bool {
        let name = self.name.trim_end_matches('.').to_ascii_lowercase();
        self.is_loopback() || name.ends_with(".localhost")
    }

    fn is_allowed_by(self, allowed: &str) -> bool {
        // An IPv6 address may be given without brackets. Its colons do not separate a port.
        let allowed = match allowed.parse::<Ipv6Addr>() {
            Ok(_) => Some(Host { name: allowed, port: None }),
            Err(_) => Host::read(allowed),
        };
        allowed.is_some_and(|allowed| self.has_name_of(allowed) && self.has_port_of(allowed))
    }

    fn has_name_of(self, other: Host<'_>) -> bool {
        match (self.name.parse::<IpAddr>(), other.name.parse::<IpAddr>()) {
            (Ok(address), Ok(other)) => address == other,
            _ => self.name.eq_ignore_ascii_case(other.name),
        }
    }

    fn has_port_of(self, allowed: Host<'_>) -> bool {
        match (allowed.port, self.port) {
            (None, _) | (Some(80 | 443), None) => true,
            (allowed, port) => allowed == port,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

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
            "[::1]evil.example",
            "[::1]:8080:9090",
            "[evil.example]",
            "localhost:80@evil.example",
            "localhost@evil.example",
            "localhost:80.evil.example",
            "localhost:99999",
            "localhost:+80",
            "localhost/",
            ":80",
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
    fn a_request_with_two_hosts_is_refused_whatever_they_are() {
        let mut headers = HeaderMap::new();
        for host in ["localhost", "localhost"] {
            headers.append(header::HOST, HeaderValue::from_static(host));
        }
        let refusal = Err(OriginRefusal::Host { host: "localhost, localhost".to_owned() });
        assert_eq!(OriginPolicy::default().check(&headers), refusal);
    }

    #[test]
    fn a_default_port_may_be_written_or_left_out() {
        let policy = OriginPolicy {
            allowed_hosts: vec!["board.example:443".into(), "other.example:8443".into(), "[::2]:80".into()],
            allowed_origins: vec!["https://page.example:443".into(), "http://plain.example".into()],
            ..Default::default()
        };
        for host in ["board.example", "board.example:443", "other.example:8443", "[0:0::2]"] {
            assert_eq!(check(&policy, host, None), Ok(()), "{host}");
        }
        for host in ["board.example:80", "board.example:8443", "other.example", "other.example:443"] {
            assert!(check(&policy, host, None).is_err(), "{host}");
        }
        for origin in [
            "https://page.example",
            "https://page.example:443",
            "http://plain.example:80",
            "https://board.example",
        ] {
            assert_eq!(check(&policy, "board.example", Some(origin)), Ok(()), "{origin}");
        }
        for origin in ["http://page.example", "https://page.example:80", "https://plain.example"] {
            assert!(check(&policy, "board.example", Some(origin)).is_err(), "{origin}");
        }
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
    fn the_pages_of_all_loopback_addresses_can_be_allowed() {
        let policy = OriginPolicy { allow_loopback_origins: true, ..Default::default() };
        for origin in [
            "http://localhost:3000",
            "http://127.0.0.1:5173",
            "https://[::1]:3000",
            "http://app.localhost:3000",
        ] {
            assert_eq!(check(&policy, "127.0.0.1:8080", Some(origin)), Ok(()), "{origin}");
        }
        for origin in ["http://localhost.evil.example", "http://evil.example", "null", "file://"] {
            assert!(check(&policy, "127.0.0.1:8080", Some(origin)).is_err(), "{origin}");
        }
    }

    #[test]
    fn pages_without_an_origin_can_be_allowed() {
        let policy = OriginPolicy { allow_opaque_origins: true, ..Default::default() };
        for origin in ["null", "file://"] {
            assert_eq!(check(&policy, "127.0.0.1:8080", Some(origin)), Ok(()), "{origin}");
            assert!(check(&OriginPolicy::default(), "127.0.0.1:8080", Some(origin)).is_err(), "{origin}");
        }
        assert!(check(&policy, "127.0.0.1:8080", Some("http://evil.example")).is_err());
    }

    #[test]
    fn another_origin_can_be_allowed_by_name() {
        let policy =
            OriginPolicy { allowed_origins: vec!["http://127.0.0.1:3000".into()], ..Default::default() };
        assert_eq!(check(&policy, "127.0.0.1:8080", Some("http://127.0.0.1:3000")), Ok(()));
        assert!(check(&policy, "127.0.0.1:8080", Some("http://127.0.0.1:3001")).is_err());
        let all = OriginPolicy { allowed_origins: vec!["*".into()], ..Default::default() };
        assert_eq!(check(&all, "127.0.0.1:8080", Some("http://other.example")), Ok(()));
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
