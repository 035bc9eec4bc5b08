//! Reads the values of one topic from its set, in order. Depends on [`super::sample`] and [`crate::chart::series`].

use shared::Millis;

use super::sample::{Row, Sample};
use crate::chart::band::Band;
use crate::chart::series::SeriesSet;
use crate::field::Field;

/// Number of values of a bucket from which on some of them are not known: the first and the last are.
const MOST_KNOWN: u64 = 2;

/// Reads the values of some series of a topic. It remembers for each the value that was read last.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    lanes: Vec<Lane>,
}

/// One series that is read.
#[derive(Clone, Debug)]
struct Lane {
    column: usize,
    last: Option<(Millis, f64)>,
    /// True if the line of the series has had a gap since `last`.
    is_broken: bool,
}

impl Reader {
    /// Creates a reader of the series with these indices.
    pub fn new(columns: impl IntoIterator<Item = usize>) -> Self {
        let lane = |column| Lane { column, last: None, is_broken: false };
        Self { lanes: columns.into_iter().map(lane).collect() }
    }

    /// Returns the number of series.
    pub fn len(&self) -> usize {
        self.lanes.len()
    }

    /// Returns true if there are no series.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Returns the index of a series in the set that is read.
    pub fn column(&self, lane: usize) -> Option<usize> {
        self.lanes.get(lane).map(|lane| lane.column)
    }

    /// Reads a row of the set. `hole_ms` is the maximum time between two samples that are joined. Returns `None` if the row has no
    /// value of these series.
    pub fn read(&mut self, set: &SeriesSet, row: usize, hole_ms: Option<Millis>) -> Option<Row> {
        let (ts_ms, sequence) = (set.time(row)?, set.sequence(row)?);
        let mut items = Vec::new();
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            let item = lane.read(set, row, ts_ms, hole_ms);
            items.extend(item.map(|item| (index, item)));
        }
        (!items.is_empty()).then_some(Row { ts_ms, sequence, items })
    }
}

impl Lane {
    fn read(
        &mut self,
        set: &SeriesSet,
        row: usize,
        ts_ms: Millis,
        hole_ms: Option<Millis>,
    ) -> Option<Option<Sample>> {
        let Field::Number { value, sent } = set.field(self.column, row)? else {
            self.is_broken = true;
            return Some(None);
        };
        let before = self.last.replace((ts_ms, value));
        let was_broken = std::mem::take(&mut self.is_broken);
        let is_whole = |from_ms: Millis| !set.unloaded().meets(from_ms, ts_ms);
        let breaks = set.breaks(self.column, hole_ms).of_now();
        let is_joined = before.is_some_and(|(before_ms, _)| {
            !was_broken && !breaks.between(before_ms, ts_ms) && is_whole(before_ms)
        });
        let band = band_at(set, self.column, ts_ms);
        let is_reduced = band.is_some_and(|band| band.count > MOST_KNOWN);
        let varies = |band: &Band| is_reduced && band.min.0 < band.max.0 && ts_ms < band.to_ms;
        Some(Some(Sample {
            value,
            sent,
            is_joined,
            is_start: is_whole(before.map_or(Millis::MIN, |(before_ms, _)| before_ms)),
            is_reduced,
            is_momentary: band.is_some_and(varies),
            has_fallen: before.zip(band).is_some_and(|(before, band)| has_fallen(before, band, value)),
            lasts_ms: hole_ms.unwrap_or(Millis::MAX),
        }))
    }
}

/// Returns the bucket that contains a time.
fn band_at(set: &SeriesSet, column: usize, ts_ms: Millis) -> Option<&Band> {
    set.bands(column, &(ts_ms..ts_ms)).last()
}

/// Returns true if a counter has fallen between the first value of a bucket and a later one: it was lower than the first or higher than
/// the later one in between.
fn has_fallen((before_ms, first): (Millis, f64), band: &Band, value: f64) -> bool {
    before_ms >= band.from_ms && (band.min.0 < first || band.max.0 > value)
}
