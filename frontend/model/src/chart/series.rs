//! What a chart shows: several named series over one column of times.

use std::ops::Range;

use super::hidden::Hidden;
use super::ring::Ring;
use super::spans::Spans;

/// The most series one chart takes; an object with ever new keys must not grow without end.
pub const MAX_SERIES: usize = 32;

/// Several named series that share their times. A series that has no value in a row has NaN there.
#[derive(Clone, Debug)]
pub struct SeriesSet {
    times: Ring<i64>,
    series: Vec<Series>,
    row_bound: usize,
    refused_values: u64,
    lost: Spans,
    replayed: Spans,
}

/// One named series: its values by row.
#[derive(Clone, Debug)]
pub struct Series {
    name: String,
    values: Ring<f64>,
}

/// The smallest and greatest value of a stretch of rows, and whether all of them are whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// The smallest value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
    /// Whether every value is a whole number.
    pub whole: bool,
}

impl SeriesSet {
    /// No series and no rows; it will hold at most the `row_bound` youngest rows.
    pub const fn new(row_bound: usize) -> Self {
        Self {
            times: Ring::new(row_bound),
            series: Vec::new(),
            row_bound,
            refused_values: 0,
            lost: Spans::new(),
            replayed: Spans::new(),
        }
    }

    /// Adds one row at its place in time, after rows of the same time. A name not seen before starts a series that
    /// has no values until now; infinite values count as none.
    pub fn append<'a>(&mut self, ts_ms: i64, values: impl IntoIterator<Item = (&'a str, f64)>) {
        let row = self.times.rows_through(ts_ms);
        if self.times.is_full() && row == 0 {
            return;
        }
        let mut cells = vec![f64::NAN; self.series.len()];
        for (name, value) in values {
            match self.column(name) {
                Some(column) => {
                    cells.resize(self.series.len(), f64::NAN);
                    cells[column] = if value.is_finite() { value } else { f64::NAN };
                }
                None => self.refused_values += 1,
            }
        }
        self.times.insert(row, ts_ms);
        for (series, cell) in self.series.iter_mut().zip(cells) {
            series.values.insert(row, cell);
        }
    }

    /// Forgets rows, losses and replays before `ts_ms`.
    pub fn drop_before(&mut self, ts_ms: i64) {
        let rows = self.times.rows_before(ts_ms);
        self.times.drop_first(rows);
        for series in &mut self.series {
            series.values.drop_first(rows);
        }
        self.lost.drop_before(ts_ms);
        self.replayed.drop_before(ts_ms);
    }

    /// The series in the order in which they were first seen.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// The columns that are not switched off.
    pub fn shown<'a>(&'a self, hidden: &'a Hidden) -> impl Iterator<Item = usize> + 'a {
        let columns = self.series.iter().enumerate();
        columns.filter(|(_, series)| !hidden.has(&series.name)).map(|(column, _)| column)
    }

    /// How many rows are held.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether no row is held.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// How many values were refused because the set already had [`MAX_SERIES`] series.
    pub fn refused_values(&self) -> u64 {
        self.refused_values
    }

    /// The time of a row, the oldest being row 0.
    pub fn time(&self, row: usize) -> Option<i64> {
        self.times.get(row)
    }

    /// The time of the youngest row.
    pub fn last_time(&self) -> Option<i64> {
        self.times.last()
    }

    /// The rows from `window.start` up to and including `window.end`.
    pub fn rows_within(&self, window: &Range<i64>) -> Range<usize> {
        self.times.rows_before(window.start)..self.times.rows_through(window.end)
    }

    /// The present values of a series with their times, over some rows, oldest first.
    pub fn samples(
        &self,
        column: usize,
        rows: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = (i64, f64)> + '_ {
        let values = self.series.get(column).into_iter().flat_map({
            let rows = rows.clone();
            move |series| self.times.rows(rows.clone()).zip(series.values.rows(rows.clone()))
        });
        values.filter(|(_, value)| !value.is_nan())
    }

    /// The value of a series in a row; NaN if it has none.
    pub fn value(&self, column: usize, row: usize) -> f64 {
        self.series.get(column).and_then(|series| series.values.get(row)).unwrap_or(f64::NAN)
    }

    /// The youngest value of a series at or before `ts_ms`, with its time.
    pub fn latest(&self, column: usize, ts_ms: i64) -> Option<(i64, f64)> {
        self.samples(column, 0..self.times.rows_through(ts_ms)).next_back()
    }

    /// The extent of a series over some rows; none if it has no value there.
    pub fn extent(&self, column: usize, rows: Range<usize>) -> Option<Extent> {
        self.samples(column, rows).map(|(_, value)| Extent::of(value)).reduce(Extent::with)
    }

    /// Stretches of time whose data was lost for good: announced, never joined by a line.
    pub fn lost(&self) -> &Spans {
        &self.lost
    }

    /// See [`Self::lost`].
    pub fn lost_mut(&mut self) -> &mut Spans {
        &mut self.lost
    }

    /// Stretches of time that were filled in afterwards, as long as the chart should say so.
    pub fn replayed(&self) -> &Spans {
        &self.replayed
    }

    /// See [`Self::replayed`].
    pub fn replayed_mut(&mut self) -> &mut Spans {
        &mut self.replayed
    }

    /// The column of a name, made on first sight; none if there are too many.
    fn column(&mut self, name: &str) -> Option<usize> {
        let known = self.series.iter().position(|series| series.name == name);
        if known.is_none() && self.series.len() < MAX_SERIES {
            let values = Ring::filled(f64::NAN, self.times.len(), self.row_bound);
            self.series.push(Series { name: name.to_owned(), values });
            return Some(self.series.len() - 1);
        }
        known
    }
}

impl Series {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Extent {
    /// The extent of one value.
    pub fn of(value: f64) -> Self {
        Self { min: value, max: value, whole: value.fract() == 0.0 }
    }

    /// The extent of both.
    pub fn with(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max), whole: self.whole && other.whole }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn samples(set: &SeriesSet, column: usize) -> Vec<(i64, f64)> {
        set.samples(column, 0..set.len()).collect()
    }

    #[test]
    fn a_series_seen_late_has_no_values_before() {
        let mut set = SeriesSet::new(8);
        set.append(1, [("in", 1.0)]);
        set.append(2, [("in", 2.0), ("out", 20.0)]);
        assert!(set.value(1, 0).is_nan());
        assert_eq!(samples(&set, 1), [(2, 20.0)]);
    }

    #[test]
    fn a_row_without_a_series_leaves_it_without_value() {
        let mut set = SeriesSet::new(8);
        set.append(1, [("in", 1.0), ("out", 10.0)]);
        set.append(2, [("in", 2.0)]);
        assert_eq!(samples(&set, 0), [(1, 1.0), (2, 2.0)]);
        assert_eq!(samples(&set, 1), [(1, 10.0)]);
    }

    #[test]
    fn rows_out_of_order_find_their_place_in_time() {
        let mut set = SeriesSet::new(8);
        for ts in [10, 30, 20, 5] {
            set.append(ts, [("v", ts as f64)]);
        }
        assert_eq!(samples(&set, 0), [(5, 5.0), (10, 10.0), (20, 20.0), (30, 30.0)]);
    }

    #[test]
    fn rows_of_the_same_time_are_both_kept_in_the_order_they_came() {
        let mut set = SeriesSet::new(8);
        set.append(1, [("v", 1.0)]);
        set.append(1, [("v", 2.0)]);
        assert_eq!(samples(&set, 0), [(1, 1.0), (1, 2.0)]);
    }

    #[test]
    fn all_columns_forget_the_same_rows() {
        let mut set = SeriesSet::new(3);
        for ts in 0..5 {
            set.append(ts, [("a", ts as f64)]);
        }
        set.append(5, [("b", 50.0)]);
        set.append(3, [("a", 33.0)]);
        assert_eq!(samples(&set, 0), [(3, 33.0), (4, 4.0)]);
        assert_eq!(samples(&set, 1), [(5, 50.0)]);
    }

    #[test]
    fn a_row_older_than_all_of_a_full_set_changes_nothing() {
        let mut set = SeriesSet::new(2);
        set.append(10, [("a", 1.0)]);
        set.append(20, [("a", 2.0)]);
        set.append(5, [("b", 9.0)]);
        assert_eq!(samples(&set, 0), [(10, 1.0), (20, 2.0)]);
        assert_eq!(set.series().len(), 1);
    }

    #[test]
    fn a_value_that_is_not_finite_counts_as_none() {
        let mut set = SeriesSet::new(8);
        set.append(1, [("v", f64::INFINITY)]);
        assert_eq!(samples(&set, 0), []);
    }

    #[test]
    fn ever_new_names_are_refused_and_counted_beyond_the_bound() {
        let mut set = SeriesSet::new(8);
        for index in 0..MAX_SERIES + 5 {
            set.append(index as i64, [(format!("s{index}").as_str(), 1.0)]);
        }
        assert_eq!((set.series().len(), set.refused_values()), (MAX_SERIES, 5));
    }

    #[test]
    fn the_latest_value_skips_rows_in_which_the_series_has_none() {
        let mut set = SeriesSet::new(8);
        set.append(1, [("a", 1.0)]);
        set.append(2, [("b", 2.0)]);
        assert_eq!(set.latest(0, 9), Some((1, 1.0)));
        assert_eq!(set.latest(1, 1), None);
    }

    #[test]
    fn forgetting_cuts_rows_and_stretches_alike() {
        let mut set = SeriesSet::new(8);
        for ts in [10, 20, 30] {
            set.append(ts, [("a", 1.0)]);
        }
        set.lost_mut().add(5..25);
        set.drop_before(20);
        assert_eq!(set.time(0), Some(20));
        assert_eq!(set.lost().iter().collect::<Vec<_>>(), std::slice::from_ref(&(20..25)));
    }

    #[test]
    fn an_extent_knows_whether_its_values_are_whole() {
        let mut set = SeriesSet::new(8);
        set.append(1, [("a", 3.0)]);
        set.append(2, [("a", -1.0)]);
        assert_eq!(set.extent(0, 0..2), Some(Extent { min: -1.0, max: 3.0, whole: true }));
        set.append(3, [("a", 0.5)]);
        assert!(!set.extent(0, 0..3).is_some_and(|extent| extent.whole));
        assert_eq!(set.extent(0, 3..3), None);
    }
}
