//! Delay of live data, and its cause: either the page is slow, or the data is already late when it arrives. Depends on `shared`
//! alone.

use shared::Millis;

/// Minimum delay that is shown, in milliseconds.
const LEAST_MS: u64 = 3_000;
/// If the browser has had no idle moment for this time, in milliseconds, the page is considered too slow for its data.
const BUSY_MS: u64 = 2_000;
/// Delays are rounded down to a multiple of this, in milliseconds.
const PRECISION_MS: u64 = 1_000;

/// Time in milliseconds for which a page that was too slow is still considered so: what waited may be handled only in a later frame
/// than the first idle moment.
const RECENT_MS: u64 = 1_000;

/// The idle moments of the browser, as the page is told them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Idleness {
    /// Time of the last idle moment by the monotonic clock; `None` if the browser has reported none.
    at_ms: Option<u64>,
    /// Time without an idle moment before the last one.
    busy_before_ms: u64,
}

impl Idleness {
    /// Records that the browser has nothing to do at `mono_ms`.
    pub fn note(&mut self, mono_ms: u64) {
        let since = self.at_ms.map_or(0, |at_ms| mono_ms.saturating_sub(at_ms));
        *self = Self { at_ms: Some(mono_ms), busy_before_ms: since };
    }

    /// Returns the time for which the browser has had no idle moment, or had none until less than a second ago. Returns
    /// `None` if the browser does not report idle moments.
    pub fn busy_ms(&self, mono_ms: u64) -> Option<u64> {
        let since = mono_ms.saturating_sub(self.at_ms?);
        Some(if since < RECENT_MS { since.max(self.busy_before_ms) } else { since })
    }
}

/// The delay of live data, if it is long enough to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delay {
    /// Time in milliseconds for which the newest data has been delayed because the page is too slow to handle it; `None` if the
    /// delay is short or the page is fast enough.
    pub behind_ms: Option<u64>,
    /// Time in milliseconds for which data is under way to the page, which itself is fast enough; `None` if the delay is short or
    /// the page is too slow.
    pub late_ms: Option<u64>,
}

impl Delay {
    /// Determines the delay of a publication that the server received at `received_at` and the page handles at `now`, both by the
    /// server's clock.
    ///
    /// `busy_ms` is the time since the browser last called the page because it had nothing else to do; `None` if the browser does
    /// not support this. If this time is long, messages are waiting in the page. If it is short, the data was already late when
    /// it arrived.
    pub fn of(received_at: Millis, now: Millis, busy_ms: Option<u64>) -> Self {
        let delay_ms = u64::try_from(now.saturating_sub(received_at)).unwrap_or(0);
        let said_ms = (delay_ms >= LEAST_MS).then_some(delay_ms / PRECISION_MS * PRECISION_MS);
        match busy_ms {
            Some(busy_ms) if busy_ms >= BUSY_MS => Self { behind_ms: said_ms, late_ms: None },
            Some(_) | None => Self { behind_ms: None, late_ms: said_ms },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_page_that_was_busy_is_still_busy_for_a_moment_after_it_was_idle_again() {
        let mut idleness = Idleness::default();
        assert_eq!(idleness.busy_ms(500), None);
        idleness.note(1_000);
        assert_eq!(idleness.busy_ms(1_040), Some(40));
        idleness.note(7_000);
        assert_eq!(idleness.busy_ms(7_010), Some(6_000));
        assert_eq!(idleness.busy_ms(8_500), Some(1_500));
    }

    #[test]
    fn a_page_without_an_idle_moment_is_behind() {
        assert_eq!(Delay::of(0, 6_400, Some(2_500)), Delay { behind_ms: Some(6_000), late_ms: None });
    }

    #[test]
    fn a_slow_network_is_not_a_slow_page() {
        let late = Delay { behind_ms: None, late_ms: Some(6_000) };
        assert_eq!((Delay::of(0, 6_400, Some(40)), Delay::of(0, 6_400, None)), (late, late));
    }

    #[test]
    fn a_short_delay_and_a_clock_that_is_behind_are_not_worth_saying() {
        assert_eq!(Delay::of(0, 900, Some(9_000)), Delay::default());
        assert_eq!(Delay::of(5_000, 0, Some(9_000)), Delay::default());
    }
}
