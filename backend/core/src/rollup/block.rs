//! A block of rollup: the publications of a fixed range of offsets, reduced to runs of each series.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use shared::bucket::{Bucket, LeftOut, Series, Tally};
use shared::{Millis, Publication, limits};

use super::fields::fields;
use super::runs::{Run, join};

/// Maximum number of runs of a series in one block. Only the longest silences divide them.
const RUNS: usize = 8;

/// The publications of a fixed range of offsets, reduced to a few numbers for each series.
///
/// The text of a block ([`Block::to_json`]) is stored, so its form must not change in a way that [`Block::from_json`] of an older
/// version cannot read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Lowest and highest offset of the publications in this block. Publications that were gone when it was computed are not counted.
    #[serde(rename = "o")]
    pub offsets: (u64, u64),
    /// Earliest and latest time of receipt of these publications.
    #[serde(rename = "r")]
    pub received: (Millis, Millis),
    /// Number of these publications.
    #[serde(rename = "n")]
    pub count: u64,
    /// Runs of each series, in the order in which the series appeared. The runs of a series do not overlap.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
    /// Publications without a value.
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Tally>,
    /// Publications between `offsets` that are missing, with the effective times of those before and after.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<Tally>,
    /// Series beyond the maximum number.
    #[serde(rename = "x", default, skip_serializing_if = "LeftOut::is_empty")]
    pub left_out: LeftOut,
}

/// Error for a stored text that is not a block.
#[derive(Debug, thiserror::Error)]
#[error("a stored block of rollup cannot be read: {0}")]
pub struct BlockError(#[from] serde_json::Error);

impl Block {
    /// Computes the block of publications, which must be in order of offset. Returns `None` if there are none.
    pub fn of(items: &[Publication]) -> Option<Self> {
        let parts: Vec<Self> = items
            .chunk_by(|one, next| one.offset + 1 == next.offset)
            .filter_map(Self::of_consecutive)
            .collect();
        // No run goes beyond missing publications, as far as the number of runs allows.
        Self::combined(&parts, true)
    }

    fn of_consecutive(items: &[Publication]) -> Option<Self> {
        let (first, last) = (items.first()?, items.last()?);
        let received = items.iter().map(|item| item.received_at);
        let (mut all, mut lines) = (Collection::default(), Vec::new());
        for item in items {
            let at_ms = effective_ms(item);
            let fields = fields(&item.data);
            if fields.is_empty() {
                lines.push(Tally { first_ms: at_ms, last_ms: at_ms, count: 1 });
            }
            for (name, value) in fields {
                all.add(&name, [Bucket::of(at_ms, &value)]);
            }
        }
        let (series, left_out) = all.into_series(false);
        Some(Self {
            offsets: (first.offset, last.offset),
            received: (received.clone().min()?, received.max()?),
            count: items.len() as u64,
            series,
            lines: join(lines, RUNS),
            lost: Vec::new(),
            left_out,
        })
    }

    /// Computes a block of a higher level from the blocks of the level below, which must be in order of offset. Returns `None` if there
    /// are none.
    pub fn merged(parts: &[Self]) -> Option<Self> {
        Self::combined(parts, false)
    }

    /// Combines blocks that are in order of offset. If `is_apart` is true, the runs of different blocks are not joined, unless there
    /// are too many.
    fn combined(parts: &[Self], is_apart: bool) -> Option<Self> {
        let (first, last) = (parts.first()?, parts.last()?);
        let mut all = Collection::default();
        for part in parts {
            part.series.iter().for_each(|series| all.add(&series.name, series.buckets.iter().cloned()));
            all.left_out.add(&part.left_out);
        }
        let (series, left_out) = all.into_series(is_apart);
        let lines: Vec<Tally> = parts.iter().flat_map(|part| part.lines.iter().copied()).collect();
        let mut lost: Vec<Tally> = Vec::new();
        for pair in parts.windows(2) {
            lost.extend(&pair[0].lost);
            lost.extend(pair[0].lost_before(&pair[1]));
        }
        lost.extend(&last.lost);
        Some(Self {
            offsets: (first.offsets.0, last.offsets.1),
            received: (
                parts.iter().map(|part| part.received.0).min()?,
                parts.iter().map(|part| part.received.1).max()?,
            ),
            count: parts.iter().map(|part| part.count).sum(),
            series,
            lines: if is_apart && lines.len() <= RUNS { lines } else { join(lines, RUNS) },
            lost: bounded(lost),
            left_out,
        })
    }

    /// Returns the text to store.
    pub fn to_json(&self) -> String {
        // An error is impossible: numbers, texts and JSON texts can always be serialised.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a stored block.
    ///
    /// # Errors
    ///
    /// [`BlockError`] if the text was not returned by [`Block::to_json`].
    pub fn from_json(text: &str) -> Result<Self, BlockError> {
        Ok(serde_json::from_str(text)?)
    }

    /// Returns the length of the longest run of all series, in milliseconds.
    pub fn longest_run_ms(&self) -> u64 {
        let series = self.series.iter().flat_map(|series| &series.buckets).map(Run::span_ms);
        series.chain(self.lines.iter().map(Run::span_ms)).max().unwrap_or(0)
    }

    /// Returns the first and the last effective time of each run.
    pub fn spans(&self) -> impl Iterator<Item = (Millis, Millis)> {
        let buckets = self.series.iter().flat_map(|series| &series.buckets);
        let spans = buckets.map(|bucket| (bucket.first_ms, bucket.last_ms));
        spans.chain(self.lines.iter().map(|line| (line.first_ms, line.last_ms)))
    }

    /// Returns a copy that has only the runs of which a part lies in `stretch`, and no losses.
    pub fn clipped(&self, stretch: &Range<Millis>) -> Self {
        let is_in = |first_ms: Millis, last_ms: Millis| first_ms < stretch.end && last_ms >= stretch.start;
        let mut clipped = Self { lost: Vec::new(), ..self.clone() };
        for series in &mut clipped.series {
            series.buckets.retain(|run| is_in(run.first_ms, run.last_ms));
        }
        clipped.series.retain(|series| !series.buckets.is_empty());
        clipped.lines.retain(|line| is_in(line.first_ms, line.last_ms));
        clipped
    }

    /// Returns the earliest and the latest effective time in this block.
    pub fn effective(&self) -> (Millis, Millis) {
        let all = self.spans().reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        // There is no span only if all series are left out.
        all.unwrap_or(self.received)
    }

    /// Returns a copy in which each series has a single run, so that it is as small as possible.
    pub fn compact(&self) -> Self {
        let mut compact = self.clone();
        for series in &mut compact.series {
            series.buckets = join(std::mem::take(&mut series.buckets), 1);
        }
        compact.lines = join(compact.lines, 1);
        compact
    }

    /// Returns the publications that are missing between this block and `next`.
    fn lost_before(&self, next: &Self) -> Option<Tally> {
        let count = next.offsets.0.checked_sub(self.offsets.1)?.checked_sub(1)?;
        lost(count, self.effective().1, next.effective().0)
    }
}

/// Returns the effective time of a publication, by which it is drawn: the earlier of the time of the event and the time of receipt.
pub(super) fn effective_ms(item: &Publication) -> Millis {
    item.ts.min(item.received_at)
}

/// Returns the entry for a number of lost publications; `None` if it is 0. With late data, the time after may be the earlier one.
pub(super) fn lost(count: u64, before_ms: Millis, after_ms: Millis) -> Option<Tally> {
    (count > 0).then(|| Tally { first_ms: before_ms.min(after_ms), last_ms: before_ms.max(after_ms), count })
}

/// Merges neighbours until there are at most as many entries as runs.
fn bounded(mut lost: Vec<Tally>) -> Vec<Tally> {
    while lost.len() > RUNS {
        let last = lost.pop();
        lost.iter_mut().last().into_iter().zip(&last).for_each(|(before, last)| before.merge(last));
    }
    lost
}

/// The series of a block while it is computed.
#[derive(Default)]
struct Collection {
    series: Vec<Series>,
    places: HashMap<String, usize>,
    left_out: Names,
}

impl Collection {
    fn add(&mut self, name: &str, runs: impl IntoIterator<Item = Bucket>) {
        if let Some(series) = self.places.get(name).and_then(|place| self.series.get_mut(*place)) {
            series.buckets.extend(runs);
        } else if self.series.len() < limits::BUCKET_SERIES && name.len() <= limits::BUCKET_NAME_BYTES {
            self.places.insert(name.to_owned(), self.series.len());
            self.series.push(Series { name: name.to_owned(), buckets: runs.into_iter().collect() });
        } else {
            self.left_out.name(name);
        }
    }

    fn into_series(mut self, is_apart: bool) -> (Vec<Series>, LeftOut) {
        for series in self.series.iter_mut().filter(|series| !is_apart || series.buckets.len() > RUNS) {
            series.buckets = join(std::mem::take(&mut series.buckets), RUNS);
        }
        (self.series, self.left_out.left_out())
    }
}

/// Names of series that are left out. Only a bounded number is kept, so the count of several blocks together is the number of known
/// names, or the highest count of one block.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: Vec<String>,
    unnamed: u64,
    most: u64,
}

/// Maximum number of different names that are kept in order to count them.
const KNOWN_NAMES: usize = 4_096;

impl Names {
    pub(super) fn name(&mut self, name: &str) {
        let Err(place) = self.names.binary_search_by(|known| known.as_str().cmp(name)) else { return };
        if self.names.len() < KNOWN_NAMES {
            self.names.insert(place, name.to_owned());
        } else {
            self.unnamed = 1;
        }
    }

    pub(super) fn add(&mut self, left_out: &LeftOut) {
        left_out.names.iter().for_each(|name| self.name(name));
        self.most = self.most.max(left_out.count);
    }

    pub(super) fn left_out(&self) -> LeftOut {
        let count = (self.names.len() as u64 + self.unnamed).max(self.most);
        let names = self.names.iter().take(limits::BUCKET_NAMES);
        LeftOut { count, names: names.map(|name| shortened(name)).collect() }
    }
}

/// Cuts a name that is too long for a message.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(limits::META_TEXT_BYTES) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
