//! Percentiles of the values of a time. Depends on [`super::sample`].

use std::collections::VecDeque;

use shared::Millis;

use super::sample::Sample;

/// Computes a percentile of the values of one series in a time before each value: the smallest value that so many percent of them do
/// not exceed. It is always a value that was sent.
///
/// Gaps and buckets are handled as in [`super::mean::Mean`].
#[derive(Clone, Debug, Default)]
pub struct Percentile {
    /// The values in order of time.
    values: VecDeque<(Millis, f64)>,
    /// The values in order of size, with their digits.
    sorted: Vec<(f64, String)>,
    begun_ms: Millis,
    is_start: bool,
    is_drawn: bool,
    has_buckets: bool,
}

/// The time over which a percentile is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over {
    /// Length of the time in milliseconds.
    pub ms: Millis,
    /// True if the time need not be full: it is the window, whose older values are not loaded.
    pub is_window: bool,
}

impl Percentile {
    /// Takes the next value, or a gap. Returns the percentile, or a gap in its line; `None` if there is nothing to draw.
    pub fn push(
        &mut self,
        ts_ms: Millis,
        item: Option<Sample>,
        percent: f64,
        over: Over,
    ) -> Option<Option<Sample>> {
        let Some(sample) = item else { return self.part() };
        if sample.is_reduced {
            self.has_buckets = true;
            return self.part();
        }
        let gap = if sample.is_joined && !self.values.is_empty() { None } else { self.part() };
        if self.values.is_empty() {
            (self.begun_ms, self.is_start) = (ts_ms, sample.is_start || over.is_window);
        }
        self.add(ts_ms, &sample);
        self.drop_through(ts_ms - over.ms);
        let is_whole = self.is_start || ts_ms - self.begun_ms >= over.ms;
        let Some((value, sent)) = self.at(percent).filter(|_| is_whole) else { return gap };
        let (value, sent) = (*value, sent.clone());
        let is_joined = std::mem::replace(&mut self.is_drawn, true);
        Some(Some(Sample { is_start: self.is_start, ..sample.with(value, sent, is_joined) }))
    }

    /// Returns true if there were values of buckets, of which no percentile can be computed.
    pub fn has_buckets(&self) -> bool {
        self.has_buckets
    }

    fn at(&self, percent: f64) -> Option<&(f64, String)> {
        let rank = (percent / 100.0 * self.sorted.len() as f64).ceil() as usize;
        self.sorted.get(rank.max(1) - 1)
    }

    fn add(&mut self, ts_ms: Millis, sample: &Sample) {
        self.values.push_back((ts_ms, sample.value));
        let place = self.sorted.partition_point(|(value, _)| *value < sample.value);
        self.sorted.insert(place, (sample.value, sample.sent.clone()));
    }

    fn drop_through(&mut self, ts_ms: Millis) {
        while let Some((_, value)) = self.values.front().copied().filter(|(at, _)| *at <= ts_ms) {
            self.values.pop_front();
            let place = self.sorted.partition_point(|(kept, _)| *kept < value);
            if place < self.sorted.len() {
                self.sorted.remove(place);
            }
        }
    }

    fn part(&mut self) -> Option<Option<Sample>> {
        self.values.clear();
        self.sorted.clear();
        std::mem::take(&mut self.is_drawn).then_some(None)
    }
}
