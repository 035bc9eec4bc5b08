//! Limits the rate of WebSocket handshakes, and the number of handshakes in progress.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::Limits;
use crate::lock::Mutex;
use crate::rate::{KeyedRate, RateLimit};
use crate::shares::Holder;

/// Limits the rate of WebSocket handshakes, and the number of handshakes in progress.
pub(crate) struct Admission {
    rate: RateLimit,
    rate_of_principal: KeyedRate<Holder>,
    rate_of_address: KeyedRate<IpAddr>,
    in_progress: Arc<Semaphore>,
    most_in_progress: usize,
    most_of_address: Option<usize>,
    by_address: Mutex<HashMap<IpAddr, usize>>,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        // `wait_until_idle` acquires all permits with one call, which takes a u32.
        let most_in_progress = limits.handshakes.min(Semaphore::MAX_PERMITS).min(u32::MAX as usize);
        Self {
            rate: RateLimit::new(limits.connects_per_second, limits.connects_per_second),
            rate_of_principal: KeyedRate::new(limits.connects_per_second_of_principal),
            rate_of_address: KeyedRate::new(limits.handshakes_per_second_of_address),
            in_progress: Arc::new(Semaphore::new(most_in_progress)),
            most_in_progress,
            most_of_address: limits.handshakes_of_address,
            by_address: Mutex::default(),
        }
    }

    /// Waits until no handshake is in progress.
    pub(crate) async fn wait_until_idle(&self) {
        // An error would mean that the semaphore is closed, which never happens.
        let _ = self.in_progress.acquire_many(self.most_in_progress as u32).await;
    }

    /// Counts a handshake as in progress until the returned permit is dropped. Returns `None` if too many handshakes
    /// are already in progress, either from this network or in total.
    pub(crate) fn begin(self: &Arc<Self>, network: IpAddr) -> Option<Permit> {
        let in_progress = self.in_progress.clone().try_acquire_owned().ok()?;
        let mut by_address = self.by_address.lock();
        let own = by_address.get(&network).copied().unwrap_or_default();
        if self.most_of_address.is_some_and(|most| own >= most) {
            return None;
        }
        by_address.insert(network, own + 1);
        drop(by_address);
        Some(Permit { admission: self.clone(), network, _in_progress: in_progress })
    }

    /// Counts one handshake against the rate limit of a network. Returns false if the network makes more handshakes per
    /// second than it may.
    pub(crate) fn is_within_rate_of_address(&self, network: IpAddr, monotonic_ms: u64) -> bool {
        self.rate_of_address.take(network, monotonic_ms)
    }

    /// Counts one handshake against the rate limit of a client, and then against the rate limit of all clients
    /// together. Returns false if one of the two limits is exceeded.
    pub(crate) fn is_within_rate(&self, holder: Holder, monotonic_ms: u64) -> bool {
        self.rate_of_principal.take(holder, monotonic_ms) && self.rate.take(monotonic_ms)
    }

    fn ended(&self, network: IpAddr) {
        let mut by_address = self.by_address.lock();
        match by_address.get_mut(&network) {
            Some(own) if *own > 1 => *own -= 1,
            Some(_) | None => {
                by_address.remove(&network);
            }
        }
    }
}

/// The permit for one handshake in progress. When it is dropped, the handshake is no longer counted as in progress.
pub(crate) struct Permit {
    admission: Arc<Admission>,
    network: IpAddr,
    _in_progress: OwnedSemaphorePermit,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.admission.ended(self.network);
    }
}
