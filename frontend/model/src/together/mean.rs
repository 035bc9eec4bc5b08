//! Moving averages. Depends on [`super::sample`].

use shared::Millis;

use super::sample::{Sample, decimals, write_derived};

/// Computes the mean of the values of one series in a time before each value.
///
/// The time begins anew after a gap. Until it is full again, the mean is that of the values since the gap, unless there are older values
/// that are not loaded. Buckets do not tell the mean of their values, so there is none.
#[derive(Clone, Debug, Default)]
pub struct Mean {
    sums: Sums,
    begun_ms: Millis,
    is_start: bool,
    decimals: usize,
    is_drawn: bool,
    /// True if a value was the end of a bucket.
    has_buckets: bool,
}

impl Mean {
    /// Takes the next value, or a gap. Returns the mean, or a gap in its line; `None` if there is nothing to draw.
    pub fn push(&mut self, ts_ms: Millis, item: Option<Sample>, over_ms: Millis) -> Option<Option<Sample>> {
        let Some(sample) = item else { return self.part() };
        if sample.is_reduced {
            self.has_buckets = true;
            return self.part();
        }
        let gap = if sample.is_joined && !self.sums.is_empty() { None } else { self.part() };
        if self.sums.is_empty() {
            (self.begun_ms, self.is_start) = (ts_ms, sample.is_start);
        }
        self.decimals = self.decimals.max(decimals(&sample.sent));
        self.sums.push(ts_ms, sample.value);
        self.sums.drop_through(ts_ms - over_ms);
        let is_whole = self.is_start || ts_ms - self.begun_ms >= over_ms;
        let mean = self.sums.sum() / self.sums.len().max(1) as f64;
        if !is_whole || !mean.is_finite() {
            return gap;
        }
        let is_joined = std::mem::replace(&mut self.is_drawn, true);
        let (sent, is_start) = (write_derived(mean, self.decimals), self.is_start);
        Some(Some(Sample { is_start, ..sample.with(mean, sent, is_joined) }))
    }

    /// Returns true if there were values of buckets, of which no mean can be computed.
    pub fn has_buckets(&self) -> bool {
        self.has_buckets
    }

    fn part(&mut self) -> Option<Option<Sample>> {
        self.sums = Sums::default();
        std::mem::take(&mut self.is_drawn).then_some(None)
    }
}

/// A queue of numbers with their sum. Nothing is subtracted from the sum, so that a large number leaves no error behind.
#[derive(Clone, Debug, Default)]
struct Sums {
    /// The older numbers, the oldest last: the time of each, and the sum of it and of all younger ones in this list.
    older: Vec<(Millis, f64)>,
    newer: Vec<(Millis, f64)>,
    newer_sum: f64,
}

impl Sums {
    fn push(&mut self, ts_ms: Millis, value: f64) {
        self.newer.push((ts_ms, value));
        self.newer_sum += value;
    }

    /// Drops the numbers up to a time.
    fn drop_through(&mut self, ts_ms: Millis) {
        loop {
            if self.older.is_empty() {
                self.turn();
            }
            if self.older.pop_if(|(at, _)| *at <= ts_ms).is_none() {
                return;
            }
        }
    }

    fn turn(&mut self) {
        let mut sum = 0.0;
        for (ts_ms, value) in self.newer.drain(..).rev() {
            sum += value;
            self.older.push((ts_ms, sum));
        }
        self.newer_sum = 0.0;
    }

    fn sum(&self) -> f64 {
        self.older.last().map_or(0.0, |(_, sum)| *sum) + self.newer_sum
    }

    fn len(&self) -> usize {
        self.older.len() + self.newer.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
