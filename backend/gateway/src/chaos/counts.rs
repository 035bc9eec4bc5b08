//! Counts the faults that were injected.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::Serialize;

use super::decision::PostFault;

/// Number of faults that were injected since the gateway was created, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChaosCounts {
    /// Number of handshakes that fault injection refused.
    pub refused: u64,
    /// Number of `$disconnect` events that fault injection suppressed.
    pub lost_disconnects: u64,
    /// Number of posts that fault injection answered with 410.
    pub gone: u64,
    /// Number of posts that fault injection answered with 429.
    pub throttled: u64,
    /// Number of posts whose frames fault injection delayed.
    pub delayed: u64,
    /// Number of posts whose frames fault injection sent twice.
    pub duplicated: u64,
    /// Number of connections that fault injection froze: the gateway stopped reading and writing, but did not close
    /// them.
    pub frozen: u64,
    /// Number of connections that fault injection reset in the middle of a frame.
    pub cut: u64,
}

#[derive(Default)]
pub(super) struct Counters {
    refused: AtomicU64,
    lost_disconnects: AtomicU64,
    gone: AtomicU64,
    throttled: AtomicU64,
    delayed: AtomicU64,
    duplicated: AtomicU64,
    frozen: AtomicU64,
    broken: AtomicU64,
}

impl Counters {
    pub fn count_refused_handshake(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    pub fn count_lost_disconnect(&self) {
        self.lost_disconnects.fetch_add(1, Relaxed);
    }

    pub fn count_post(&self, fault: PostFault) {
        let counter = match fault {
            PostFault::None => return,
            PostFault::Gone => &self.gone,
            PostFault::Throttled => &self.throttled,
            PostFault::Delayed { .. } => &self.delayed,
            PostFault::Duplicated { .. } => &self.duplicated,
            PostFault::Frozen => &self.frozen,
            PostFault::Broken => &self.broken,
        };
        counter.fetch_add(1, Relaxed);
    }

    pub fn snapshot(&self) -> ChaosCounts {
        ChaosCounts {
            refused: self.refused.load(Relaxed),
            lost_disconnects: self.lost_disconnects.load(Relaxed),
            gone: self.gone.load(Relaxed),
            throttled: self.throttled.load(Relaxed),
            delayed: self.delayed.load(Relaxed),
            duplicated: self.duplicated.load(Relaxed),
            frozen: self.frozen.load(Relaxed),
            cut: self.broken.load(Relaxed),
        }
    }
}
