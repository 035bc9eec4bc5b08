//! Learns the time between a topic's publications (its cadence) from their times of receipt.

/// Maximum number of intervals between publications that are kept; older ones are dropped. The number is odd, so that
/// the median is one of the intervals.
const REMEMBERED: usize = 9;
/// Minimum number of recorded intervals from which the cadence is estimated.
const NEEDED: usize = 3;

/// Estimate of the usual time between a topic's publications (its cadence). The estimate is the median of the last nine
/// intervals, so that one pause or one burst does not change it.
#[derive(Debug, Clone, Default)]
pub struct Cadence {
    last_ms: Option<i64>,
    intervals_ms: Vec<u64>,
    next: usize,
}

impl Cadence {
    /// Records that a publication was received at `at_ms`, in milliseconds by the server's clock. The call has no
    /// effect if the time is not later than that of the previous call, as for the publications of one batch.
    pub fn observe(&mut self, at_ms: i64) {
        let Some(last_ms) = self.last_ms else {
            self.last_ms = Some(at_ms);
            return;
        };
        if at_ms <= last_ms {
            return;
        }
        self.last_ms = Some(at_ms);
        self.remember(at_ms.abs_diff(last_ms));
    }

    /// Returns the expected time between publications, in milliseconds, or `None` if fewer than three intervals were
    /// recorded.
    pub fn estimate_ms(&self) -> Option<u64> {
        if self.intervals_ms.len() < NEEDED {
            return None;
        }
        let mut sorted = self.intervals_ms.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied()
    }

    fn remember(&mut self, interval_ms: u64) {
        if self.intervals_ms.len() < REMEMBERED {
            self.intervals_ms.push(interval_ms);
        } else {
            self.intervals_ms[self.next] = interval_ms;
            self.next = (self.next + 1) % REMEMBERED;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn learned(times: impl IntoIterator<Item = i64>) -> Option<u64> {
        let mut cadence = Cadence::default();
        for at_ms in times {
            cadence.observe(at_ms);
        }
        cadence.estimate_ms()
    }

    #[test]
    fn nothing_is_claimed_from_fewer_than_three_intervals() {
        assert_eq!(learned([0, 1_000, 2_000]), None);
        assert_eq!(learned([0, 1_000, 2_000, 3_000]), Some(1_000));
    }

    #[test]
    fn one_pause_and_one_burst_do_not_move_the_median() {
        assert_eq!(learned([0, 1_000, 2_000, 60_000, 60_001, 61_000, 62_000]), Some(1_000));
    }

    #[test]
    fn a_batch_counts_as_one_moment() {
        assert_eq!(learned([0, 0, 0, 1_000, 1_000, 2_000, 3_000]), Some(1_000));
    }

    #[test]
    fn a_new_rhythm_is_learned_within_five_publications() {
        let slow = (0..20).map(|n| n * 10_000);
        let fast = (1..=5).map(|n| 190_000 + n * 1_000);
        assert_eq!(learned(slow.chain(fast)), Some(1_000));
    }
}
