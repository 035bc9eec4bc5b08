//! The rate of a counter. Depends on [`super::sample`].

use shared::Millis;

use super::plan::Per;
use super::sample::{Sample, decimals, write_derived};

/// Computes the rate of one counter from two values after each other.
///
/// A counter only grows, so a fall is a reset: the counter began anew somewhere between the two values, and how far it had come
/// before is not known. There is no rate for that time, and none across a gap.
#[derive(Clone, Debug, Default)]
pub struct Rate {
    before: Option<Before>,
    /// True if the line of the rate goes on.
    is_drawn: bool,
}

/// The value before.
#[derive(Clone, Copy, Debug)]
struct Before {
    ts_ms: Millis,
    value: f64,
    decimals: usize,
    /// Answer to [`Sample::is_start`] for the beginning of the line.
    is_start: bool,
}

impl Rate {
    /// Takes the next value of the counter, or a gap. Returns the rate since the value before, or a gap in the line of the rate; `None`
    /// if there is nothing to draw.
    pub fn push(&mut self, ts_ms: Millis, item: Option<Sample>, per: Per) -> Option<Option<Sample>> {
        let Some(sample) = item else {
            self.before = None;
            return self.part();
        };
        let now = Before {
            ts_ms,
            value: sample.value,
            decimals: decimals(&sample.sent),
            is_start: sample.is_start,
        };
        let Some(before) = self.before.filter(|_| sample.is_joined) else {
            self.before = Some(now);
            return self.part();
        };
        let (grown, elapsed_ms) = (now.value - before.value, ts_ms - before.ts_ms);
        if grown < 0.0 || sample.has_fallen {
            self.before = Some(Before { is_start: true, ..now });
            return self.part();
        }
        if elapsed_ms <= 0 {
            // The growth of this moment belongs to the time until the next value.
            return None;
        }
        let rate = grown / elapsed_ms as f64 * per.ms();
        self.before = Some(Before { is_start: before.is_start, ..now });
        if !rate.is_finite() {
            return self.part();
        }
        let sent = write_derived(rate, before.decimals.max(now.decimals));
        let is_joined = std::mem::replace(&mut self.is_drawn, true);
        Some(Some(Sample { is_start: before.is_start, ..sample.with(rate, sent, is_joined) }))
    }

    fn part(&mut self) -> Option<Option<Sample>> {
        std::mem::take(&mut self.is_drawn).then_some(None)
    }
}
