//! Counts the connections and queued bytes of each client, since both are limited.
//!
//! A client is a principal together with the network of its address. The principal alone is not enough, since everybody
//! who opens a page may have the same token. The address alone is not enough, since everybody in an office may have the
//! same address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::address::network_of;
use crate::fair;
use crate::limits::Limits;
use crate::lock::Mutex;

/// A client to which limits apply: a principal together with the network of its address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Holder {
    /// The principal that the authorizer named. It is an empty text if there is no authorizer.
    principal: Box<str>,
    network: IpAddr,
}

impl Holder {
    pub(crate) fn new(principal: &str, address: IpAddr) -> Self {
        Self { principal: principal.into(), network: network_of(address) }
    }
}

/// The number of connections and of queued bytes, for each client that has connections and in total.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    by_holder: Mutex<HashMap<Holder, Arc<Share>>>,
    connections: AtomicUsize,
    queued_bytes: AtomicUsize,
}

#[derive(Debug)]
struct Share {
    holder: Holder,
    /// The number of the client's connections. Changed only under the lock of [`Shares::by_holder`].
    connections: AtomicUsize,
    queued_bytes: AtomicUsize,
}

impl Shares {
    /// Counts one more connection of `holder` until the returned membership is dropped. Returns `None` if the holder may have no
    /// more, or if all clients together have the maximum number of connections.
    pub(crate) fn join(self: &Arc<Self>, holder: Holder, limits: &Limits) -> Option<Membership> {
        let mut by_holder = self.by_holder.lock();
        let own = by_holder.get(&holder).map_or(0, |share| share.connections.load(Relaxed));
        if !may_have_another(own, self.connections.load(Relaxed), limits) {
            return None;
        }
        let share = by_holder.entry(holder.clone()).or_insert_with(|| Arc::new(Share::new(holder)));
        share.connections.fetch_add(1, Relaxed);
        self.connections.fetch_add(1, Relaxed);
        Some(Membership { shares: self.clone(), share: share.clone() })
    }

    fn leave(&self, share: &Share) {
        let mut by_holder = self.by_holder.lock();
        self.connections.fetch_sub(1, Relaxed);
        if share.connections.fetch_sub(1, Relaxed) == 1 {
            by_holder.remove(&share.holder);
        }
    }

    fn holders(&self) -> usize {
        self.by_holder.lock().len()
    }
}

fn may_have_another(own: usize, all: usize, limits: &Limits) -> bool {
    let of_all = limits.connections;
    match limits.connections_of_principal {
        Some(of_one) => fair::may_take(own, all, of_one.min(of_all), of_all),
        None => all < of_all,
    }
}

impl Share {
    fn new(holder: Holder) -> Self {
        Self { holder, connections: AtomicUsize::new(0), queued_bytes: AtomicUsize::new(0) }
    }
}

/// Counts one connection, and its queued bytes, for its client. When this value is dropped, the connection is no longer
/// counted.
#[derive(Debug)]
pub(crate) struct Membership {
    shares: Arc<Shares>,
    share: Arc<Share>,
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.shares.leave(&self.share);
    }
}

impl Membership {
    /// Returns true if `more_bytes` may be added to the queue of this connection, according to the limits of its client
    /// and of all clients together.
    pub(crate) fn has_room(&self, more_bytes: usize, limits: &Limits) -> bool {
        let queued = Queued {
            own: self.share.queued_bytes.load(Relaxed),
            all: self.shares.queued_bytes.load(Relaxed),
        };
        queued.has_room(more_bytes, limits, || self.shares.holders())
    }

    /// Updates the totals of queued bytes after the queue of this connection has changed from `before` to `after`
    /// bytes.
    pub(crate) fn count_queued(&self, before: usize, after: usize) {
        // Most posts queue nothing. All connections write to these two counters, so a write costs more than this comparison.
        if before == after {
            return;
        }
        for counter in [&self.share.queued_bytes, &self.shares.queued_bytes] {
            match after.checked_sub(before) {
                Some(more) => counter.fetch_add(more, Relaxed),
                None => counter.fetch_sub(before - after, Relaxed),
            };
        }
    }
}

/// Number of bytes that wait in the queues of one client (`own`), and in the queues of all clients together (`all`).
#[derive(Clone, Copy, Debug)]
struct Queued {
    own: usize,
    all: usize,
}

impl Queued {
    /// Returns true if `more_bytes` may be queued for a client. When the limit for all clients together is reached, a
    /// client may still queue an equal part of it: the limit divided by the number of clients, `holders`. So a client
    /// loses nothing because others read slowly, and all queues together contain at most twice the limit.
    fn has_room(self, more_bytes: usize, limits: &Limits, holders: impl FnOnce() -> usize) -> bool {
        let own = self.own.saturating_add(more_bytes);
        if limits.queued_bytes_of_principal.is_some_and(|most| own > most) {
            return false;
        }
        match limits.queued_bytes {
            Some(most) if self.all.saturating_add(more_bytes) > most => own <= most / holders().max(1),
            Some(_) | None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_client_has_at_most_its_connections_and_they_come_back() {
        let limits = Limits { connections: 10, connections_of_principal: Some(2), ..Limits::default() };
        let shares = Arc::new(Shares::default());
        let (first, second) = (shares.join(holder(1), &limits), shares.join(holder(1), &limits));
        assert!(shares.join(holder(1), &limits).is_none(), "a third of the same client");
        drop(first);
        assert!(shares.join(holder(1), &limits).is_some());
        drop(second);
        assert_eq!(shares.holders(), 0, "a client without connections costs nothing");
    }

    #[test]
    fn all_clients_together_have_at_most_the_connections_of_all() {
        for connections_of_principal in [None, Some(3)] {
            let limits = Limits { connections: 3, connections_of_principal, ..Limits::default() };
            let shares = Arc::new(Shares::default());
            let held: Vec<_> = (1..=3).map(|number| shares.join(holder(number), &limits)).collect();
            assert!(held.iter().all(Option::is_some));
            assert!(shares.join(holder(4), &limits).is_none());
            drop(held);
            assert!(shares.join(holder(4), &limits).is_some());
        }
    }

    #[test]
    fn clients_that_take_all_they_can_leave_room_for_others() {
        let limits = Limits { connections: 1000, connections_of_principal: Some(250), ..Limits::default() };
        for greedy in [1, 2, 4, 10, 100] {
            let shares = Arc::new(Shares::default());
            let mut held = Vec::new();
            for number in (1..=greedy).cycle().take(1000 * usize::from(greedy)) {
                held.extend(shares.join(holder(number), &limits));
            }
            let free = 1000 - held.len();
            let greedy = usize::from(greedy);
            assert!(free >= 3 * (1000 - greedy) / (3 + greedy), "{greedy} leave {free}");
            assert!(greedy > 1 || held.len() == 250);
            let another: Vec<_> = (0..free / 4).map(|_| shares.join(holder(0), &limits)).collect();
            assert!(another.iter().all(Option::is_some), "beside {greedy}, with {free} free");
        }
    }

    #[test]
    fn a_slow_client_leaves_the_others_their_part_of_the_queues() {
        let limits = Limits { queued_bytes: Some(1000), ..Limits::default() };
        let shares = Arc::new(Shares::default());
        let slow = shares.join(holder(1), &limits).expect("room");
        let other = shares.join(holder(2), &limits).expect("room");
        slow.count_queued(0, 1000);
        assert!(!slow.has_room(1, &limits));
        assert!(other.has_room(500, &limits) && !other.has_room(501, &limits));
        slow.count_queued(1000, 0);
        assert!(slow.has_room(1000, &limits));
    }

    proptest! {
        /// Checks that the queued bytes of a client never exceed the client's limit, and that those of all clients
        /// never exceed twice their limit, in whatever order the clients queue bytes.
        #[test]
        fn the_bounds_of_queued_bytes_hold(asks in prop::collection::vec((1u8..6, 1usize..400), 1..200)) {
            let (own, all) = (600, 1000);
            let limits = Limits {
                queued_bytes_of_principal: Some(own), queued_bytes: Some(all), ..Limits::default()
            };
            let shares = Arc::new(Shares::default());
            let members: Vec<_> = (1..6).filter_map(|number| shares.join(holder(number), &limits)).collect();
            let mut held = [0; 6];
            for (number, bytes) in asks {
                let member = &members[usize::from(number) - 1];
                if member.has_room(bytes, &limits) {
                    member.count_queued(0, bytes);
                    held[usize::from(number)] += bytes;
                }
            }
            prop_assert!(held.iter().all(|bytes| *bytes <= own));
            prop_assert!(held.iter().sum::<usize>() <= 2 * all);
            // A client without queued bytes is never refused its equal part.
            let idle = members.iter().zip(&held[1..]).find(|(_, held)| **held == 0);
            prop_assert!(idle.is_none_or(|(member, _)| member.has_room(all / 5, &limits)));
        }
    }

    fn holder(number: u8) -> Holder {
        Holder::new("", Ipv4Addr::new(192, 0, 2, number).into())
    }
}
