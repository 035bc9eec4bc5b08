//! Counters of what the service did, for `/healthz` and metrics.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the start. Each is exact; read together they may be a moment apart.
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
    /// The counts at this moment.
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

/// [`Stats`] at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Snapshot {
    /// Connections accepted.
    pub connects: u64,
    /// Connections ended or found gone.
    pub disconnects: u64,
    /// Publications appended.
    pub publications: u64,
    /// Messages that went out, replies and broadcasts.
    pub posts: u64,
    /// Posts to connections that were no more.
    pub gone: u64,
    /// Posts dropped because the client reads too slowly.
    pub dropped: u64,
    /// Posts that failed for another reason.
    pub failed: u64,
}
