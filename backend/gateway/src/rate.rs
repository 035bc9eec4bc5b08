//! Limits the number of requests per second, and the number of requests at once.

use crate::lock::Mutex;

/// A token bucket that refills continuously. Each request takes one token.
#[derive(Debug)]
pub(crate) struct RateLimit {
    per_second: u64,
    burst: u64,
    bucket: Mutex<Bucket>,
}

/// The number of tokens, in thousandths, so that even a bucket with one token per second refills every millisecond.
#[derive(Debug)]
struct Bucket {
    millitokens: u64,
    filled_at_ms: u64,
}

impl RateLimit {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let (per_second, burst) = (u64::from(per_second), u64::from(burst));
        Self { per_second, burst, bucket: Mutex::new(Bucket { millitokens: burst * 1000, filled_at_ms: 0 }) }
    }

    /// Takes one token and returns true, or returns false if there is no token at the time `monotonic_ms`.
    pub(crate) fn take(&self, monotonic_ms: u64) -> bool {
        let mut bucket = self.bucket.lock();
        let passed_ms = monotonic_ms.saturating_sub(bucket.filled_at_ms);
        let refilled = bucket.millitokens.saturating_add(passed_ms.saturating_mul(self.per_second));
        bucket.millitokens = refilled.min(self.burst * 1000);
        bucket.filled_at_ms = bucket.filled_at_ms.max(monotonic_ms);
        let Some(left) = bucket.millitokens.checked_sub(1000) else { return false };
        bucket.millitokens = left;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_at_once_and_refills_with_time() {
        let rate = RateLimit::new(10, 2);
        assert!(rate.take(0) && rate.take(0) && !rate.take(0));
        assert!(!rate.take(99) && rate.take(100) && !rate.take(100));
        assert!(rate.take(60_000) && rate.take(60_000) && !rate.take(60_000));
    }

    #[test]
    fn a_clock_that_stands_still_refills_nothing() {
        let rate = RateLimit::new(1, 1);
        assert!(rate.take(5000));
        assert!(!rate.take(4000) && !rate.take(5000));
    }
}
