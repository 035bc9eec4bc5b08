//! Data of a chart: several named series over one column of times. Depends on [`super::ring`], [`super::spans`],
//! [`super::hidden`] and, for the newest value of each series, on [`crate::order`] and [`crate::rhythm`].

use std::ops::Range;

use shared::Millis;
use shared::freshness::{GRACE_MS, LATE_FACTOR, STALE_FACTOR};

use super::format::Unit;
use super::hidden::Hidden;
use super::ring::Ring;
use super::spans::Spans;
use crate::field::Field;
use crate::order::Order;
use crate::rhythm::Rhythm;

/// Series that one chart holds; an object with ever new keys must not grow without end. A machine with 128 cores has
/// room, the host's total beside them.
pub const MAX_SERIES: usize = 256;
/// Names of series beyond [`MAX_SERIES`] that are told apart; more are counted as this many.
const MOST_NAMES_LEFT_OUT: usize = 1_000;
/// Publications without a number that are remembered for series that are not known yet.
const MOST_PENDING: usize = 64;
/// A cell that says "no value here", which parts the line. No publication holds an infinite number: JSON has none.
const BREAK: f64 = f64::NEG_INFINITY;

/// Several named series that share their times.
///
/// Rows are in order of `ts`, those of one millisecond in order of the log. A series that a row does not mention has
/// NaN there and its line goes on; a series that a row says has no value has a break there. All times that go in and
/// come out are corrected by the error of the publisher's clock, once that is known.
#[derive(Clone, Debug)]
pub struct SeriesSet {
    times: Ring<i64>,
    sequences: Ring<u64>,
    /// Rows added by [`Self::append`].
    appended: u64,
    series: Vec<Series>,
    row_bound: usize,
    /// Names of the series that found no room.
    left_out: Vec<String>,
    /// Fields without a number, by name or for every series, for series that appear later.
    pending: Vec<(Option<String>, Moment, Field)>,
    /// Time at which the newest row was received.
    received_at: Option<Millis>,
    rhythm: Rhythm,
    clock_error_ms: i64,
    /// Units of single series, by name.
    units: Vec<(String, Unit)>,
    lost: Spans,
    replayed: Spans,
    unloaded: Spans,
}

/// One named series: its values by row, and its newest field.
#[derive(Clone, Debug)]
pub struct Series {
    name: String,
    values: Ring<f64>,
    newest: Option<Newest>,
    rhythm: Rhythm,
}

/// Newest field of a series, which need not be a number.
#[derive(Clone, Debug, PartialEq)]
pub struct Newest {
    /// Publication that the field belongs to.
    pub moment: Moment,
    /// The field.
    pub field: Field,
}

/// Times of one publication, and its place among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Time of the event by the publisher's clock, in milliseconds since the Unix epoch.
    pub ts_ms: Millis,
    /// Time at which the server received it, by the server's clock.
    pub received_at: Millis,
    /// Place among the publications of the topic.
    pub order: Order,
}

/// Smallest and greatest value of a stretch of rows, and whether all of them are whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// The smallest value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
    /// True if every value is a whole number.
    pub whole: bool,
}

impl SeriesSet {
    /// No series and no rows; the set will hold at most the `row_bound` youngest rows.
    pub const fn new(row_bound: usize) -> Self {
        Self {
            times: Ring::new(row_bound),
            sequences: Ring::new(row_bound),
            appended: 0,
            series: Vec::new(),
            row_bound,
            left_out: Vec::new(),
            pending: Vec::new(),
            received_at: None,
            rhythm: Rhythm::new(),
            clock_error_ms: 0,
            units: Vec::new(),
            lost: Spans::new(),
            replayed: Spans::new(),
            unloaded: Spans::new(),
        }
    }

    /// Adds one row of numbers at its place in time, after rows of the same time.
    pub fn append<'a>(&mut self, ts_ms: i64, values: impl IntoIterator<Item = (&'a str, f64)>) {
        self.appended += 1;
        let moment = Moment { ts_ms, received_at: ts_ms, order: Order::at(ts_ms, self.appended) };
        let field = |value: f64| if value.is_finite() { Field::number(value) } else { Field::Nothing };
        let fields: Vec<_> =
            values.into_iter().map(|(name, value)| (name.to_owned(), field(value))).collect();
        self.insert(moment, &fields);
    }

    /// Adds the fields of one publication at their place in time. A name not seen before starts a series if its field
    /// is a number. A publication that is there already changes nothing.
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
                None => self.remember(Some(name.clone()), moment, field),
            }
        }
        self.put(moment, &cells);
    }

    /// Adds a publication whose data is not a number, such as text or null, to a topic that has series. It becomes the
    /// newest value of every series.
    pub fn insert_other(&mut self, moment: Moment, field: &Field) {
        let cells: Vec<_> = (0..self.series.len()).map(|column| (column, field)).collect();
        self.remember(None, moment, field);
        self.put(moment, &cells);
    }

    /// Forgets rows, losses and replays before `ts_ms`.
    pub fn drop_before(&mut self, ts_ms: i64) {
        let rows = self.times.rows_before(ts_ms.saturating_add(self.clock_error_ms));
        self.times.drop_first(rows);
        self.sequences.drop_first(rows);
        for series in &mut self.series {
            series.values.drop_first(rows);
        }
        self.lost.drop_before(ts_ms);
        self.replayed.drop_before(ts_ms);
    }

    /// Corrects all times by the error of the publisher's clock: positive if it is ahead.
    pub fn correct_clock(&mut self, error_ms: i64) {
        self.clock_error_ms = error_ms;
    }

    /// Replaces the units of single series, by name, where they are not the unit of the whole chart.
    pub fn set_units(&mut self, units: &[(String, Unit)]) {
        if self.units != units {
            self.units = units.to_vec();
        }
    }

    /// Unit of a series; `None` if it is that of the whole chart.
    pub fn unit(&self, column: usize) -> Option<&Unit> {
        let name = self.series.get(column)?.name();
        self.units.iter().find(|(known, _)| known == name).map(|(_, unit)| unit)
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

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Number of series that found no room because there were [`MAX_SERIES`] already.
    pub fn series_left_out(&self) -> usize {
        self.left_out.len()
    }

    /// Time of a row, the oldest being row 0.
    pub fn time(&self, row: usize) -> Option<i64> {
        self.times.get(row).map(|ts_ms| ts_ms - self.clock_error_ms)
    }

    /// Time of the youngest row.
    pub fn last_time(&self) -> Option<i64> {
        self.times.last().map(|ts_ms| ts_ms - self.clock_error_ms)
    }

    /// The rows from `window.start` up to and including `window.end`.
    pub fn rows_within(&self, window: &Range<i64>) -> Range<usize> {
        let sent = |ts_ms: i64| ts_ms.saturating_add(self.clock_error_ms);
        self.times.rows_before(sent(window.start))..self.times.rows_through(sent(window.end))
    }

    /// Values of a series with their times, over some rows, oldest first.
    pub fn samples(
        &self,
        column: usize,
        rows: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = (i64, f64)> + '_ {
        self.points(column, rows).filter(|(_, value)| value.is_finite())
    }

    /// As [`Self::samples`], with a value that is not finite wherever the line is parted.
    pub fn points(
        &self,
        column: usize,
        rows: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = (i64, f64)> + '_ {
        let values = self.series.get(column).into_iter().flat_map({
            let rows = rows.clone();
            move |series| self.times.rows(rows.clone()).zip(series.values.rows(rows.clone()))
        });
        let present = values.filter(|(_, value)| !value.is_nan());
        present.map(|(ts_ms, value)| (ts_ms - self.clock_error_ms, value))
    }

    /// Value of a series in a row; NaN if it has none.
    pub fn value(&self, column: usize, row: usize) -> f64 {
        let value = self.series.get(column).and_then(|series| series.values.get(row));
        value.filter(|value| value.is_finite()).unwrap_or(f64::NAN)
    }

    /// Youngest number of a series at or before `ts_ms`, with its time.
    pub fn latest(&self, column: usize, ts_ms: i64) -> Option<(i64, f64)> {
        self.samples(column, 0..self.rows_within(&(i64::MIN..ts_ms)).end).next_back()
    }

    /// Newest field of a series.
    pub fn newest(&self, column: usize) -> Option<&Newest> {
        self.series.get(column)?.newest.as_ref()
    }

    /// Age of a series that has stopped while others of its set went on, in milliseconds; `None` while it has not.
    pub fn stopped_ms(&self, column: usize, now: Millis) -> Option<u64> {
        let series = self.series.get(column)?;
        let last = series.newest.as_ref()?.moment.received_at;
        let usual_ms = series.rhythm.interval_ms().or(self.rhythm.interval_ms())?;
        let patience_ms = usual_ms.saturating_mul(STALE_FACTOR).max(GRACE_MS * STALE_FACTOR / LATE_FACTOR);
        let silence_ms = u64::try_from(self.received_at?.saturating_sub(last)).unwrap_or(0);
        (silence_ms > patience_ms)
            .then(|| u64::try_from(now.saturating_sub(last)).unwrap_or(0).max(silence_ms))
    }

    /// Number of series that have stopped while others went on.
    pub fn stopped(&self) -> usize {
        (0..self.series.len()).filter(|column| self.stopped_ms(*column, Millis::MIN).is_some()).count()
    }

    /// Extent of a series over some rows; none if it has no value there.
    pub fn extent(&self, column: usize, rows: Range<usize>) -> Option<Extent> {
        self.samples(column, rows).map(|(_, value)| Extent::of(value)).reduce(Extent::with)
    }

    /// Stretches of time whose data was lost for good: never joined by a line.
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

    /// Stretches of time whose data exists but is not on this page yet: neither empty nor lost.
    pub fn unloaded(&self) -> &Spans {
        &self.unloaded
    }

    /// See [`Self::unloaded`].
    pub fn set_unloaded(&mut self, unloaded: Spans) {
        self.unloaded = unloaded;
    }

    /// Puts fields into the row of a publication, which is made if it is not there.
    fn put(&mut self, moment: Moment, cells: &[(usize, &Field)]) {
        if cells.is_empty() {
            return;
        }
        self.received_at = self.received_at.max(Some(moment.received_at));
        self.rhythm.observe(moment.received_at);
        for (column, field) in cells {
            if let Some(series) = self.series.get_mut(*column) {
                series.renew(moment, field);
            }
        }
        let Some(row) = self.row(moment) else { return };
        for (column, field) in cells {
            if let Some(series) = self.series.get_mut(*column) {
                series.values.set(row, if let Field::Number { value, .. } = field { *value } else { BREAK });
            }
        }
    }

    /// Returns whether the set is full of rows that are all younger.
    fn is_beyond(&self, moment: Moment) -> bool {
        self.times.is_full() && self.times.rows_through(moment.ts_ms) == 0
    }

    /// Row of a publication, made if it is not there; none if the set is full of younger rows.
    fn row(&mut self, moment: Moment) -> Option<usize> {
        let sequence = moment.order.sequence();
        let same = self.times.rows_before(moment.ts_ms)..self.times.rows_through(moment.ts_ms);
        let row = self.sequences.place_within(same.clone(), sequence);
        if same.contains(&row) && self.sequences.get(row) == Some(sequence) {
            return Some(row);
        }
        let is_full = self.times.is_full();
        if is_full && row == 0 {
            return None;
        }
        self.times.insert(row, moment.ts_ms);
        self.sequences.insert(row, sequence);
        for series in &mut self.series {
            series.values.insert(row, f64::NAN);
        }
        Some(if is_full { row - 1 } else { row })
    }

    /// Column of a name, made on the first number; none if there is none, or no room.
    fn column(&mut self, name: &str, is_number: bool) -> Option<usize> {
        let known = self.series.iter().position(|series| series.name == name);
        if known.is_some() || !is_number || self.series.len() >= MAX_SERIES {
            return known;
        }
        let values = Ring::filled(f64::NAN, self.times.len(), self.row_bound);
        self.series.push(Series { name: name.to_owned(), values, newest: None, rhythm: Rhythm::new() });
        let column = self.series.len() - 1;
        self.recall(column, name);
        Some(column)
    }

    fn leave_out(&mut self, name: &str) {
        if self.left_out.len() < MOST_NAMES_LEFT_OUT && !self.left_out.iter().any(|known| known == name) {
            self.left_out.push(name.to_owned());
        }
    }

    /// Keeps a field without a number for series that appear later, whose history may be loaded after it.
    fn remember(&mut self, name: Option<String>, moment: Moment, field: &Field) {
        let place = self.pending.partition_point(|(_, kept, _)| kept.order < moment.order);
        let same = self.pending[place..].iter().take_while(|(_, kept, _)| kept.order == moment.order);
        if same.into_iter().any(|(kept, ..)| *kept == name) {
            return;
        }
        self.pending.insert(place, (name, moment, field.clone()));
        if self.pending.len() > MOST_PENDING {
            self.pending.remove(0);
        }
    }

    /// Gives a new series the fields without a number that concern it.
    fn recall(&mut self, column: usize, name: &str) {
        let concerns = |kept: &Option<String>| kept.as_deref().is_none_or(|kept| kept == name);
        let fields: Vec<_> = self.pending.iter().filter(|(kept, ..)| concerns(kept)).cloned().collect();
        for (_, moment, field) in fields {
            self.put(moment, &[(column, &field)]);
        }
        self.pending.retain(|(kept, ..)| kept.as_deref() != Some(name));
    }
}

impl Series {
    /// Name of the series: a field's path (`load.0`).
    pub fn name(&self) -> &str {
        &self.name
    }

    fn renew(&mut self, moment: Moment, field: &Field) {
        if matches!(field, Field::Number { .. }) {
            self.rhythm.observe(moment.received_at);
        }
        if self.newest.as_ref().is_none_or(|newest| newest.moment.order <= moment.order) {
            self.newest = Some(Newest { moment, field: field.clone() });
        }
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
        set.append(1_000, [("s260", 2.0)]);
        assert_eq!((set.series().len(), set.series_left_out()), (MAX_SERIES, 5));
    }

    #[test]
    fn a_machine_with_128_cores_is_an_ordinary_machine() {
        let names: Vec<String> = (0..128).map(|core| format!("cpu{core}")).collect();
        let mut set = SeriesSet::new(8);
        set.append(1, names.iter().map(|name| (name.as_str(), 1.0)));
        assert_eq!((set.series().len(), set.series_left_out()), (128, 0));
    }

    fn moment(second: i64, offset: u64) -> Moment {
        let at = second * 1_000;
        Moment { ts_ms: at, received_at: at, order: Order::at(at, offset) }
    }

    fn fields(values: &[(&str, Option<f64>)]) -> Vec<(String, Field)> {
        let field = |value: Option<f64>| value.map_or(Field::Nothing, Field::number);
        values.iter().map(|(name, value)| ((*name).to_owned(), field(*value))).collect()
    }

    #[test]
    fn a_burst_in_one_millisecond_keeps_the_order_of_the_log_whenever_its_parts_come() {
        let mut set = SeriesSet::new(2_000);
        for offset in (701..=1_000).chain(1..=700) {
            set.insert(moment(1, offset), &fields(&[("v", Some(offset as f64))]));
        }
        assert_eq!(set.latest(0, 9_000), Some((1_000, 1_000.0)));
        assert_eq!(set.newest(0).map(|newest| newest.field.clone()), Some(Field::number(1_000.0)));
    }

    #[test]
    fn a_publication_that_comes_twice_is_one_row() {
        let mut set = SeriesSet::new(8);
        for _ in 0..2 {
            set.insert(moment(1, 1), &fields(&[("v", Some(1.0))]));
        }
        assert_eq!(set.len(), 1);
    }

    #[test]
    fn a_null_is_the_newest_value_and_parts_the_line() {
        let mut set = SeriesSet::new(8);
        for (second, value) in [(1, Some(1.0)), (2, None), (3, Some(3.0)), (4, None)] {
            set.insert(moment(second, second as u64), &fields(&[("v", value)]));
        }
        let is_break: Vec<bool> = set.points(0, 0..9).map(|(_, value)| !value.is_finite()).collect();
        assert_eq!(is_break, [false, true, false, true]);
        assert_eq!(set.newest(0).map(|newest| newest.field.clone()), Some(Field::Nothing));
        assert_eq!(samples(&set, 0), [(1_000, 1.0), (3_000, 3.0)]);
    }

    #[test]
    fn a_text_that_is_known_before_the_numbers_it_follows_is_still_the_newest() {
        let (mut in_order, mut late) = (SeriesSet::new(8), SeriesSet::new(8));
        let text = Field::Text("unavailable".to_owned());
        in_order.insert(moment(1, 1), &fields(&[("v", Some(1.0))]));
        in_order.insert_other(moment(2, 2), &text);
        late.insert_other(moment(2, 2), &text);
        late.insert(moment(1, 1), &fields(&[("v", Some(1.0))]));
        assert_eq!(late.newest(0), in_order.newest(0));
        assert_eq!(
            format!("{:?}", late.points(0, 0..9).collect::<Vec<_>>()),
            format!("{:?}", in_order.points(0, 0..9).collect::<Vec<_>>())
        );
    }

    #[test]
    fn a_series_that_stops_while_others_go_on_tells_its_age() {
        let mut set = SeriesSet::new(200);
        for second in 0..60 {
            let db = (second < 10).then_some(("db", Some(40.0)));
            let values: Vec<_> = [("web", Some(12.0))].into_iter().chain(db).collect();
            set.insert(moment(second, second as u64), &fields(&values));
        }
        assert_eq!((set.stopped_ms(0, 70_000), set.stopped_ms(1, 70_000)), (None, Some(61_000)));
        assert_eq!(set.stopped(), 1);
    }

    #[test]
    fn a_topic_that_stops_as_a_whole_has_no_stopped_series() {
        let mut set = SeriesSet::new(200);
        (0..10).for_each(|second| {
            set.insert(moment(second, second as u64), &fields(&[("a", Some(1.0)), ("b", Some(2.0))]))
        });
        assert_eq!(set.stopped_ms(1, 900_000), None);
    }

    #[test]
    fn the_error_of_a_publishers_clock_is_taken_off_all_times() {
        let mut set = SeriesSet::new(8);
        set.append(240_000, [("v", 1.0)]);
        set.correct_clock(240_000);
        assert_eq!((set.time(0), set.last_time(), set.latest(0, 0)), (Some(0), Some(0), Some((0, 1.0))));
        assert_eq!(set.rows_within(&(0..1)), 0..1);
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
