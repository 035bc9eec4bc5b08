//! Sums and differences of several series. Depends on [`super::sample`].

use shared::Millis;

use super::sample::{Row, Sample, decimals, write_sum};

/// Computes one series from the newest values of several.
///
/// There is a value only while every series has a current one: nothing is missing after it, and it is not older than a value of this
/// series usually becomes. No line joins a value and the one before it if there is a gap between them in one of the series.
#[derive(Clone, Debug)]
pub struct Combine {
    is_sum: bool,
    held: Vec<Option<(Millis, Sample)>>,
    is_drawn: bool,
    /// Time of the newest row.
    pub(super) last_ms: Millis,
}

impl Combine {
    /// Creates the sum of so many series or, if `is_sum` is false, the difference of the first and all others.
    pub fn new(is_sum: bool, series: usize) -> Self {
        Self { is_sum, held: vec![None; series], is_drawn: false, last_ms: Millis::MIN }
    }

    /// Takes the values of a time. Returns the value of that time, or a gap in its line; `None` if there is nothing to draw.
    pub fn push(&mut self, row: &Row) -> Option<Option<Sample>> {
        self.last_ms = self.last_ms.max(row.ts_ms);
        for (series, item) in &row.items {
            if let Some(held) = self.held.get_mut(*series) {
                *held = item.clone().map(|sample| (row.ts_ms, sample));
            }
        }
        let current: Option<Vec<&Sample>> = self.held.iter().map(|held| current(held, row.ts_ms)).collect();
        let mut numbers = row.items.iter().filter_map(|(_, item)| item.as_ref());
        let is_joined = self.is_drawn && numbers.all(|sample| sample.is_joined);
        let combined = current.and_then(|samples| combined(&samples, self.is_sum, is_joined));
        let was_drawn = std::mem::replace(&mut self.is_drawn, combined.is_some());
        (combined.is_some() || was_drawn).then_some(combined)
    }
}

fn combined(samples: &[&Sample], is_sum: bool, is_joined: bool) -> Option<Sample> {
    let (first, others) = samples.split_first()?;
    let rest: f64 = others.iter().map(|sample| sample.value).sum();
    let value = if is_sum { first.value + rest } else { first.value - rest };
    let most = samples.iter().map(|sample| decimals(&sample.sent)).max().unwrap_or(0);
    value.is_finite().then(|| Sample {
        value,
        sent: write_sum(value, most),
        is_joined,
        is_start: samples.iter().all(|sample| sample.is_joined || sample.is_start),
        is_reduced: samples.iter().any(|sample| sample.is_reduced),
        is_momentary: samples.iter().any(|sample| sample.is_momentary),
        // The sum need not fall when a part of it does.
        has_fallen: samples.iter().any(|sample| sample.has_fallen),
        lasts_ms: samples.iter().map(|sample| sample.lasts_ms).min().unwrap_or(Millis::MAX),
    })
}

/// Returns the value that a series has at a time; `None` if it is not known.
fn current(held: &Option<(Millis, Sample)>, now_ms: Millis) -> Option<&Sample> {
    let (ts_ms, sample) = held.as_ref()?;
    let is_known = *ts_ms == now_ms || !sample.is_momentary;
    (is_known && now_ms - ts_ms <= sample.lasts_ms).then_some(sample)
}
