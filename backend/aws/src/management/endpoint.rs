//! The address of API Gateway's management API.

use std::fmt;
use std::str::FromStr;

/// Address of the management API of a stage (its `@connections`):
/// `https://{api}.execute-api.{region}.amazonaws.com/{stage}`, or `https://{domain}/{mapping}` with a custom domain
/// (Developer Guide, "Use @connections commands in your backend service").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagementEndpoint(String);

impl ManagementEndpoint {
    /// Returns the address, which has no slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the host for the header `host`, which has no port if that is the usual one, and the path, which is empty or begins with
    /// a slash.
    pub(super) fn host_and_path(&self) -> (&str, &str) {
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let usual = if scheme == "https" { ":443" } else { ":80" };
        (authority.strip_suffix(usual).unwrap_or(authority), path)
    }
}

impl fmt::Display for ManagementEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The reason why a text is not the address of a management API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{fault}: write https://{{api}}.execute-api.{{region}}.amazonaws.com/{{stage}}, or with a custom domain \
     https://ws.example.com"
)]
pub struct EndpointError {
    /// Description of the fault, which begins the error message.
    pub fault: &'static str,
}

impl FromStr for ManagementEndpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let fault = |fault| EndpointError { fault };
        let (scheme, rest) =
            text.split_once("://").ok_or_else(|| fault("the address does not begin with https://"))?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host(authority).ok_or_else(|| fault("the host of the address is missing or malformed"))?;
        match scheme {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => return Err(fault("http:// is only for an address on this machine")),
            "wss" | "ws" => {
                return Err(fault("wss:// is the address for browsers; this address begins with https://"));
            }
            _ => return Err(fault("the address does not begin with https://")),
        }
        if !path.chars().all(is_path) {
            return Err(fault("only the stage may follow the host"));
        }
        if host.contains(".execute-api.") && path.trim_matches('/').is_empty() {
            return Err(fault("the stage is missing"));
        }
        Ok(Self(text.trim_end_matches('/').into()))
    }
}

/// Returns the host of a URL's authority, which is `host:port` or `host`. Returns `None` if the host or the port is
/// malformed.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, Some(port)),
        Some(_) | None => (authority, None),
    };
    let is_name = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.[]:".contains(c));
    (is_name && port.is_none_or(|port| port.parse::<u16>().is_ok())).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

fn is_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~$/".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_a_custom_domain_and_this_machine_are_addresses() {
        for text in [
            "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod",
            "https://a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn/prod",
            "https://ws.example.com",
            "https://ws.example.com/board",
            "http://127.0.0.1:8080/ws",
            "http://[::1]:8080/ws",
            "http://localhost:8080/ws",
        ] {
            assert_eq!(text.parse::<ManagementEndpoint>().unwrap().as_str(), text);
        }
        let slash: ManagementEndpoint = "https://ws.example.com/".parse().unwrap();
        assert_eq!(slash.as_str(), "https://ws.example.com");
    }

    #[test]
    fn the_usual_port_is_left_out_of_the_host() {
        for (text, host, path) in [
            ("https://ws.example.com", "ws.example.com", ""),
            ("https://ws.example.com:443/prod", "ws.example.com", "/prod"),
            ("https://ws.example.com:8443/a/b", "ws.example.com:8443", "/a/b"),
            ("http://[::1]:80/ws", "[::1]", "/ws"),
            ("http://127.0.0.1:443/ws", "127.0.0.1:443", "/ws"),
        ] {
            assert_eq!(text.parse::<ManagementEndpoint>().unwrap().host_and_path(), (host, path));
        }
    }

    #[test]
    fn an_invalid_address_is_refused_with_a_valid_example() {
        for (text, fault) in [
            ("", "the address does not begin with https://"),
            ("a1b2c3d4e5", "the address does not begin with https://"),
            (
                "wss://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod",
                "wss:// is the address for browsers",
            ),
            ("http://ws.example.com", "only for an address on this machine"),
            ("http://localhost.example.com/ws", "only for an address on this machine"),
            ("ftp://ws.example.com", "does not begin with https://"),
            ("https://", "the host of the address is missing"),
            ("https://user@ws.example.com/", "malformed"),
            ("https://ws.example.com:port/", "malformed"),
            ("https://ws.example.com/a?b=c", "only the stage may follow"),
            ("https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/", "the stage is missing"),
        ] {
            let error = text.parse::<ManagementEndpoint>().unwrap_err().to_string();
            assert!(error.contains(fault), "{error}");
            assert!(error.contains("https://{api}.execute-api.{region}.amazonaws.com/{stage}"), "{error}");
        }
    }
}
