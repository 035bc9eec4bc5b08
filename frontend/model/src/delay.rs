//! Delay of live data, and its cause: the page itself, or the way to it. Depends on `shared` alone.

use shared::Millis;

/// A delay from which it is said, in milliseconds.
const LEAST_MS: u64 = 3_000;
/// A page that had no idle moment for this long, in milliseconds, does not keep up with its data.
const BUSY_MS: u64 = 2_000;
/// Precision in which a delay is said, in milliseconds.
const PRECISION_MS: u64 = 1_000;

/// Delay of live data that is worth saying.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delay {
    /// Milliseconds by which the page is behind the data that has arrived; `None` while it keeps up.
    pub behind_ms: Option<u64>,
    /// Milliseconds that data is under way before it arrives, if the page itself keeps up.
    pub late_ms: Option<u64>,
}

impl Delay {
    /// Judges a publication that the server received at `received_at` and the page handles `now`, by the server's clock.
    ///
    /// A browser calls the page when it has nothing else to do. If the last such moment is `busy_ms` ago, messages wait in
    /// the page; if there was one just now, they were late already when they arrived. `None` if the browser does not tell.
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
