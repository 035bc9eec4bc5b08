//! Determines the delay of live data and its cause: either the page is too slow, or the data is already late when it
//! arrives. Depends on `shared` alone.

use shared::Millis;

/// Delays shorter than this are not shown, in milliseconds.
const LEAST_MS: u64 = 3_000;
/// The page is considered too slow for its data if the browser has had no idle moment for this time, in milliseconds.
const BUSY_MS: u64 = 2_000;
/// Delays are rounded down to a multiple of this, in milliseconds.
const PRECISION_MS: u64 = 1_000;

/// Time in milliseconds for which a page that was too slow is still considered too slow after an idle moment, because
/// messages that had to wait may be handled only after that moment.
const RECENT_MS: u64 = 1_000;

/// Records the moments at which the browser had nothing to do, in order to determine whether the page is too slow for
/// its data. The browser calls the page at such moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Idleness {
    /// Time of the last idle moment, by the monotonic clock in milliseconds; `None` if the browser has reported none.
    at_ms: Option<u64>,
    /// Time in milliseconds between the last two idle moments.
    busy_before_ms: u64,
}

impl Idleness {
    /// Records an idle moment of the browser, at the time `mono_ms` of the monotonic clock.
    pub fn note(&mut self, mono_ms: u64) {
        let since = self.at_ms.map_or(0, |at_ms| mono_ms.saturating_sub(at_ms));
        *self = Self { at_ms: Some(mono_ms), busy_before_ms: since };
    }

    /// Returns the time in milliseconds since the last idle moment of the browser. If this moment was less than a
    /// second ago and the browser had been busy for longer before it, returns that longer time. Returns `None` if the
    /// browser does not report idle moments.
    pub fn busy_ms(&self, mono_ms: u64) -> Option<u64> {
        let since = mono_ms.saturating_sub(self.at_ms?);
        Some(if since < RECENT_MS { since.max(self.busy_before_ms) } else { since })
    }
}

/// The delay of live data and its cause. Both fields are `None` if the delay is too short to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delay {
    /// Delay in milliseconds, if its cause is that the page is too slow to handle its data; otherwise `None`.
    pub behind_ms: Option<u64>,
    /// Delay in milliseconds, if the data was already late when it reached the page; otherwise `None`.
    pub late_ms: Option<u64>,
}

impl Delay {
    /// Determines the delay of a publication that the server received at `received_at` and the page handles at `now`,
    /// both by the server's clock.
    ///
    /// `busy_ms` is the time since the browser last had an idle moment; `None` if the browser does not report these.
    /// If the time is long, messages are waiting in the page. If it is short, the data was already late when it
    /// arrived.
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
