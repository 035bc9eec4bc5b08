//! Admits handshakes: limits their rate, and the number of handshakes in progress.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::Limits;
use crate::rate::RateLimit;

/// Limits the rate of handshakes, and the number of handshakes in progress.
pub(crate) struct Admission {
    rate: RateLimit,
    in_progress: Arc<Semaphore>,
    most_in_progress: usize,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        // `wait_until_idle` acquires all permits with one call, which takes a u32.
        let most_in_progress = limits.handshakes.min(Semaphore::MAX_PERMITS).min(u32::MAX as usize);
        Self {
            rate: RateLimit::new(limits.connects_per_second, limits.connects_per_second),
            in_progress: Arc::new(Semaphore::new(most_in_progress)),
            most_in_progress,
        }
    }

    /// Waits until no handshake is in progress.
    pub(crate) async fn wait_until_idle(&self) {
        // An error would mean that the semaphore is closed, which never happens.
        let _ = self.in_progress.acquire_many(self.most_in_progress as u32).await;
    }

    /// Counts a handshake as in progress until the returned permit is dropped. Returns `None` if the maximum number is in
    /// progress.
    pub(crate) fn begin(&self) -> Option<OwnedSemaphorePermit> {
        self.in_progress.clone().try_acquire_owned().ok()
    }

    /// Counts one handshake towards the rate. Returns false if the rate is exceeded.
    pub(crate) fn is_within_rate(&self, monotonic_ms: u64) -> bool {
        self.rate.take(monotonic_ms)
    }

    /// Returns the number of handshakes in progress.
    pub(crate) fn in_progress(&self) -> usize {
        self.most_in_progress - self.in_progress.available_permits()
    }
}
