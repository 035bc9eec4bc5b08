//! The desk as an HTTP proxy. Programs without a module that redirects their connections reach it, if their HTTP client follows
//! the variable `HTTPS_PROXY`: a connection to AWS then ends here, and any other one is passed on.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Maximum size of a request with its headers, in bytes.
const HEAD_BYTES: usize = 8 * 1024;
/// Answer after which the client speaks with the host that it named.
const ESTABLISHED: &[u8] = b"HTTP/1.1 200 Connection Established\r\n\r\n";

/// The request for a connection through a proxy (RFC 9110, section 9.3.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectRequest {
    /// The host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// User name for the proxy. The environment of each function has that of the function.
    pub user: Option<String>,
}

impl ConnectRequest {
    /// Reads a request, and nothing of what follows it.
    ///
    /// # Errors
    ///
    /// If it is not a request for a connection, is too long, or the client ends.
    pub async fn read(stream: &mut TcpStream) -> io::Result<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() >= HEAD_BYTES {
                return Err(io::Error::other("the headers of a request to the proxy are too long"));
            }
            head.push(stream.read_u8().await?);
        }
        let request = std::str::from_utf8(&head).ok().and_then(Self::parse);
        request.ok_or_else(|| io::Error::other("this is not a request for a connection"))
    }

    fn parse(head: &str) -> Option<Self> {
        let (request, headers) = head.split_once("\r\n")?;
        let target = request.strip_prefix("CONNECT ")?.split(' ').next()?;
        let (host, port) = target.rsplit_once(':')?;
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("proxy-authorization").then(|| value.trim().to_owned())
        };
        let authorization = headers.split("\r\n").find_map(header);
        let user = authorization.and_then(|value| {
            let credentials = String::from_utf8(STANDARD.decode(value.strip_prefix("Basic ")?).ok()?).ok()?;
            credentials.split(':').next().filter(|user| !user.is_empty()).map(str::to_owned)
        });
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        Some(Self { host, port: port.parse().ok()?, user })
    }

    /// Returns true if the host is one of these or is below one of them.
    pub fn is_below(&self, suffixes: &[String]) -> bool {
        let is_below = |suffix: &String| {
            let rest = self.host.strip_suffix(suffix.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        suffixes.iter().any(is_below)
    }

    /// Tells the client that it speaks with the host from now on.
    ///
    /// # Errors
    ///
    /// If the client has ended.
    pub async fn accept(stream: &mut TcpStream) -> io::Result<()> {
        stream.write_all(ESTABLISHED).await
    }
}

/// Returns the variables that make HTTP clients use the desk as their proxy, for the function of this name.
pub fn variables(desk_port: u16, function: &str) -> Vec<(&'static str, String)> {
    let is_plain = function.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let user = if is_plain { format!("{function}@") } else { String::new() };
    let (proxy, near) = (format!("http://{user}127.0.0.1:{desk_port}"), "127.0.0.1,localhost,::1".to_owned());
    // Some programs know only one spelling.
    vec![
        ("HTTPS_PROXY", proxy.clone()),
        ("https_proxy", proxy),
        ("NO_PROXY", near.clone()),
        ("no_proxy", near),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(host: &str, port: u16, user: Option<&str>) -> Option<ConnectRequest> {
        Some(ConnectRequest { host: host.to_owned(), port, user: user.map(str::to_owned) })
    }

    #[test]
    fn host_port_and_function_of_a_request_are_read() {
        let aws = "CONNECT STS.amazonaws.com:443 HTTP/1.1\r\nHost: x\r\n\r\n";
        assert_eq!(ConnectRequest::parse(aws), request("sts.amazonaws.com", 443, None));
        let named = "CONNECT [::1]:8443 HTTP/1.1\r\nproxy-authorization: Basic Q2hhdDo=\r\nHost: x\r\n\r\n";
        assert_eq!(ConnectRequest::parse(named), request("::1", 8443, Some("Chat")));
        for other in
            ["GET http://a/ HTTP/1.1\r\n\r\n", "CONNECT a HTTP/1.1\r\n\r\n", "CONNECT a:x HTTP/1.1\r\n\r\n"]
        {
            assert_eq!(ConnectRequest::parse(other), None, "{other}");
        }
    }

    #[test]
    fn names_below_a_suffix_are_those_of_aws() {
        let suffixes = ["amazonaws.com".to_owned()];
        for (host, is_below) in [
            ("amazonaws.com", true),
            ("a.execute-api.eu-west-1.amazonaws.com", true),
            ("notamazonaws.com", false),
            ("amazonaws.com.example", false),
        ] {
            assert_eq!(request(host, 443, None).map(|one| one.is_below(&suffixes)), Some(is_below), "{host}");
        }
    }
}
