//! Counters of the service, which are shown by `/healthz` and in metrics.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts events since the service was created. Each counter is exact, but counters that are read together may be from
/// slightly different moments.
#[derive(Debug, Default)]
pub struct Stats {
    pub(crate) connects: AtomicU64,
    pub(crate) disconnects: AtomicU64,
    pub(crate) publications: AtomicU64,
    pub(crate) posts: AtomicU64,
    pub(crate) gone: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) failed: AtomicU64,
}

impl Stats {
    /// Returns the current counts.
    pub fn snapshot(&self) -> Snapshot {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Snapshot {
            connects: read(&self.connects),
            disconnects: read(&self.disconnects),
            publications: read(&self.publications),
            posts: read(&self.posts),
            gone: read(&self.gone),
            dropped: read(&self.dropped),
            failed: read(&self.failed),
        }
    }
}

pub(crate) fn add(counter: &AtomicU64, count: usize) {
    counter.fetch_add(count as u64, Ordering::Relaxed);
}

/// The values of all counters in [`Stats`] at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Snapshot {
    /// Number of connections accepted.
    pub connects: u64,
    /// Number of connections for which the gateway has delivered the event `$disconnect`.
    pub disconnects: u64,
    /// Number of publications appended.
    pub publications: u64,
    /// Number of WebSocket messages sent: replies and broadcasts.
    pub posts: u64,
    /// Number of messages that were not sent because the connection had ended.
    pub gone: u64,
    /// Number of messages that were dropped because the client reads too slowly.
    pub dropped: u64,
    /// Number of messages that were not sent for another reason.
    pub failed: u64,
}
