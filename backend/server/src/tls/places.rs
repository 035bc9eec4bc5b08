//! Limits the number of TLS connections that the HTTP server does not count, both for each address and for all clients
//! together: those whose handshake is in progress, and those that the server has closed and whose clients have not. A client that
//! connects and sends nothing is counted until its handshake times out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use backend_core::payer::network_of;
use backend_core::{fair, lock};

use crate::limits::MostHandshakes;

/// The number of connections that are counted, for each network and in total.
#[derive(Debug, Clone)]
pub struct Places {
    counts: Arc<Mutex<Counts>>,
    most: MostHandshakes,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    of_network: HashMap<IpAddr, usize>,
}

/// One connection that is counted. When this value is dropped, the connection is not counted any more.
#[derive(Debug)]
pub struct Place {
    places: Places,
    network: IpAddr,
}

impl Places {
    /// Creates the table, in which all places are free.
    pub fn new(most: MostHandshakes) -> Self {
        Self { counts: Arc::default(), most }
    }

    /// Counts a connection of a client at this address. Returns `None` if the maximum is reached.
    pub fn take(&self, address: IpAddr) -> Option<Place> {
        let network = network_of(address);
        let mut counts = lock::lock(&self.counts);
        let of_network = counts.of_network.get(&network).copied().unwrap_or_default();
        let MostHandshakes { of_all, of_address } = self.most;
        if !fair::may_take(of_network, counts.all, of_address, of_all) {
            return None;
        }
        counts.all += 1;
        counts.of_network.insert(network, of_network + 1);
        Some(Place { places: self.clone(), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = lock::lock(&self.places.counts);
        counts.all -= 1;
        match counts.of_network.get_mut(&self.network) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(counts.of_network.remove(&self.network)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: MostHandshakes = MostHandshakes { of_all: 80, of_address: 10 };

    #[test]
    fn addresses_that_take_all_they_can_leave_places_for_others() {
        let places = Places::new(MOST);
        let address = |number: usize| IpAddr::from([192, 0, 2, number as u8]);
        let taken: Vec<Place> = (0..1_000).filter_map(|number| places.take(address(number % 10))).collect();
        assert!(taken.len() < 60, "{}", taken.len());
        let other: Vec<_> = (0..3).map(|_| places.take(address(20))).collect();
        assert!(other.iter().all(Option::is_some));
    }

    #[test]
    fn an_address_that_takes_all_its_places_leaves_those_of_others() {
        let places = Places::new(MOST);
        let (greedy, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let mut taken: Vec<Place> =
            std::iter::from_fn(|| places.take(greedy)).take(MOST.of_address + 1).collect();
        assert_eq!(taken.len(), MOST.of_address);
        assert!(places.take(other).is_some());
        taken.pop();
        assert!(places.take(greedy).is_some());
        drop(taken);
        assert!(lock::lock(&places.counts).of_network.is_empty());
        assert_eq!(lock::lock(&places.counts).all, 0);
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_their_places() {
        let network = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
