//! A token bucket, without a clock.

use shared::Millis;

/// Lets so many through in a second, averaged, and twice that at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    per_second: f64,
    left: f64,
    filled_at: Millis,
}

impl Bucket {
    /// A full bucket.
    pub fn new(per_second: u32, now: Millis) -> Self {
        let per_second = f64::from(per_second.max(1));
        Self { per_second, left: per_second * BURST_SECONDS, filled_at: now }
    }

    /// Takes `count`, or nothing.
    ///
    /// # Errors
    ///
    /// In how many milliseconds `count` will be there, if nobody else takes any. What is more than a burst
    /// is let through once the bucket is full, and paid off afterwards.
    pub fn take(&mut self, count: usize, now: Millis) -> Result<(), u64> {
        self.fill(now);
        let wanted = (count as f64).min(self.burst());
        if self.left < wanted {
            return Err(((wanted - self.left) / self.per_second * 1000.0).ceil() as u64);
        }
        self.left -= count as f64;
        Ok(())
    }

    /// Whether it has not been used for so long that a new one would be no different.
    pub fn is_full(&self, now: Millis) -> bool {
        let mut filled = *self;
        filled.fill(now);
        filled.left >= filled.burst()
    }

    fn fill(&mut self, now: Millis) {
        // A clock set back gives nothing and takes nothing.
        let passed_ms = (now - self.filled_at).max(0) as f64;
        self.left = (self.left + passed_ms * self.per_second / 1000.0).min(self.burst());
        self.filled_at = now;
    }

    fn burst(&self) -> f64 {
        self.per_second * BURST_SECONDS
    }
}

const BURST_SECONDS: f64 = 2.0;

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
