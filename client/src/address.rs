//! Addresses of servers, in the forms in which people type them.

use std::fmt;
use std::sync::Arc;

use http::Uri;

/// A `ws`, `wss`, `http` or `https` URL with a host. `Display` prints the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The parsed URL. It is shared by all clones, so that errors that contain an address stay small.
    uri: Arc<Uri>,
    scheme: Scheme,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Ws,
    Wss,
    Http,
    Https,
}

impl Address {
    /// Parses a `ws`, `wss`, `http` or `https` URL. Returns `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        Self::of(text.parse().ok()?)
    }

    fn of(uri: Uri) -> Option<Self> {
        let scheme = Scheme::named(uri.scheme_str()?)?;
        uri.host().filter(|host| !host.is_empty()).is_some().then(|| Self { uri: Arc::new(uri), scheme })
    }

    /// Returns the parsed URL.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns true if the scheme is `http` or `https`. The address is then that of a web page (a board) and not that
    /// of a WebSocket.
    pub fn is_page(&self) -> bool {
        matches!(self.scheme, Scheme::Http | Scheme::Https)
    }

    /// Returns true if the scheme is `wss` or `https`.
    pub fn is_tls(&self) -> bool {
        matches!(self.scheme, Scheme::Wss | Scheme::Https)
    }

    /// Returns the host, without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        self.uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
    }

    /// Returns `host:port`, with the scheme's default port if the URL contains none.
    pub fn host_and_port(&self) -> String {
        let default = if self.is_tls() { 443 } else { 80 };
        format!("{}:{}", self.uri.host().unwrap_or_default(), self.uri.port_u16().unwrap_or(default))
    }

    /// Returns the value of the `Host` header: `host`, or `host:port` if a port was given.
    pub fn authority(&self) -> &str {
        self.uri.authority().map(http::uri::Authority::as_str).unwrap_or_default()
    }

    /// Returns the same URL with TLS if it has none, or without TLS if it has it. Used for hints in error messages.
    #[must_use]
    pub fn with_the_other_scheme(&self) -> String {
        format!("{}://{}{}", self.scheme.other().name(), self.authority(), self.uri.path())
    }

    /// Returns the path of the file `name` in the directory at this address, such as `/config.json`.
    pub fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.uri.path().trim_end_matches('/'))
    }

    /// Returns the address of the HTTP API that belongs to this WebSocket, as on a server that is run by `tickertape
    /// serve`. Returns `None` if the path does not end in `/ws`.
    pub(crate) fn own_http(&self) -> Option<Self> {
        let scheme = if self.is_tls() { Scheme::Https } else { Scheme::Http };
        let prefix = self.uri.path().strip_suffix("/ws")?;
        Self::read(&format!("{}://{}{prefix}/", scheme.name(), self.authority()))
    }

    /// Returns the address of the WebSocket, `/ws`, on the server that serves the board (web page) at this address.
    pub fn own_websocket(&self) -> Option<Self> {
        let scheme = if self.is_tls() { Scheme::Wss } else { Scheme::Ws };
        Self::read(&format!("{}://{}/ws", scheme.name(), self.authority()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.uri)
    }
}

impl Scheme {
    const ALL: [Self; 4] = [Self::Ws, Self::Wss, Self::Http, Self::Https];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ws => "ws",
            Self::Wss => "wss",
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Ws => Self::Wss,
            Self::Wss => Self::Ws,
            Self::Http => Self::Https,
            Self::Https => Self::Http,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Address {
        Address::read(url).unwrap()
    }

    #[test]
    fn the_port_defaults_to_that_of_the_scheme() {
        for (url, expected) in [
            ("ws://127.0.0.1:8080/ws", "127.0.0.1:8080"),
            ("ws://[::1]:9/ws", "[::1]:9"),
            ("ws://board.example/ws", "board.example:80"),
            ("wss://board.example/ws", "board.example:443"),
            ("https://board.example", "board.example:443"),
        ] {
            assert_eq!(address(url).host_and_port(), expected, "{url}");
        }
        assert_eq!(address("wss://[::1]:9/ws").host(), "::1");
    }

    #[test]
    fn other_schemes_are_refused() {
        for url in ["ftp://a/b", "127.0.0.1:8080", "not a url", "wss://", "/ws", ""] {
            assert_eq!(Address::read(url), None, "{url}");
        }
    }

    #[test]
    fn a_boards_files_are_below_its_path_and_its_websocket_is_at_the_root() {
        for url in ["https://board.example/team", "https://board.example/team/"] {
            assert_eq!(address(url).file("config.json"), "/team/config.json");
        }
        assert_eq!(address("https://board.example").file("config.json"), "/config.json");
        let own = |url: &str| address(url).own_websocket().unwrap().to_string();
        assert_eq!(own("https://board.example/team/"), "wss://board.example/ws");
        assert_eq!(own("http://127.0.0.1:8080/"), "ws://127.0.0.1:8080/ws");
    }
}
