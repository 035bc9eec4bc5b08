//! The data of a chart: several named series of numbers with common times. Depends on [`super::ring`],
//! [`super::column`], [`super::band`], [`super::moment`], [`super::pending`], [`super::spans`] and [`super::hidden`].

use std::ops::Range;

use shared::Millis;
use shared::freshness::{GRACE_MS, LATE_FACTOR, STALE_FACTOR};

use super::apart::Apart;
use super::band::{Band, Reduced};
use super::column::{Column, Key};
use super::extent::Extent;
use super::format::Unit;
use super::hidden::Hidden;
use super::moment::{Moment, Newest, Usual};
use super::pending::Pending;
use super::ring::Ring;
use super::spans::Spans;
use crate::field::Field;
use crate::order::Order;

/// Maximum number of series in one chart. Without it, publications with ever new field names would use up the memory.
/// It is large enough for a machine with 128 cores.
pub const MAX_SERIES: usize = 256;
/// Maximum number of rows beyond each edge of a window in which the next number of a series is sought.
const MOST_ROWS_BEYOND: usize = 2_000;
/// Maximum number of names of left-out series that are stored, in order to count these series. If there are more,
/// [`SeriesSet::series_left_out`] stays at this number.
const MOST_NAMES_LEFT_OUT: usize = 1_000;

/// The data of a chart: several named series of numbers that share their times. Each row contains the numbers of one
/// publication.
///
/// Rows are in the order of `ts`, and rows of the same millisecond in the order of the log. If a row does not contain
/// a series, its value is NaN and the line of the series continues. If a row says that a series has no value, the
/// line has a gap there. All times in arguments and results are corrected by the error of the publisher's clock once
/// it is known.
#[derive(Clone, Debug)]
pub struct SeriesSet {
    times: Ring<i64>,
    sequences: Ring<u64>,
    /// Number of rows that [`Self::append`] has added. It orders rows of the same time.
    appended: u64,
    series: Vec<Series>,
    row_bound: usize,
    /// Names of the series that are left out because the set already has [`MAX_SERIES`] series.
    left_out: Vec<String>,
    /// Fields that are not numbers, kept for series that do not exist yet because they had no number so far.
    pending: Pending,
    usual: Usual,
    clock_error_ms: i64,
    /// The name and the unit of each series that has a unit of its own, which may differ from that of the chart.
    units: Vec<(String, Unit)>,
    lost: Spans,
    replayed: Spans,
    unloaded: Spans,
    /// Present if the older rows stand for buckets.
    reduced: Option<Reduced>,
    /// Number of rows that were dropped at the beginning.
    dropped: u64,
    /// Number of changes that are not rows at the end, such as rows between others.
    upheavals: u64,
}

/// One named series of a chart: its values by row, and its newest field.
#[derive(Clone, Debug)]
pub struct Series {
    name: String,
    values: Column,
    newest: Option<Newest>,
    usual: Usual,
    /// Buckets in order of time.
    bands: Vec<Band>,
    /// Present in a set of several topics.
    apart: Option<Box<Apart>>,
}

impl SeriesSet {
    /// Creates a set without series and rows. It keeps the newest `row_bound` rows.
    pub const fn new(row_bound: usize) -> Self {
        Self {
            times: Ring::new(row_bound),
            sequences: Ring::new(row_bound),
            appended: 0,
            series: Vec::new(),
            row_bound,
            left_out: Vec::new(),
            pending: Pending::new(),
            usual: Usual::new(),
            clock_error_ms: 0,
            units: Vec::new(),
            lost: Spans::new(),
            replayed: Spans::new(),
            unloaded: Spans::new(),
            reduced: None,
            dropped: 0,
            upheavals: 0,
        }
    }

    /// Adds one row of numbers at the time `ts_ms`, after the rows of the same time. A value that is not finite makes
    /// a gap in the line of its series.
    pub fn append<'a>(&mut self, ts_ms: i64, values: impl IntoIterator<Item = (&'a str, f64)>) {
        self.appended += 1;
        let moment = Moment { ts_ms, received_at: ts_ms, order: Order::at(ts_ms, self.appended) };
        let field = |value: f64| if value.is_finite() { Field::number(value) } else { Field::Nothing };
        let fields: Vec<_> =
            values.into_iter().map(|(name, value)| (name.to_owned(), field(value))).collect();
        self.insert(moment, &fields);
    }

    /// Adds the fields of one publication as a row at its place in time. A field with a new name starts a series if
    /// it is a number. If the publication is already in the set, nothing changes.
    pub fn insert(&mut self, moment: Moment, fields: &[(String, Field)]) {
        if self.is_beyond(moment) {
            return;
        }
        let mut cells: Vec<(usize, &Field)> = Vec::new();
        for (name, field) in fields {
            let is_number = matches!(field, Field::Number { .. });
            match self.column(name, is_number) {
                Some(column) => cells.push((column, field)),
                None if is_number => self.leave_out(name),
                None => self.pending.keep(Some(name.clone()), moment, field),
            }
        }
        self.put(moment, &cells);
    }

    /// Adds a publication whose data contains no number, such as a text or null. It becomes the newest value of every
    /// series.
    pub fn insert_other(&mut self, moment: Moment, field: &Field) {
        let cells: Vec<_> = (0..self.series.len()).map(|column| (column, field)).collect();
        self.pending.keep(None, moment, field);
        self.put(moment, &cells);
    }

    /// Drops all rows before `ts_ms`, and the record of losses and replays before it.
    pub fn drop_before(&mut self, ts_ms: i64) {
        let rows = self.times.rows_before(ts_ms.saturating_add(self.clock_error_ms));
        self.times.drop_first(rows);
        self.sequences.drop_first(rows);
        self.dropped += rows as u64;
        let first = self.key(0);
        for series in &mut self.series {
            series.values.drop_first(rows, first);
        }
        self.lost.drop_before(ts_ms);
        self.replayed.drop_before(ts_ms);
    }

    /// Returns true if [`Self::drop_before`] would drop something.
    pub fn keeps_before(&self, ts_ms: i64) -> bool {
        let begins = |spans: &Spans| spans.iter().next().is_some_and(|span| span.start < ts_ms);
        self.time(0).is_some_and(|first| first < ts_ms) || begins(&self.lost) || begins(&self.replayed)
    }

    /// Prepares the set for buckets: drops all rows before `reduced.raw_from`, and makes room for `rows` further ones.
    pub fn reduce(&mut self, reduced: Reduced, rows: usize) {
        self.drop_before(reduced.raw_from);
        self.replayed.clear();
        self.reduced = Some(reduced);
        self.row_bound += rows;
        self.times.widen(rows);
        self.sequences.widen(rows);
        self.series.iter_mut().for_each(|series| series.values.widen(rows));
    }

    /// Adds buckets of the series `name`: the rows that stand for them, each with its time, and their bands. The series is
    /// added if it does not exist. Buckets do not count as new data, however late they are loaded.
    pub fn add_buckets(&mut self, name: &str, rows: Vec<(i64, Field)>, bands: Vec<Band>) {
        let Some(column) = self.column(name, true) else { return self.leave_out(name) };
        for (ts_ms, field) in rows {
            // Rows of the same time are one row, because their places in the log are equal.
            let moment = Moment { ts_ms, received_at: ts_ms, order: Order::at(ts_ms, 0) };
            self.write(moment, &[(column, &field)]);
        }
        if let Some(series) = self.series.get_mut(column) {
            series.bands = bands;
        }
    }

    /// Returns facts about the buckets in the set; `None` if all rows are publications.
    pub fn reduced(&self) -> Option<Reduced> {
        self.reduced
    }

    /// Returns the length of the buckets in milliseconds; `None` if no bucket in the window has several values.
    pub fn step_within(&self, window: &Range<i64>) -> Option<u64> {
        let has_many = |column: usize| self.bands(column, window).iter().any(|band| band.count > 1);
        (0..self.series.len()).any(has_many).then_some(self.reduced?.step_ms)
    }

    /// Returns the buckets of the series `column` that overlap the window, in order of time.
    pub fn bands(&self, column: usize, window: &Range<i64>) -> &[Band] {
        let bands = self.series.get(column).map_or(&[][..], |series| &series.bands);
        let first = bands.partition_point(|band| band.to_ms < window.start);
        let end = bands.partition_point(|band| band.from_ms <= window.end);
        bands.get(first..end).unwrap_or_default()
    }

    /// Returns the error of the publisher's clock in milliseconds, by which all times are corrected.
    pub fn clock_error_ms(&self) -> i64 {
        self.clock_error_ms
    }

    /// Corrects all times by the error of the publisher's clock in milliseconds, which is positive if the clock is
    /// ahead. The stretches that are lost or replayed are those between rows, and move with them.
    pub fn correct_clock(&mut self, error_ms: i64) {
        if self.clock_error_ms == error_ms {
            return;
        }
        self.upheavals += 1;
        let by_ms = self.clock_error_ms - error_ms;
        self.lost.shift(by_ms);
        self.replayed.shift(by_ms);
        self.clock_error_ms = error_ms;
    }

    /// Sets the units of the series that have a unit of their own. Each unit is given with the name of its series.
    pub fn set_units(&mut self, units: &[(String, Unit)]) {
        if self.units != units {
            self.units = units.to_vec();
        }
    }

    /// Returns the unit of the series with the index `column`; `None` if the series has the unit of the whole chart.
    pub fn unit(&self, column: usize) -> Option<&Unit> {
        let name = self.series.get(column)?.name();
        self.units.iter().find(|(known, _)| known == name).map(|(_, unit)| unit)
    }

    /// Returns the series in the order in which they first occurred.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// Returns the indices of the series that the reader has not switched off.
    pub fn shown<'a>(&'a self, hidden: &'a Hidden) -> impl Iterator<Item = usize> + 'a {
        let columns = self.series.iter().enumerate();
        columns.filter(|(_, series)| !hidden.has(&series.name)).map(|(column, _)| column)
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Returns true if there are no rows.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Returns the number of series that are left out because the set already has [`MAX_SERIES`] series.
    pub fn series_left_out(&self) -> usize {
        self.left_out.len()
    }

    /// Returns the time of a row; `None` if there is no such row. The oldest row has the index 0.
    pub fn time(&self, row: usize) -> Option<i64> {
        self.times.get(row).map(|ts_ms| ts_ms - self.clock_error_ms)
    }

    /// Returns the time of the newest row; `None` if there are no rows.
    pub fn last_time(&self) -> Option<i64> {
        self.times.last().map(|ts_ms| ts_ms - self.clock_error_ms)
    }

    /// Returns the indices of the rows whose time is in `window`. Unlike in a usual range, `window.end` is included.
    pub fn rows_within(&self, window: &Range<i64>) -> Range<usize> {
        let sent = |ts_ms: i64| ts_ms.saturating_add(self.clock_error_ms);
        self.times.rows_before(sent(window.start))..self.times.rows_through(sent(window.end))
    }

    /// Returns the numbers of the series `column` in some rows, each with its time, oldest first.
    pub fn samples(
        &self,
        column: usize,
        rows: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = (i64, f64)> + '_ {
        self.points(column, rows).filter(|(_, value)| value.is_finite())
    }

    /// Returns the numbers of the series `column` in the given rows, each with its time, oldest first. A gap in the
    /// series' line is marked by a value that is not finite.
    pub fn points(
        &self,
        column: usize,
        rows: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = (i64, f64)> + '_ {
        let values = self.series.get(column).into_iter().flat_map({
            let rows = rows.clone();
            move |series| self.times.rows(rows.clone()).zip(series.values.numbers(rows.clone()))
        });
        let present = values.filter(|(_, value)| !value.is_nan());
        present.map(|(ts_ms, value)| (ts_ms - self.clock_error_ms, value))
    }

    /// Returns the number of the series `column` in a row; NaN if it has none there.
    pub fn value(&self, column: usize, row: usize) -> f64 {
        self.series.get(column).map_or(f64::NAN, |series| series.values.number(row))
    }

    /// Returns the digits of a number as they were sent. The number is that of the series `column` in `row`; `None`
    /// if there is no number.
    pub fn sent(&self, column: usize, row: usize) -> Option<String> {
        self.series.get(column)?.values.sent(row, self.key(row)?)
    }

    /// Returns those of the given rows in which the series `column` has a number, oldest first.
    pub fn rows_with_number(
        &self,
        column: usize,
        rows: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = usize> + '_ {
        rows.filter(move |row| !self.value(column, *row).is_nan())
    }

    /// Returns the rows whose time is in `window`, extended to the nearest number or gap of the series `column` before it and after
    /// it, so that a line reaches the edges. Rows of other series may be between them, but not more than a few thousand.
    pub fn rows_reaching(&self, column: usize, window: &Range<i64>) -> Range<usize> {
        let rows = self.rows_within(window);
        let before = rows.start.saturating_sub(MOST_ROWS_BEYOND)..rows.start;
        let after = rows.end..(rows.end + MOST_ROWS_BEYOND).min(self.len());
        let start = self.rows_with_number(column, before).next_back().unwrap_or(rows.start);
        start..self.rows_with_number(column, after).next().map_or(rows.end, |row| row + 1)
    }

    /// Returns the time and the value of the newest number of the series `column` at or before `ts_ms`.
    pub fn latest(&self, column: usize, ts_ms: i64) -> Option<(i64, f64)> {
        self.samples(column, 0..self.rows_within(&(i64::MIN..ts_ms)).end).next_back()
    }

    /// Returns the newest field of the series `column`, which need not be a number.
    pub fn newest(&self, column: usize) -> Option<&Newest> {
        self.series.get(column)?.newest.as_ref()
    }

    /// Returns the time in milliseconds since the newest field of a series that has stopped: it gets no new values,
    /// while others of the set do. Values that are sent later about earlier times are not new. Returns `None` if the series has not
    /// stopped.
    pub fn stopped_ms(&self, column: usize, now: Millis) -> Option<u64> {
        let received_at = |series: &Series| Some(series.newest.as_ref()?.moment.received_at);
        let series = self.series.get(column)?;
        let last = received_at(series)?;
        let usual_ms = series.usual.interval_ms().or(self.usual.interval_ms())?;
        let patience_ms = usual_ms.saturating_mul(STALE_FACTOR).max(GRACE_MS * STALE_FACTOR / LATE_FACTOR);
        let newest = self.series.iter().filter_map(received_at).max()?;
        let silence_ms = u64::try_from(newest.saturating_sub(last)).unwrap_or(0);
        (silence_ms > patience_ms)
            .then(|| u64::try_from(now.saturating_sub(last)).unwrap_or(0).max(silence_ms))
    }

    /// Returns the number of series that have stopped: they get no new values, while others of the set do.
    pub fn stopped(&self) -> usize {
        (0..self.series.len()).filter(|column| self.stopped_ms(*column, Millis::MIN).is_some()).count()
    }

    /// Returns the smallest and largest number of the series `column` in a window; `None` if it has no number there.
    pub fn extent(&self, column: usize, window: &Range<i64>) -> Option<Extent> {
        let values = self.samples(column, self.rows_within(window)).map(|(_, value)| value);
        let ends = self.bands(column, window).iter().flat_map(|band| [band.min.0, band.max.0]);
        values.chain(ends).map(Extent::of).reduce(Extent::with)
    }

    /// Returns the ranges of time whose data is lost for good. The line of a series has a gap there.
    pub fn lost(&self) -> &Spans {
        &self.lost
    }

    /// Returns the ranges of time whose data is lost for good, so that the caller can change them.
    pub fn lost_mut(&mut self) -> &mut Spans {
        &mut self.lost
    }

    /// Returns the ranges of time whose data was replayed after an interruption. The chart marks them for some
    /// seconds.
    pub fn replayed(&self) -> &Spans {
        &self.replayed
    }

    /// Returns the ranges of time whose data was replayed after an interruption, so that the caller can change them.
    pub fn replayed_mut(&mut self) -> &mut Spans {
        &mut self.replayed
    }

    /// Returns the ranges of time whose data exists but is not loaded yet. They are neither empty nor lost.
    pub fn unloaded(&self) -> &Spans {
        &self.unloaded
    }

    /// Replaces the ranges of time whose data exists but is not loaded yet.
    pub fn set_unloaded(&mut self, unloaded: Spans) {
        self.unloaded = unloaded;
    }

    /// Writes fields into the row of a publication. The row is added if it does not exist yet. Each field is given
    /// with the index of its series.
    fn put(&mut self, moment: Moment, cells: &[(usize, &Field)]) {
        if cells.is_empty() {
            return;
        }
        self.usual.observe(moment);
        for (column, field) in cells {
            if let Some(series) = self.series.get_mut(*column) {
                series.renew(moment, field);
            }
        }
        self.write(moment, cells);
    }

    fn write(&mut self, moment: Moment, cells: &[(usize, &Field)]) {
        let Some(row) = self.row(moment) else { return };
        for (column, field) in cells {
            if let Some(series) = self.series.get_mut(*column) {
                series.values.set(row, (moment.ts_ms, moment.order.sequence()), field);
            }
        }
    }

    /// Returns true if a publication is too old for the set: the set is full and all its rows are newer.
    fn is_beyond(&self, moment: Moment) -> bool {
        self.times.is_full() && self.times.rows_through(moment.ts_ms) == 0
    }

    /// Returns the index of the row of a publication. The row is added if it does not exist. Returns `None` if the
    /// set is full and all its rows are newer.
    fn row(&mut self, moment: Moment) -> Option<usize> {
        let sequence = moment.order.sequence();
        let same = self.times.rows_before(moment.ts_ms)..self.times.rows_through(moment.ts_ms);
        let row = self.sequences.place_within(same.clone(), sequence);
        if same.contains(&row) && self.sequences.get(row) == Some(sequence) {
            self.upheavals += 1;
            return Some(row);
        }
        let is_full = self.times.is_full();
        if is_full && row == 0 {
            return None;
        }
        self.upheavals += u64::from(row < self.times.len());
        self.dropped += u64::from(is_full);
        self.times.insert(row, moment.ts_ms);
        self.sequences.insert(row, sequence);
        let first = self.key(0);
        for series in &mut self.series {
            series.values.insert(row);
            if is_full {
                series.values.forget_before(first);
            }
        }
        Some(if is_full { row - 1 } else { row })
    }

    fn key(&self, row: usize) -> Option<Key> {
        Some((self.times.get(row)?, self.sequences.get(row)?))
    }

    /// Returns the index of the series `name`. If it does not exist, it is added, provided that the field is a number
    /// and there is room for another series; otherwise returns `None`.
    fn column(&mut self, name: &str, is_number: bool) -> Option<usize> {
        let known = self.series.iter().position(|series| series.name == name);
        if known.is_some() || !is_number || self.series.len() >= MAX_SERIES {
            return known;
        }
        let values = Column::empty(self.times.len(), self.row_bound);
        self.series.push(Series {
            name: name.to_owned(),
            values,
            newest: None,
            usual: Usual::new(),
            bands: Vec::new(),
            apart: None,
        });
        let column = self.series.len() - 1;
        for (moment, field) in self.pending.of(name) {
            self.put(moment, &[(column, &field)]);
        }
        Some(column)
    }

    fn leave_out(&mut self, name: &str) {
        if self.left_out.len() < MOST_NAMES_LEFT_OUT && !self.left_out.iter().any(|known| known == name) {
            self.left_out.push(name.to_owned());
        }
    }
}

impl Series {
    /// Returns the name of the series. It is the path of a field in the published data, such as `load.0`.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn renew(&mut self, moment: Moment, field: &Field) {
        if matches!(field, Field::Number { .. }) {
            self.usual.observe(moment);
        }
        if self.newest.as_ref().is_none_or(|newest| newest.moment.order <= moment.order) {
            self.newest = Some(Newest { moment, field: field.clone() });
        }
    }
}

mod together;

#[cfg(test)]
mod tests;
