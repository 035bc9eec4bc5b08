//! Measures the time that publications take from the server to this session.

use std::collections::VecDeque;

/// Maximum number of measurements that are kept.
const REMEMBERED: usize = 256;
/// Maximum age of a measurement that is counted, in milliseconds.
const WINDOW_MS: u64 = 60_000;

/// Latency of live publications over the last minute, in milliseconds. It is the time from the server's receipt of a
/// publication (`received_at`) to its arrival in this session, both by the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// Median of the latencies, in milliseconds.
    pub p50_ms: u64,
    /// 95th percentile of the latencies, in milliseconds.
    pub p95_ms: u64,
    /// Number of publications that were measured.
    pub samples: usize,
}

#[derive(Debug, Default)]
pub(super) struct LatencyWindow {
    /// Moment and latency of each measurement, both in milliseconds.
    samples: VecDeque<(u64, u64)>,
}

impl LatencyWindow {
    pub(super) fn record(&mut self, now_ms: u64, latency_ms: u64) {
        if self.samples.len() == REMEMBERED {
            self.samples.pop_front();
        }
        self.samples.push_back((now_ms, latency_ms));
    }

    /// Returns the latency over the last minute, or `None` if no publication was measured in it.
    pub(super) fn summary(&self, now_ms: u64) -> Option<Latency> {
        let mut recent: Vec<u64> = Vec::new();
        for latency_ms in self.recent(now_ms) {
            // The code of the standard library's sorting functions would make the page larger by a kilobyte.
            recent.insert(recent.partition_point(|known_ms| *known_ms <= latency_ms), latency_ms);
        }
        let at = |percent: usize| recent.get((recent.len() * percent / 100).min(recent.len() - 1)).copied();
        if recent.is_empty() {
            return None;
        }
        Some(Latency { p50_ms: at(50)?, p95_ms: at(95)?, samples: recent.len() })
    }

    fn recent(&self, now_ms: u64) -> impl Iterator<Item = u64> + '_ {
        self.samples
            .iter()
            .filter(move |(at_ms, _)| now_ms.saturating_sub(*at_ms) <= WINDOW_MS)
            .map(|(_, latency_ms)| *latency_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn half_are_quicker_than_p50_and_one_in_twenty_slower_than_p95() {
        let mut window = LatencyWindow::default();
        assert_eq!(window.summary(0), None);
        for latency_ms in 1..=100 {
            window.record(0, latency_ms);
        }
        assert_eq!(window.summary(0), Some(Latency { p50_ms: 51, p95_ms: 96, samples: 100 }));
    }

    #[test]
    fn only_the_last_minute_and_the_last_samples_count() {
        let mut window = LatencyWindow::default();
        window.record(0, 9_999);
        window.record(30_000, 5);
        assert_eq!(window.summary(60_001), Some(Latency { p50_ms: 5, p95_ms: 5, samples: 1 }));
        assert_eq!(window.summary(200_000), None);
        for _ in 0..REMEMBERED * 2 {
            window.record(200_000, 7);
        }
        assert_eq!(window.samples.len(), REMEMBERED);
    }
}
