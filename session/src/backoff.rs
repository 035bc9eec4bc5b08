//! Random delays before the next attempt to connect.

use super::constants::{BACKOFF_BASE_MS, BACKOFF_CAP_MS, SPREAD_PERCENT};
use super::rng::Rng;

/// Returns a random delay in milliseconds, uniform between 0 and a maximum that doubles with every failure ("full
/// jitter"). The delay is random so that clients which lost the same server do not all return at once.
pub(super) fn delay_ms(failures: u32, rng: &mut Rng) -> u64 {
    rng.up_to(ceiling_ms(failures))
}

/// Returns a random delay in milliseconds, uniform between `length_ms` minus and plus [`SPREAD_PERCENT`] percent.
pub(super) fn spread_ms(length_ms: u64, rng: &mut Rng) -> u64 {
    rng.around(length_ms, length_ms * SPREAD_PERCENT / 100)
}

fn ceiling_ms(failures: u32) -> u64 {
    // A shift by 16 already exceeds the cap. The bound keeps the shift from overflowing.
    (BACKOFF_BASE_MS << failures.min(16)).min(BACKOFF_CAP_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_ceiling_doubles_from_half_a_second_to_twenty() {
        let ceilings: Vec<u64> = (0..8).map(ceiling_ms).collect();
        assert_eq!(ceilings, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
        assert_eq!(ceiling_ms(u32::MAX), 20_000);
    }

    #[test]
    fn a_delay_is_anywhere_below_its_ceiling() {
        let mut rng = Rng::new(3);
        let delays: Vec<u64> = (0..2_000).map(|_| delay_ms(3, &mut rng)).collect();
        assert!(delays.iter().all(|delay| *delay <= 4_000));
        assert!(delays.iter().any(|delay| *delay < 400) && delays.iter().any(|delay| *delay > 3_600));
    }

    #[test]
    fn thirty_seconds_are_spread_by_a_fifth() {
        let mut rng = Rng::new(3);
        let delays: Vec<u64> = (0..2_000).map(|_| spread_ms(30_000, &mut rng)).collect();
        assert!(delays.iter().all(|delay| (24_000..=36_000).contains(delay)));
        assert!(delays.iter().any(|d| *d < 25_000) && delays.iter().any(|d| *d > 35_000));
    }
}
