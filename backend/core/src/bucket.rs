//! A token bucket, without a clock.

use shared::Millis;

/// Lets so many through in a second, averaged, and twice that at once.
///
/// Counts in thousandths, so that a millisecond adds a whole number and nothing is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    per_second: i64,
    left_thousandths: i64,
    filled_at: Millis,
}

impl Bucket {
    /// A full bucket.
    pub fn new(per_second: u32, now: Millis) -> Self {
        let per_second = i64::from(per_second.max(1));
        Self { per_second, left_thousandths: burst_thousandths(per_second), filled_at: now }
    }

    /// Takes `count`, or nothing.
    ///
    /// # Errors
    ///
    /// In how many milliseconds `count` will be there, if nobody else takes any. What is more than a burst
    /// is let through once the bucket is full, and paid off afterwards.
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

    /// Whether it has not been used for so long that a new one would be no different.
    pub fn is_full(&self, now: Millis) -> bool {
        let mut filled = *self;
        filled.fill(now);
        filled.left_thousandths >= burst_thousandths(self.per_second)
    }

    fn fill(&mut self, now: Millis) {
        // A clock set back gives nothing and takes nothing.
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
    fn more_than_a_burst_waits_for_a_full_bucket_and_is_paid_off() {
        let mut bucket = Bucket::new(10, 0);
        assert_eq!(bucket.take(50, 0), Ok(()));
        assert_eq!(bucket.take(1, 3_000), Err(100));
        assert_eq!(bucket.take(1, 3_100), Ok(()));
    }

    #[test]
    fn a_clock_set_back_neither_gives_nor_blocks() {
        let mut bucket = Bucket::new(1, 10_000);
        assert_eq!(bucket.take(2, 10_000), Ok(()));
        assert_eq!(bucket.take(1, 5_000), Err(1000));
        assert_eq!(bucket.take(1, 6_000), Ok(()));
    }
}
