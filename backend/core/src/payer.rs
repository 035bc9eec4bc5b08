//! Identifies the client whose rate limits apply to a request.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The client to whose rate limits a request is charged: a principal (an authenticated name) at a network address. Both
/// are needed, because everybody who opens a public page may have the same token, and everybody in an office may have
/// the same address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Payer {
    /// Name of the principal; `None` for a client without a valid token.
    principal: Option<Box<str>>,
    network: Option<IpAddr>,
}

impl Payer {
    /// Creates the payer for a client with a valid token. `principal` is the name in the token, and `peer` is the IP
    /// address of the client, if it is known.
    pub fn new(principal: &str, peer: Option<IpAddr>) -> Self {
        Self { principal: Some(principal.into()), network: peer.map(network_of) }
    }

    /// Returns true if the client has a valid token, so that its name is known.
    pub fn is_known(&self) -> bool {
        self.principal.is_some()
    }

    /// Returns true if the client connects from the usual loopback address, as programs of the server's machine do.
    pub fn is_this_machine(&self) -> bool {
        self.network.is_some_and(|network| {
            // The network of `::1` is its first 64 bits.
            network == IpAddr::V4(Ipv4Addr::LOCALHOST) || network == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
        })
    }

    /// Creates the payer for a client without a valid token. `peer` is the IP address of the client, if it is known.
    pub fn stranger(peer: Option<IpAddr>) -> Self {
        Self { principal: None, network: peer.map(network_of) }
    }
}

/// Returns the network that counts as one client. For IPv4 this is the address itself, and for IPv6 its first 64 bits,
/// because one customer of an Internet provider usually has at least 2^64 addresses (RFC 6177).
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payer_is_a_principal_at_an_address_or_at_the_first_half_of_an_ipv6_address() {
        let at = |name, address: &str| Payer::new(name, Some(address.parse().unwrap()));
        assert_eq!(at("a", "2001:db8:1:2::1"), at("a", "2001:db8:1:2:ffff::1"));
        assert_ne!(at("a", "2001:db8:1:2::1"), at("a", "2001:db8:1:3::1"));
        assert_eq!(at("a", "192.0.2.1"), at("a", "::ffff:192.0.2.1"));
        assert_ne!(at("a", "192.0.2.1"), at("a", "192.0.2.2"));
        assert_ne!(at("a", "192.0.2.1"), at("b", "192.0.2.1"));
        assert!(at("a", "127.0.0.1").is_this_machine() && at("a", "::1").is_this_machine());
        assert!(!at("a", "127.0.0.2").is_this_machine() && !at("a", "192.0.2.1").is_this_machine());
        assert_ne!(at("", "192.0.2.1"), Payer::stranger(Some("192.0.2.1".parse().unwrap())));
    }
}
