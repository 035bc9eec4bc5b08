//! Determines the network that an IP address belongs to. Limits for each client count all addresses of a network as one
//! client.

use std::net::{IpAddr, Ipv6Addr};

/// Returns the network that counts as one client in limits. For an IPv4 address this is the address itself. For an IPv6
/// address it is the first 64 bits, since an internet provider usually gives each customer at least that many addresses
/// (RFC 6177).
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_counts_by_its_first_64_bits_and_an_ipv4_address_whole() {
        let network = |text: &str| network_of(text.parse().expect("an address")).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7", "an IPv4 address that was mapped to IPv6");
    }
}
