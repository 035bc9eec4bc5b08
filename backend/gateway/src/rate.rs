//! Limits the number of events per second, either of all clients together or of each client.

use std::collections::HashMap;
use std::hash::Hash;

use crate::lock::Mutex;

/// A rate limit, implemented as a token bucket that refills continuously. Each event takes one token.
#[derive(Debug)]
pub(crate) struct RateLimit {
    per_second: u64,
    burst: u64,
    bucket: Mutex<Bucket>,
}

/// The state of a token bucket. Tokens are counted in thousandths, so that even a bucket with one token per second
/// refills every millisecond.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    millitokens: u64,
    filled_at_ms: u64,
}

impl RateLimit {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let (per_second, burst) = (u64::from(per_second), u64::from(burst));
        Self { per_second, burst, bucket: Mutex::new(Bucket::full(burst, 0)) }
    }

    /// Takes one token from the bucket. Returns false if there is no token at the time `monotonic_ms`.
    pub(crate) fn take(&self, monotonic_ms: u64) -> bool {
        self.bucket.lock().take(self.per_second, self.burst, monotonic_ms)
    }
}

impl Bucket {
    fn full(burst: u64, filled_at_ms: u64) -> Self {
        Self { millitokens: burst * 1000, filled_at_ms }
    }

    fn take(&mut self, per_second: u64, burst: u64, monotonic_ms: u64) -> bool {
        let passed_ms = monotonic_ms.saturating_sub(self.filled_at_ms);
        let refilled = self.millitokens.saturating_add(passed_ms.saturating_mul(per_second));
        self.millitokens = refilled.min(burst * 1000);
        self.filled_at_ms = self.filled_at_ms.max(monotonic_ms);
        let Some(left) = self.millitokens.checked_sub(1000) else { return false };
        self.millitokens = left;
        true
    }
}

/// Limits the rate of each key separately, with a token bucket for each key. The memory is bounded: a bucket may be
/// dropped when at least [`KEYS`] other keys were used after its key. The key then gets a full bucket at its next use.
///
/// To find such buckets quickly, there are two maps of buckets, `young` and `old`. A key that is used moves to `young`.
/// When `young` is full, it becomes `old`, and the buckets of the former `old` are dropped.
#[derive(Debug)]
pub(crate) struct KeyedRate<K> {
    per_second: Option<u32>,
    generations: Mutex<Generations<K>>,
}

#[derive(Debug)]
struct Generations<K> {
    young: HashMap<K, Bucket>,
    old: HashMap<K, Bucket>,
}

/// Maximum number of keys in each of the two maps of buckets.
const KEYS: usize = 10_000;

impl<K: Eq + Hash> KeyedRate<K> {
    /// Creates a limit of `per_second` events per second for each key. A burst of the same number of events is allowed.
    /// `None` means that there is no limit.
    pub(crate) fn new(per_second: Option<u32>) -> Self {
        let generations = Generations { young: HashMap::new(), old: HashMap::new() };
        Self { per_second, generations: Mutex::new(generations) }
    }

    /// Takes one token from the bucket of `key` at the time `monotonic_ms`. Returns false if the bucket has none.
    pub(crate) fn take(&self, key: K, monotonic_ms: u64) -> bool {
        let Some(per_second) = self.per_second.map(u64::from) else { return true };
        let mut generations = self.generations.lock();
        let bucket = generations.bucket(key, per_second, monotonic_ms);
        bucket.take(per_second, per_second, monotonic_ms)
    }
}

impl<K: Eq + Hash> Generations<K> {
    fn bucket(&mut self, key: K, burst: u64, monotonic_ms: u64) -> &mut Bucket {
        let remembered = self.old.remove(&key);
        if self.young.len() >= KEYS && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        let bucket = self.young.entry(key);
        bucket.or_insert_with(|| remembered.unwrap_or_else(|| Bucket::full(burst, monotonic_ms)))
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

    #[test]
    fn a_key_does_not_use_the_rate_of_another() {
        let rate = KeyedRate::new(Some(1));
        assert!(rate.take("flood", 0) && !rate.take("flood", 0));
        assert!(rate.take("other", 0));
        assert!(rate.take("flood", 1000));
    }

    #[test]
    fn without_a_limit_every_event_passes() {
        let rate = KeyedRate::new(None);
        assert!((0..100_000).all(|_| rate.take("flood", 0)));
    }

    #[test]
    fn the_table_is_bounded_and_a_key_in_use_stays_limited() {
        let rate = KeyedRate::new(Some(1));
        assert!(rate.take(0, 0));
        for key in 1..=5 * KEYS {
            assert!(rate.take(key, 0));
            if key % 1000 == 0 {
                assert!(!rate.take(0, 0), "forgotten after {key} others");
            }
        }
        let generations = rate.generations.lock();
        assert!(generations.young.len() <= KEYS && generations.old.len() <= KEYS);
    }
}
