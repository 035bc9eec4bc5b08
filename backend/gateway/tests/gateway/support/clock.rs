use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use apigw_websocket::Environment;

/// The time of the event in AWS's documentation, 2024-02-09T18:11:43.419Z.
pub const START_MS: u64 = 1_707_502_303_419;

/// A clock that only the test advances, and random numbers that are never repeated.
#[derive(Debug, Default)]
pub struct ManualEnvironment {
    elapsed_ms: AtomicU64,
    drawn: AtomicU64,
}

impl ManualEnvironment {
    pub fn advance(&self, by: Duration) {
        self.elapsed_ms.fetch_add(by.as_millis() as u64, SeqCst);
    }
}

impl Environment for ManualEnvironment {
    fn now_ms(&self) -> u64 {
        START_MS + self.elapsed_ms.load(SeqCst)
    }

    fn monotonic_ms(&self) -> u64 {
        self.elapsed_ms.load(SeqCst)
    }

    fn random(&self) -> u64 {
        // A Weyl sequence, which contains each number once, in an order that looks random.
        self.drawn.fetch_add(1, SeqCst).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}
