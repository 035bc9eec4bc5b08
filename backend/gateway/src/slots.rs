//! The table of TCP connections that speak HTTP. It limits their number for each network, and in total. A network is an
//! IPv4 address, or the first 64 bits of an IPv6 address.
//!
//! A connection on which no request is being answered is called *silent*. If there is no room for a new connection, a
//! silent one is closed. It is a connection of the new connection's own network if that network already has as many
//! connections as it may have. Otherwise it is a connection of the network that has the most. So a client that opens
//! many connections and sends nothing causes only connections of its own network to be closed.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use crate::fair;
use crate::lock::Mutex;
use crate::slot::{Order, Slot};

/// The limits that apply to a new TCP connection, and the network for which it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Bounds {
    /// Only the limit of all connections together applies. This is for trusted proxies, since many clients are behind a
    /// proxy.
    OfAll,
    /// The limit of all connections together and the limit of this network apply.
    OfNetwork(IpAddr),
}

/// The table of the TCP connections of one listener, with the limits on their number.
#[derive(Debug)]
pub(crate) struct Slots {
    most: usize,
    most_of_network: usize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// The connections of each network, in the order in which they were accepted.
    networks: HashMap<Bounds, BTreeMap<u64, Arc<Slot>>>,
    count: usize,
    next: u64,
}

/// Keeps the entry of one TCP connection in the table of connections. The entry is removed when this guard is dropped.
#[derive(Debug)]
pub(crate) struct SlotGuard {
    slots: Arc<Slots>,
    network: Bounds,
    number: u64,
    slot: Arc<Slot>,
}

impl Slots {
    pub(crate) fn new(most: usize, most_of_network: usize) -> Self {
        Self { most: most.max(1), most_of_network: most_of_network.max(1), table: Mutex::default() }
    }

    /// Adds a new connection to the table. If a limit is reached, a connection on which no request is being answered is
    /// closed to make room. Returns `None` if there is no such connection.
    pub(crate) fn take(self: &Arc<Self>, network: Bounds) -> Option<SlotGuard> {
        let mut table = self.table.lock();
        if self.has_its_share(&table, network) && !table.displace(network) {
            return None;
        }
        if table.count >= self.most {
            let largest = table.largest_with_silent()?;
            table.displace(largest);
        }
        let (number, slot) = table.add(network);
        drop(table);
        Some(SlotGuard { slots: self.clone(), network, number, slot })
    }

    /// Orders every connection to close after the request in progress.
    pub(crate) fn finish_all(&self) {
        let table = self.table.lock();
        table.networks.values().flat_map(BTreeMap::values).for_each(|slot| slot.order(Order::Finish));
    }

    /// Returns true if a network has as many connections as it may have. This number is lower if other networks have
    /// many. A network without a connection may always have one: there is a free place for it, or a silent connection
    /// of another network is closed.
    fn has_its_share(&self, table: &Table, network: Bounds) -> bool {
        let own = table.count_of(network);
        let is_bounded = matches!(network, Bounds::OfNetwork(_));
        is_bounded
            && own > 0
            && !fair::may_take(own, table.count, self.most_of_network.min(self.most), self.most)
    }
}

impl Table {
    fn count_of(&self, network: Bounds) -> usize {
        self.networks.get(&network).map_or(0, BTreeMap::len)
    }

    /// Returns the network with the most connections, among the networks that have at least one connection without a
    /// request in progress.
    fn largest_with_silent(&self) -> Option<Bounds> {
        let networks = self.networks.iter().filter(|(_, slots)| slots.values().any(|slot| slot.is_silent()));
        networks.max_by_key(|(_, slots)| slots.len()).map(|(network, _)| *network)
    }

    /// Closes the oldest connection of `network` on which no request is being answered. Returns false if there is no
    /// such connection.
    fn displace(&mut self, network: Bounds) -> bool {
        let slots = self.networks.get(&network).into_iter().flatten();
        let silent = slots.into_iter().find(|(_, slot)| slot.is_silent()).map(|(number, _)| *number);
        let Some(number) = silent else { return false };
        if let Some(slot) = self.remove(network, number) {
            slot.order(Order::Close);
        }
        true
    }

    fn add(&mut self, network: Bounds) -> (u64, Arc<Slot>) {
        let (number, slot) = (self.next, Arc::new(Slot::default()));
        self.next += 1;
        self.count += 1;
        self.networks.entry(network).or_default().insert(number, slot.clone());
        (number, slot)
    }

    fn remove(&mut self, network: Bounds, number: u64) -> Option<Arc<Slot>> {
        let slots = self.networks.get_mut(&network)?;
        let removed = slots.remove(&number)?;
        if slots.is_empty() {
            self.networks.remove(&network);
        }
        self.count -= 1;
        Some(removed)
    }
}

impl SlotGuard {
    pub(crate) fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }
}

impl Drop for SlotGuard {
    fn drop(&mut self) {
        self.slots.table.lock().remove(self.network, self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_network_beyond_its_share_displaces_its_own_oldest_silent_connection() {
        let slots = slots(10, 2);
        let held: Vec<_> = (0..3).map(|_| slots.take(network(1)).expect("a place")).collect();
        assert_eq!(numbers(&slots, 1), [held[1].number, held[2].number]);
    }

    #[test]
    fn a_newcomer_displaces_a_silent_connection_of_the_network_that_has_most() {
        let slots = slots(3, 3);
        let (_first, _second) = (slots.take(network(1)), slots.take(network(1)));
        let _other = slots.take(network(2)).expect("a place");
        let newcomer = slots.take(network(3));
        assert!(newcomer.is_some());
        assert_eq!((count(&slots, 1), count(&slots, 2), count(&slots, 3)), (1, 1, 1));
    }

    #[test]
    fn a_connection_that_is_being_answered_is_not_displaced() {
        let slots = slots(2, 2);
        let (first, second) =
            (slots.take(network(1)).expect("a place"), slots.take(network(1)).expect("one"));
        first.slot().set_busy(true);
        second.slot().set_busy(true);
        assert!(slots.take(network(1)).is_none() && slots.take(network(2)).is_none());
        second.slot().set_busy(false);
        assert!(slots.take(network(2)).is_some());
        assert_eq!(numbers(&slots, 1), [first.number]);
    }

    #[test]
    fn networks_whose_requests_take_long_leave_places_for_others() {
        let slots = slots(100, 50);
        let mut held = Vec::new();
        for number in (1..=4).cycle().take(400) {
            let taken = slots.take(network(number));
            taken.iter().for_each(|guard| guard.slot().set_busy(true));
            held.extend(taken);
        }
        assert_eq!(held.len(), 80, "four of 20 each");
        let other: Vec<_> = (0..5).map(|_| slots.take(network(5))).collect();
        assert!(other.iter().all(Option::is_some));
    }

    #[test]
    fn a_trusted_proxy_has_only_the_bound_of_all() {
        let slots = slots(3, 1);
        let held: Vec<_> = (0..3).map(|_| slots.take(Bounds::OfAll).expect("a place")).collect();
        assert!(slots.take(network(1)).is_some());
        assert_eq!(slots.table.lock().count_of(Bounds::OfAll), 2);
        drop(held);
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_ends() {
        let slots = slots(1, 1);
        drop(slots.take(network(1)));
        let again = slots.take(network(2)).expect("a place");
        assert_eq!((count(&slots, 1), count(&slots, 2)), (0, 1));
        drop(again);
        assert_eq!(slots.table.lock().count, 0);
    }

    fn slots(most: usize, most_of_network: usize) -> Arc<Slots> {
        Arc::new(Slots::new(most, most_of_network))
    }

    fn network(number: u8) -> Bounds {
        Bounds::OfNetwork(Ipv4Addr::new(192, 0, 2, number).into())
    }

    fn count(slots: &Slots, number: u8) -> usize {
        slots.table.lock().count_of(network(number))
    }

    fn numbers(slots: &Slots, number: u8) -> Vec<u64> {
        slots.table.lock().networks[&network(number)].keys().copied().collect()
    }
}
