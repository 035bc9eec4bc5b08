//! A small random number generator for random delays. The same seed gives the same numbers on every platform. It is not
//! suitable for secrets.

/// The random number generator SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a random number that is uniform in `0..=max`.
    pub(super) fn up_to(&mut self, max: u64) -> u64 {
        let wide = u128::from(self.next()) * (u128::from(max) + 1);
        // The product is less than 2^64 times `max + 1`, so its upper half is at most `max`.
        (wide >> 64) as u64
    }

    /// Returns a random number that is uniform in `middle - spread ..= middle + spread`, not below 0.
    pub(super) fn around(&mut self, middle: u64, spread: u64) -> u64 {
        middle.saturating_sub(spread) + self.up_to(spread.min(middle) + spread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_published_sequence_of_seed_0_comes_out() {
        let mut rng = Rng::new(0);
        assert_eq!(rng.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(rng.next(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn values_stay_within_bounds_and_reach_them() {
        let mut rng = Rng::new(7);
        let drawn: Vec<u64> = (0..1_000).map(|_| rng.up_to(3)).collect();
        assert!((0..=3).all(|value| drawn.contains(&value)) && drawn.iter().all(|value| *value <= 3));
        assert!((0..1_000).all(|_| (8..=12).contains(&rng.around(10, 2))));
        assert!((0..1_000).all(|_| rng.around(1, 5) <= 6));
        assert_eq!((rng.up_to(0), rng.around(5, 0)), (0, 5));
        assert!((0..100).map(|_| rng.up_to(u64::MAX)).any(|value| value > u64::MAX / 2));
    }
}
