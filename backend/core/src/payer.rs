//! The client to which the rate limits charge a request.

use core::net::{IpAddr, Ipv6Addr};

/// The client to which requests are charged: a principal at a network. It is both together, because everybody who opens a
/// page may have the same token, and everybody in an office may have the same address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Payer {
    /// Name of the principal; `None` for a client without a valid token.
    principal: Option<Box<str>>,
    network: Option<IpAddr>,
}

impl Payer {
    /// Creates the payer for the principal with this name at the address `peer`, which may be unknown.
    pub fn new(principal: &str, peer: Option<IpAddr>) -> Self {
        Self { principal: Some(principal.into()), network: peer.map(network_of) }
    }

    /// Returns true if the name of the principal is known.
    pub fn is_known(&self) -> bool {
        self.principal.is_some()
    }

    /// Creates the payer for a client without a valid token at the address `peer`, which may be unknown.
    pub fn stranger(peer: Option<IpAddr>) -> Self {
        Self { principal: None, network: peer.map(network_of) }
    }
}

/// Returns the network that counts as one client: an IPv4 address as it is, and the first 64 bits of an IPv6 address, since
/// one subscriber of a provider usually has at least that many addresses (RFC 6177).
fn network_of(address: IpAddr) -> IpAddr {
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
        assert_ne!(at("", "192.0.2.1"), Payer::stranger(Some("192.0.2.1".parse().unwrap())));
    }
}
