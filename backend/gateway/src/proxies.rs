//! Determines the address of a client behind reverse proxies.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, header};

/// The addresses of reverse proxies whose headers `X-Forwarded-For` and `Forwarded` are trusted to name the client of a
/// request.
///
/// ```
/// use apigw_websocket::TrustedProxies;
/// use http::{HeaderMap, HeaderValue};
///
/// let proxies = TrustedProxies::new(["10.0.0.2".parse()?]);
/// let mut headers = HeaderMap::new();
/// headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9, 198.51.100.7"));
/// let client = |peer: &str| proxies.client(peer.parse().expect("an address"), &headers).ip().to_string();
/// // The last address was added by the proxy. The client itself may have sent those before it.
/// assert_eq!(client("10.0.0.2:4711"), "198.51.100.7");
/// assert_eq!(client("10.0.0.3:4711"), "10.0.0.3");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpAddr>);

impl TrustedProxies {
    /// Creates a list that contains the proxies at these addresses.
    pub fn new(addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        Self(addresses.into_iter().map(|address| address.to_canonical()).collect())
    }

    /// Returns true if `address` is one of the proxies.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// Returns the address of the client whose request came from `peer`. If `peer` is not a proxy, this is `peer`. If
    /// it is a proxy, this is the last address in `X-Forwarded-For` or `Forwarded` (RFC 7239) that is not one of the
    /// proxies, with port 0.
    ///
    /// A proxy writes one of the two headers and may pass on the other one as its client sent it. If a request has both
    /// and they disagree, or if an address cannot be parsed, `peer` is returned.
    pub fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> SocketAddr {
        if !self.contains(peer.ip()) {
            return peer;
        }
        let by_list = self.last(list(headers, HeaderName::from_static("x-forwarded-for")));
        let by_standard = self.last(list(headers, header::FORWARDED).into_iter().map(node).collect());
        let named = match (by_list, by_standard) {
            (Named::Client(one), Named::Client(other)) if one == other => Some(one),
            (Named::Client(client), Named::Nobody) | (Named::Nobody, Named::Client(client)) => Some(client),
            _ => None,
        };
        named.map_or(peer, |client| SocketAddr::new(client, 0))
    }

    fn last(&self, named: Vec<&str>) -> Named {
        for text in named.into_iter().rev() {
            match address(text) {
                Some(address) if self.contains(address) => {}
                Some(address) => return Named::Client(address),
                None => return Named::Unreadable,
            }
        }
        Named::Nobody
    }
}

/// The client that a forwarding header names: none, a client with an address, or a client whose address cannot be
/// parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Nobody,
    Client(IpAddr),
    Unreadable,
}

/// Returns the elements of a comma-separated header, from all lines of that header, in order. An element that is not
/// valid text is returned as an empty text.
fn list(headers: &HeaderMap, name: HeaderName) -> Vec<&str> {
    let lines = headers.get_all(name).into_iter().map(|line| line.to_str().unwrap_or_default());
    lines.flat_map(|line| line.split(',')).map(str::trim).collect()
}

/// Returns the value of the parameter `for` in an element of the header `Forwarded`, or an empty text if the element
/// has no `for`.
fn node(element: &str) -> &str {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut nodes = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    nodes.next().map_or("", |(_, value)| value.trim().trim_matches('"'))
}

/// Parses an address with or without a port: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = plain.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let claim = [("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client("10.0.0.2:1", &claim), "203.0.113.9:0");
        assert_eq!(client("[::ffff:10.0.0.2]:1", &claim), "203.0.113.9:0");
        assert_eq!(client("10.0.0.9:1", &claim), "10.0.0.9:1");
        assert_eq!(client("10.0.0.2:1", &[]), "10.0.0.2:1", "the proxy's own request");
    }

    #[test]
    fn what_the_client_itself_claims_is_not_believed() {
        assert_eq!(client("10.0.0.2:1", &[("x-forwarded-for", "127.0.0.1, 203.0.113.9")]), "203.0.113.9:0");
        let lines = [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client("10.0.0.2:1", &lines), "203.0.113.9:0");
        let both = [("forwarded", "for=127.0.0.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client("10.0.0.2:1", &both), "10.0.0.2:1", "one of the two is the client's own");
    }

    #[test]
    fn a_chain_of_trusted_proxies_is_followed_to_the_first_stranger() {
        let chain = [("x-forwarded-for", "127.0.0.1, 203.0.113.9, 10.0.0.3")];
        assert_eq!(client("10.0.0.2:1", &chain), "203.0.113.9:0");
    }

    #[test]
    fn both_headers_are_read_in_every_form() {
        for (header, value, expected) in [
            ("forwarded", "for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60:0"),
            ("forwarded", "for=9.9.9.9, For=\"[2001:db8:cafe::17]:4711\"", "[2001:db8:cafe::17]:0"),
            ("x-forwarded-for", "192.0.2.60:4711", "192.0.2.60:0"),
            ("x-forwarded-for", "[2001:db8::1]", "[2001:db8::1]:0"),
            ("x-forwarded-for", "2001:db8::1", "[2001:db8::1]:0"),
            ("forwarded", "for=unknown", "10.0.0.2:1"),
            ("forwarded", "by=192.0.2.1", "10.0.0.2:1"),
            ("x-forwarded-for", "192.0.2.60, nonsense", "10.0.0.2:1"),
            ("x-forwarded-for", "", "10.0.0.2:1"),
        ] {
            assert_eq!(client("10.0.0.2:1", &[(header, value)]), expected, "{header}: {value}");
        }
    }

    fn client(peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        let proxies =
            TrustedProxies::new(["10.0.0.2", "10.0.0.3"].map(|text| text.parse().expect("an address")));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        proxies.client(peer.parse().expect("an address"), &map).to_string()
    }
}
