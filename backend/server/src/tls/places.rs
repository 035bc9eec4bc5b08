//! Limits the number of TLS handshakes that are in progress at the same time, both for each address and for all clients
//! together. A client that connects and sends nothing is counted until its handshake times out.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex};

use backend_core::lock;

/// Maximum number of handshakes in progress, of all clients together.
const OF_ALL: usize = 2048;
/// Maximum number of handshakes in progress from one address, or from the same first 64 bits of an IPv6 address.
const OF_ADDRESS: usize = 256;

/// The number of handshakes in progress, for each network and in total.
#[derive(Debug, Clone, Default)]
pub struct Places(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    of_network: HashMap<IpAddr, usize>,
}

/// One handshake that is counted. When this value is dropped, the handshake is not counted any more.
#[derive(Debug)]
pub struct Place {
    places: Places,
    network: IpAddr,
}

impl Places {
    /// Counts a handshake with a client at this address. Returns `None` if the maximum is reached.
    pub fn take(&self, address: IpAddr) -> Option<Place> {
        let network = network_of(address);
        let mut counts = lock::lock(&self.0);
        let of_network = counts.of_network.get(&network).copied().unwrap_or_default();
        if counts.all >= OF_ALL || of_network >= OF_ADDRESS {
            return None;
        }
        counts.all += 1;
        counts.of_network.insert(network, of_network + 1);
        Some(Place { places: self.clone(), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = lock::lock(&self.places.0);
        counts.all -= 1;
        match counts.of_network.get_mut(&self.network) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(counts.of_network.remove(&self.network)),
        }
    }
}

fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_takes_all_its_places_leaves_those_of_others() {
        let places = Places::default();
        let (greedy, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let mut taken: Vec<Place> = std::iter::from_fn(|| places.take(greedy)).take(OF_ADDRESS + 1).collect();
        assert_eq!(taken.len(), OF_ADDRESS);
        assert!(places.take(other).is_some());
        taken.pop();
        assert!(places.take(greedy).is_some());
        drop(taken);
        assert!(lock::lock(&places.0).of_network.is_empty());
        assert_eq!(lock::lock(&places.0).all, 0);
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_their_places() {
        let network = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
