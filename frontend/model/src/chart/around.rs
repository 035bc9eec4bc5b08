//! The usual time between the samples of a series at some time, which may differ from that of now. Depends on [`super::ring`] and
//! [`super::column`].

use super::column::Column;
use super::ring::Ring;

/// Number of intervals on one side of a time from which the usual one is estimated.
const INTERVALS: usize = 4;
/// Number of intervals that are necessary for an estimate.
const NEEDED: usize = 3;
/// Maximum number of rows on one side of a time that are read. A series that has so few samples among those of others has no usual
/// interval.
const MOST_ROWS: usize = 2_000;
/// Two samples are joined if their distance is at most this many times the usual one before them.
const TIMES_BEFORE: i64 = 4;
/// Two samples are joined if their distance is at most this many times the usual one after them. A longer one may be a pause before the
/// interval became longer.
const TIMES_AFTER: i64 = 2;

/// The samples of a series, as far as one has to know them to tell which intervals were usual at some time.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    pub(super) times: &'a Ring<i64>,
    pub(super) values: &'a Column,
    pub(super) clock_error_ms: i64,
}

impl Around<'_> {
    /// Returns true if the interval between two neighbouring samples was usual at its time, judged by the samples before it and after it.
    /// Samples before `from_ms` are not used.
    ///
    /// A topic that was published every minute until yesterday, and every second since, has a line in both times. A single pause
    /// does not change what is usual.
    pub(super) fn is_usual(self, before_ms: i64, after_ms: i64, from_ms: i64) -> bool {
        let is_at_most = |usual_ms: Option<i64>, times: i64| {
            usual_ms.is_some_and(|usual_ms| after_ms - before_ms <= usual_ms.saturating_mul(times))
        };
        is_at_most(self.usual_before(before_ms, from_ms), TIMES_BEFORE)
            || is_at_most(self.usual_after(after_ms), TIMES_AFTER)
    }

    fn usual_before(self, ms: i64, from_ms: i64) -> Option<i64> {
        let end = self.times.rows_through(ms.saturating_add(self.clock_error_ms));
        let from_ms = from_ms.saturating_add(self.clock_error_ms);
        let rows = (end.saturating_sub(MOST_ROWS)..end).rev();
        usual(self.samples(rows).take_while(|ts_ms| *ts_ms >= from_ms))
    }

    fn usual_after(self, ms: i64) -> Option<i64> {
        let start = self.times.rows_before(ms.saturating_add(self.clock_error_ms));
        usual(self.samples(start..start + MOST_ROWS))
    }

    fn samples(self, rows: impl Iterator<Item = usize>) -> impl Iterator<Item = i64> {
        rows.filter(move |row| self.values.number(*row).is_finite()).map_while(move |row| self.times.get(row))
    }
}

/// Returns the median of the first intervals between times; `None` if there are too few. Of two in the middle, it is the shorter one.
fn usual(times: impl Iterator<Item = i64>) -> Option<i64> {
    let times: Vec<i64> = times.take(INTERVALS + 1).collect();
    let mut intervals: Vec<i64> = times.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    intervals.sort_unstable();
    intervals.get(intervals.len().saturating_sub(1) / 2).copied().filter(|_| intervals.len() >= NEEDED)
}
