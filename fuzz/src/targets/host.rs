//! Fuzzes the check of the headers `Host` and `Origin`.

use apigw_websocket::{OriginPolicy, OriginRefusal};
use http::{HeaderMap, HeaderValue, header};

use crate::target::{Target, signature};

pub const TARGET: Target = Target {
    name: "host",
    words: &[
        "localhost",
        "127.0.0.1",
        "[::1]",
        "board.example",
        ":443",
        ":80",
        "@",
        "https://",
        "http://",
        "\n",
    ],
    seeds: None,
    run,
};

/// Takes the input's first line as `Host` and its second line as `Origin`. Checks that an accepted host is one of the
/// allowed names, with or without a port.
fn run(input: &[u8]) -> u64 {
    let mut parts = input.split(|byte| *byte == b'\n');
    let host = parts.next().unwrap_or_default();
    let origin = parts.next();
    let mut headers = HeaderMap::new();
    let Ok(value) = HeaderValue::from_bytes(host) else { return 0 };
    headers.insert(header::HOST, value);
    if let Some(Ok(origin)) = origin.map(HeaderValue::from_bytes) {
        headers.insert(header::ORIGIN, origin);
    }
    let mut policy = OriginPolicy::default();
    policy.allowed_hosts = vec!["board.example:443".into(), "192.0.2.1".into()];
    policy.allowed_origins = vec!["https://page.example:443".into()];
    match policy.check(&headers) {
        Ok(()) => {
            let host = String::from_utf8_lossy(host).to_ascii_lowercase();
            assert!(is_one_of_ours(&host), "{host:?} is accepted");
            signature((1, host.len(), origin.is_some()))
        }
        Err(OriginRefusal::Host { host }) => {
            signature((2, host.chars().filter(|c| !c.is_alphanumeric()).collect::<String>()))
        }
        Err(_) => signature((3, origin.map(<[u8]>::len))),
    }
}

/// Returns true if the server may accept this host. The result is computed independently of the tested code.
fn is_one_of_ours(host: &str) -> bool {
    let is_port = |text: &str| {
        text.is_empty() || text.strip_prefix(':').is_some_and(|port| port.chars().all(|c| c.is_ascii_digit()))
    };
    if let Some(rest) = host.strip_prefix('[') {
        let (address, port) = rest.split_once(']').unwrap_or_default();
        return address.parse::<std::net::Ipv6Addr>().is_ok_and(|address| address.is_loopback())
            && is_port(port);
    }
    let name = host.split(':').next().unwrap_or_default();
    let is_ours = name == "localhost"
        || name == "board.example"
        || name == "192.0.2.1"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    is_ours && is_port(&host[name.len()..])
}
