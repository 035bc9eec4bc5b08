//! A token bucket for rate limits. It reads no clock: the caller passes the current time.

use shared::Millis;

/// A token bucket. It limits a rate to a number of tokens per second on average, and allows bursts of twice that
/// number.
///
/// The bucket counts thousandths of a token, so that each millisecond adds a whole number and nothing is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    per_second: i64,
    left_thousandths: i64,
    filled_at: Millis,
}

impl Bucket {
    /// Creates a full bucket, to which `per_second` tokens are added each second.
    pub fn new(per_second: u32, now: Millis) -> Self {
        let per_second = i64::from(per_second.max(1));
        Self { per_second, left_thousandths: burst_thousandths(per_second), filled_at: now }
    }

    /// Takes `count` tokens if the bucket has so many, and otherwise none.
    ///
    /// # Errors
    ///
    /// The number of milliseconds after which the bucket has `count` tokens, if nobody else takes any. If `count` is
    /// larger than a burst, the call succeeds once the bucket is full. The number of tokens is negative then, so that
    /// later requests wait longer.
    pub fn take(&mut self, count: usize, now: Millis) -> Result<(), u64> {
        self.fill(now);
        let cost = i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(THOUSANDTHS);
        let lacking = cost.min(burst_thousandths(self.per_second)) - self.left_thousandths;
        if lacking > 0 {
            return Err(lacking.unsigned_abs().div_ceil(self.per_second.unsigned_abs()));
        }
        self.left_thousandths = self.left_thousandths.saturating_sub(cost);
        Ok(())
    }

    /// Takes `count` tokens, even if the bucket has fewer. The number of tokens is negative then, so that later
    /// requests have to wait.
    pub fn charge(&mut self, count: usize, now: Millis) {
        self.fill(now);
        let cost = i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(THOUSANDTHS);
        self.left_thousandths = self.left_thousandths.saturating_sub(cost);
    }

    /// Takes `count` tokens and returns true, or returns false if the bucket has fewer. Unlike [`Bucket::take`], this never makes
    /// the bucket negative.
    pub fn take_present(&mut self, count: usize, now: Millis) -> bool {
        self.fill(now);
        let cost = i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(THOUSANDTHS);
        let is_there = cost <= self.left_thousandths;
        if is_there {
            self.left_thousandths -= cost;
        }
        is_there
    }

    /// Takes `count` tokens, or all tokens if the bucket has fewer.
    pub fn take_up_to(&mut self, count: usize, now: Millis) {
        self.fill(now);
        let cost = i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(THOUSANDTHS);
        self.left_thousandths -= cost.min(self.left_thousandths.max(0));
    }

    /// Changes the rate from `now` on; 0 counts as 1. Tokens beyond the burst of the new rate are lost.
    pub fn set_rate(&mut self, per_second: u32, now: Millis) {
        self.fill(now);
        self.per_second = i64::from(per_second.max(1));
        self.left_thousandths = self.left_thousandths.min(burst_thousandths(self.per_second));
    }

    fn fill(&mut self, now: Millis) {
        // If the clock was set back, no tokens are added or removed.
        let passed_ms = now.saturating_sub(self.filled_at).max(0);
        let added = passed_ms.saturating_mul(self.per_second);
        let burst = burst_thousandths(self.per_second);
        self.left_thousandths = self.left_thousandths.saturating_add(added).min(burst);
        self.filled_at = now;
    }
}

const THOUSANDTHS: i64 = 1000;
const BURST_SECONDS: i64 = 2;

fn burst_thousandths(per_second: i64) -> i64 {
    per_second * BURST_SECONDS * THOUSANDTHS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_two_seconds_passes_and_then_the_rate_holds() {
        let mut bucket = Bucket::new(10, 0);
        assert_eq!(bucket.take(20, 0), Ok(()));
        assert_eq!(bucket.take(1, 0), Err(100));
        assert_eq!(bucket.take(1, 99), Err(1));
        assert_eq!(bucket.take(1, 100), Ok(()));
    }

    #[test]
    fn more_than_a_burst_waits_for_a_full_bucket_and_delays_later_requests() {
        let mut bucket = Bucket::new(10, 0);
        assert_eq!(bucket.take(50, 0), Ok(()));
        assert_eq!(bucket.take(1, 3_000), Err(100));
        assert_eq!(bucket.take(1, 3_100), Ok(()));
    }

    #[test]
    fn a_lower_rate_holds_at_once_and_no_bucket_owes_what_it_did_not_have() {
        let mut bucket = Bucket::new(100, 0);
        bucket.set_rate(10, 0);
        assert_eq!((bucket.take(20, 0), bucket.take(1, 0)), (Ok(()), Err(100)));
        bucket.take_up_to(1000, 200);
        assert_eq!((bucket.take(1, 299), bucket.take(1, 300)), (Err(1), Ok(())));
    }

    #[test]
    fn a_clock_set_back_neither_adds_tokens_nor_blocks() {
        let mut bucket = Bucket::new(1, 10_000);
        assert_eq!(bucket.take(2, 10_000), Ok(()));
        assert_eq!(bucket.take(1, 5_000), Err(1000));
        assert_eq!(bucket.take(1, 6_000), Ok(()));
    }
}
