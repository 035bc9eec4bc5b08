//! Estimates the usual time between publications from the times at which they were received. Depends on `shared`
//! alone.

use shared::Millis;

/// Number of times that are stored. Ten times give nine intervals, an odd number, so that the median is one of them.
const REMEMBERED: usize = 10;
/// Number of times that are necessary to estimate an interval. Four times give three intervals.
const NEEDED: usize = 4;

/// Estimates the usual time between publications. It contains the newest times at which publications were received,
/// which may be added in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rhythm {
    /// The times in ascending order, with the numbers that tell equal times apart.
    times: Vec<(Millis, u64)>,
}

impl Rhythm {
    /// Creates an estimator that has received no times yet.
    pub const fn new() -> Self {
        Self { times: Vec::new() }
    }

    /// Adds a time at which something was received. Equal times (a burst) count once. If ten times are stored, the
    /// oldest is dropped, and a time older than all of them is ignored.
    pub fn observe(&mut self, at: Millis) {
        self.observe_each(at, 0);
    }

    /// Adds a time like [`Self::observe`]. Equal times count once for each number.
    pub fn observe_each(&mut self, at: Millis, number: u64) {
        let time = (at, number);
        let Err(place) = self.times.binary_search(&time) else { return };
        if self.times.len() < REMEMBERED {
            self.times.insert(place, time);
        } else if place > 0 {
            self.times.remove(0);
            self.times.insert(place - 1, time);
        }
    }

    /// Returns the median of the intervals between the stored times, in milliseconds; `None` if there are fewer than
    /// three intervals. A single pause or burst does not change the median much.
    pub fn interval_ms(&self) -> Option<u64> {
        if self.times.len() < NEEDED {
            return None;
        }
        let mut intervals: Vec<u64> = Vec::new();
        for interval in self.times.windows(2).map(|pair| pair[0].0.abs_diff(pair[1].0)) {
            // The code of the standard library's sorting functions would make the page larger by a kilobyte.
            intervals.insert(intervals.partition_point(|known| *known <= interval), interval);
        }
        intervals.get(intervals.len() / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn learned(times: &[Millis]) -> Option<u64> {
        let mut rhythm = Rhythm::default();
        times.iter().for_each(|at| rhythm.observe(*at));
        rhythm.interval_ms()
    }

    #[test]
    fn nothing_is_claimed_from_fewer_than_three_intervals() {
        assert_eq!(learned(&[0, 1_000, 2_000]), None);
        assert_eq!(learned(&[0, 1_000, 2_000, 3_000]), Some(1_000));
    }

    #[test]
    fn one_pause_and_one_burst_do_not_move_the_median() {
        assert_eq!(learned(&[0, 1_000, 2_000, 60_000, 60_001, 61_000, 62_000]), Some(1_000));
        assert_eq!(learned(&[0, 0, 0, 1_000, 1_000, 2_000, 3_000]), Some(1_000));
    }

    #[test]
    fn the_order_in_which_times_become_known_does_not_matter() {
        let times: Vec<Millis> = (0..40).map(|n| n * n * 10).collect();
        let turned: Vec<Millis> = times.iter().rev().copied().collect();
        assert_eq!(learned(&times), learned(&turned));
    }
}
