//! Estimates the server's clock from the times in its replies and the round-trip times of the requests.

use std::collections::VecDeque;

use super::Now;
use shared::Millis;

/// Maximum number of recent requests and replies that are kept as measurements. The one with the shortest round trip is
/// used, since the error of a measurement is at most its round trip.
const REMEMBERED: usize = 8;

#[derive(Debug, Clone, Copy)]
struct Exchange {
    round_trip_ms: u64,
    /// Server's clock minus this machine's monotonic clock, in milliseconds.
    offset_ms: i64,
}

/// Estimates the time of the server's clock from this machine's monotonic clock. The wall clock is not used, because it
/// may be wrong, and may be set while the program runs.
#[derive(Debug, Default)]
pub(super) struct ServerClock {
    exchanges: VecDeque<Exchange>,
}

impl ServerClock {
    /// Records a request that was sent at `sent_ms` of the monotonic clock, and whose reply arrived at `now` and
    /// contained the server's time `server_ts`.
    pub(super) fn observe(&mut self, sent_ms: u64, server_ts: Millis, now: Now) {
        let round_trip_ms = now.mono_ms.saturating_sub(sent_ms);
        let middle_ms = sent_ms + round_trip_ms / 2;
        let offset_ms = server_ts.saturating_sub_unsigned(middle_ms);
        if self.exchanges.len() == REMEMBERED {
            self.exchanges.pop_front();
        }
        self.exchanges.push_back(Exchange { round_trip_ms, offset_ms });
    }

    /// Deletes all measurements. Called after a sleep of the machine, during which the monotonic clock may have stood
    /// still.
    pub(super) fn forget(&mut self) {
        self.exchanges.clear();
    }

    /// Returns the server's time at `now`, or `None` if there is no measurement.
    pub(super) fn at(&self, now: Now) -> Option<Millis> {
        // Of exchanges with equal round trips the latest is used, because clocks drift.
        let best = self.exchanges.iter().rev().min_by_key(|exchange| exchange.round_trip_ms)?;
        Some(best.offset_ms.saturating_add_unsigned(now.mono_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SERVER: Millis = 1_800_000_000_000;

    fn at(mono_ms: u64) -> Now {
        Now { mono_ms, wall_ms: 0 }
    }

    #[test]
    fn nothing_is_claimed_before_the_first_exchange_and_after_a_sleep() {
        let mut clock = ServerClock::default();
        assert_eq!(clock.at(at(5)), None);
        clock.observe(0, SERVER, at(10));
        assert_eq!(clock.at(at(10)), Some(SERVER + 5));
        clock.forget();
        assert_eq!(clock.at(at(10)), None);
    }

    #[test]
    fn the_quickest_exchange_is_believed() {
        let mut clock = ServerClock::default();
        clock.observe(0, SERVER, at(20));
        clock.observe(1_000, SERVER + 1_900, at(2_000));
        assert_eq!(clock.at(at(2_000)), Some(SERVER + 1_990));
    }

    #[test]
    fn old_exchanges_are_forgotten() {
        let mut clock = ServerClock::default();
        clock.observe(0, SERVER, at(0));
        for n in 1..=REMEMBERED as u64 {
            clock.observe(n * 1_000, SERVER + n as i64 * 1_000 + 500, at(n * 1_000 + 100));
        }
        assert_eq!(clock.at(at(9_000)), Some(SERVER + 9_450));
    }
}
