//! Estimates the error of a publisher's clock, by comparing the time stamps of its publications with the times at
//! which they arrived. Depends on [`super::order`].

use shared::{Millis, Publication};

use super::order::Order;

/// Number of the topic's newest publications whose time stamps are compared with their times of arrival.
const REMEMBERED: usize = 5;
/// Smallest error of a clock that is ahead, in milliseconds, that is reported.
const LEAST_AHEAD_MS: i64 = 2_000;
/// Smallest error of a clock that is behind, in milliseconds, that is reported. It is larger than for a clock that is
/// ahead, because publications that were delayed on their way look the same.
const LEAST_BEHIND_MS: i64 = 10_000;
/// Largest variation of the differences between time stamps and arrivals, in milliseconds, with which an error is
/// reported. If they vary more, the clock is not the cause, but data that is sent late.
const MOST_SPREAD_MS: i64 = 2_000;
/// Minimum time over which publications must have arrived before a clock counts as behind, in milliseconds. If a file
/// of old data is sent all at once, its time stamps say nothing about the clock.
const LEAST_DURATION_MS: i64 = 1_000;
/// The error of a clock is rounded to a multiple of this number of milliseconds, so that a chart does not move when
/// the times of arrival vary slightly.
const ROUNDING_MS: i64 = 100;

/// Estimates the error of a publisher's clock from the newest publications of a topic: from the differences between
/// their time stamps and the times at which the server received them.
///
/// For example, time stamps that are 240.0, 239.8 and 239.9 seconds later than the arrivals mean a clock that is four
/// minutes ahead. Time stamps that are 60, 45 and 30 seconds earlier mean data that was held back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockError {
    /// For each publication: its place in the order of publications, its time of arrival, and its time stamp minus
    /// its time of arrival in milliseconds. Sorted by place.
    newest: Vec<(Order, Millis, i64)>,
}

impl ClockError {
    /// Adds a publication, whose time stamp is compared with its time of arrival. Only the newest publications are
    /// kept.
    pub fn observe(&mut self, order: Order, publication: &Publication) {
        let place = self.newest.partition_point(|(kept, ..)| *kept < order);
        if self.newest.get(place).is_some_and(|(kept, ..)| *kept == order) {
            return;
        }
        let difference_ms = publication.ts.saturating_sub(publication.received_at);
        self.newest.insert(place, (order, publication.received_at, difference_ms));
        if self.newest.len() > REMEMBERED {
            self.newest.remove(0);
        }
    }

    /// Returns the error of the clock in milliseconds, positive if the clock is ahead; `None` if no error is
    /// recognised. A time stamp in the future is recognised at once, since data cannot arrive before it is measured.
    /// A clock that is behind is recognised only if several publications agree.
    pub fn ms(&self) -> Option<i64> {
        let differences = || self.newest.iter().map(|(.., difference_ms)| *difference_ms);
        let (least, most) = (differences().min()?, differences().max()?);
        if most.saturating_sub(least) > MOST_SPREAD_MS {
            return None;
        }
        // The largest difference belongs to the publication that was under way for the shortest time.
        let is_ahead = least >= LEAST_AHEAD_MS;
        let is_behind = most <= -LEAST_BEHIND_MS
            && self.newest.len() == REMEMBERED
            && self.duration_ms() >= LEAST_DURATION_MS;
        (is_ahead || is_behind).then(|| (most as f64 / ROUNDING_MS as f64).round() as i64 * ROUNDING_MS)
    }

    fn duration_ms(&self) -> i64 {
        let times = || self.newest.iter().map(|(_, received_at, _)| *received_at);
        times().max().zip(times().min()).map_or(0, |(last, first)| last - first)
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Returns the error of the clock for publications that are given by time stamp and time of arrival, in seconds.
    fn error(times: &[(i64, i64)]) -> Option<i64> {
        let mut error = ClockError::default();
        for (offset, (ts, received_at)) in (1..).zip(times) {
            let publication =
                Publication { offset, ts: ts * 1_000, received_at: received_at * 1_000, data: 1.into() };
            error.observe(Order::of(&publication, 0), &publication);
        }
        error.ms()
    }

    #[test]
    fn a_clock_that_is_ahead_is_recognised_at_once() {
        assert_eq!(error(&[(240, 0)]), Some(240_000));
        assert_eq!(error(&[(240, 0), (241, 1), (242, 2)]), Some(240_000));
    }

    #[test]
    fn a_clock_that_is_behind_is_recognised_once_several_publications_agree() {
        let behind: Vec<_> = (0..5).map(|second| (second, second + 240)).collect();
        assert_eq!(error(&behind[..4]), None);
        assert_eq!(error(&behind), Some(-240_000));
    }

    #[test]
    fn one_stamp_from_the_future_is_forgotten_with_the_next_publications() {
        assert_eq!(error(&[(240, 0), (1, 1)]), None);
    }

    #[test]
    fn old_data_that_is_sent_late_is_no_clock() {
        let history: Vec<_> = (0..9).map(|minute| (minute * 60, 10_000)).collect();
        assert_eq!(error(&history), None);
        let at_once = vec![(0, 10_000); 9];
        assert_eq!(error(&at_once), None);
    }

    #[test]
    fn a_good_clock_has_no_error() {
        assert_eq!(error(&[(0, 0), (1, 1), (2, 3), (3, 3), (4, 5)]), None);
    }
}
