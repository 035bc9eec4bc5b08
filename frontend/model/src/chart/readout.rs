//! The contents of a chart in words and numbers, for its legend, its tooltip, its table and screen readers. Depends
//! on [`super::draw`], [`super::geometry`] and [`super::format`](mod@super::format).

use std::ops::Range;

use shared::freshness::short_duration;

use super::band::Band;
use super::draw::Scene;
use super::format::{Format, Unit, in_full};
use super::geometry::{Plot, read_row};
use super::series::SeriesSet;
use super::threshold::Crossed;
use crate::field::Field;

/// The values that a chart shows as text: those under the crosshair or, without a crosshair, the newest ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readout {
    /// One reading for each series of the chart, in the order of the series.
    pub readings: Vec<Reading>,
    /// The time and position of the crosshair; `None` if it is not in the window.
    pub crosshair: Option<Cursor>,
    /// Times of the left and right edge of the chart, in milliseconds since the Unix epoch.
    pub window: Range<i64>,
    /// Width in characters that the legend reserves for every number, so that the text after it does not move when
    /// the number changes.
    pub number_chars: usize,
    /// Number of series that the chart does not contain because there are too many.
    pub left_out: usize,
}

/// The name and the value of one series as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Name of the series.
    pub name: String,
    /// The value with its unit; a dash if there is none. For a series that has stopped, it is a dash and the time
    /// since the last value: `– 1 min`.
    pub text: String,
    /// The value with the digits and the unit with which it was sent, if `text` has others because it is shortened or has a
    /// prefix; otherwise `None`.
    pub exact: Option<String>,
    /// For the last value of a bucket, the number of values in it, and the lowest and the highest of them, such as `last of 60
    /// values, 20.1 to 24.0`; otherwise `None`.
    pub range: Option<String>,
    /// Unit in which the value was published; empty for a count.
    pub unit: String,
    /// The threshold that the value crosses; `None` if it crosses none.
    pub crossed: Option<Crossed>,
    /// True if the series has no current value: it has stopped while others continue, or its newest field is not a
    /// number.
    pub is_over: bool,
}

/// The time and position of the crosshair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cursor {
    /// Time at which the crosshair stands, in milliseconds since the Unix epoch.
    pub ts_ms: i64,
    /// Distance of the crosshair from the left edge of the canvas, in CSS pixels.
    pub x: f64,
    /// True if the crosshair is in the right half of the plot.
    pub is_right: bool,
    /// Times of the first and the last value of the buckets whose values are shown, if they span more than a second.
    /// `None` if the values are those of publications.
    pub bucket: Option<(i64, i64)>,
}

/// One row of the table that shows the numbers of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Time of the row, in milliseconds since the Unix epoch.
    pub ts_ms: i64,
    /// One number as text for each series, in the order of the series; a dash if the series has no number in this
    /// row.
    pub numbers: Vec<String>,
    /// For each series, the lowest and the highest value of the bucket that ends with this row, and the number of its values;
    /// `None` if no bucket of several values ends here.
    pub ranges: Vec<Option<String>>,
}

impl Readout {
    /// Returns the values of all series that the chart shows in this scene.
    pub fn of(scene: &Scene<'_>) -> Self {
        let plot = scene.plot();
        let crosshair = scene.crosshair.filter(|ts_ms| scene.window.contains(ts_ms)).map(|ts_ms| {
            let x = plot.x(ts_ms);
            let is_right = x > plot.area.left + plot.area.width / 2.0;
            Cursor { ts_ms, x, is_right, bucket: bucket_at(scene, ts_ms, &plot) }
        });
        let read = |column: usize, name: &str| {
            let unit = scene.set.unit(column).unwrap_or(scene.unit);
            let axis = scene.axes.of(column).map(|axis| &axis.scale.format);
            let own = axis.filter(|format| format.unit() == unit).cloned();
            let format = &own.unwrap_or_else(|| unit_format(scene.set, column, unit));
            let row = match crosshair {
                Some(cursor) => read_row(scene.set, column, cursor.ts_ms, scene.reach_ms(&plot, column)),
                None => last_row(scene.set, column, &scene.window).filter(|_| scene.is_past),
            };
            let (text, sent, is_over) = if crosshair.is_none() && !scene.is_past {
                newest(scene.set, column, scene.window.end, format)
            } else {
                let sent = row.and_then(|row| scene.set.sent(column, row));
                let text = sent.as_ref().map_or_else(|| NO_VALUE.to_owned(), |sent| format.reading(sent));
                (text, sent, false)
            };
            let exact = sent.and_then(|sent| format.exact(&sent, &text));
            let band = row.filter(|_| crosshair.is_some()).and_then(|row| band(scene.set, column, row));
            let range = band.map(|band| {
                let [min, max] = [&band.min.1, &band.max.1].map(|sent| format.reading(sent));
                format!("last of {} values, {min} to {max}", band.count)
            });
            let limits =
                scene.limits.filter(|_| !is_over && (row.is_some() || crosshair.is_none() && !scene.is_past));
            let crossed =
                limits.and_then(|limits| (limits.crossed)(&limits.thresholds, scene.seen(), column, row));
            Reading {
                name: name.to_owned(),
                text,
                exact,
                range,
                is_over,
                unit: unit.symbol().to_owned(),
                crossed,
            }
        };
        let series = scene.set.series().iter().enumerate();
        let scales = scene.axes.0.iter().map(|axis| &axis.scale);
        let ends = scales.flat_map(|scale| [scale.min, scale.max].map(|end| scale.format.reading_of(end)));
        Self {
            readings: series.map(|(column, series)| read(column, series.name())).collect(),
            crosshair,
            window: scene.window.clone(),
            number_chars: ends.map(|end| end.chars().count()).max().unwrap_or(0).min(MOST_NUMBER_CHARS),
            left_out: scene.set.series_left_out(),
        }
    }

    /// Returns the names and values of all series as one text, such as `user 58.1 %, system 54.8 %`.
    pub fn summary(&self) -> String {
        let words = |reading: &Reading| {
            let crossed = reading.crossed.as_ref().map(|crossed| &crossed.words);
            let more: Vec<&str> = reading.range.iter().chain(crossed).map(String::as_str).collect();
            match more[..] {
                [] => format!("{} {}", reading.name, reading.text),
                _ => format!("{} {} ({})", reading.name, reading.text, more.join(", ")),
            }
        };
        let readings: Vec<String> = self.readings.iter().map(words).collect();
        if readings.is_empty() { "no data yet".to_owned() } else { readings.join(", ") }
    }
}

impl Reading {
    /// Returns what the text of the value does not say: the exact value, and the threshold that it crosses; `None` if it says all.
    pub fn hint(&self) -> Option<String> {
        let crossed = self.crossed.as_ref().map(|crossed| &crossed.words);
        let parts: Vec<&str> = self.exact.iter().chain(crossed).map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Returns what a tooltip shows beside the value: [`Self::hint`], and the range of a bucket.
    pub fn details(&self) -> String {
        self.hint().into_iter().chain(self.range.clone()).collect::<Vec<_>>().join(", ")
    }

    /// Returns the heading of the series in a table: its name, and the unit of its numbers in brackets, as in
    /// `disk (GiB)`.
    pub fn head(&self) -> String {
        if self.unit.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, self.unit) }
    }
}

/// Returns the last row in the window in which the series `column` has a number; `None` if it has none there.
pub fn last_row(set: &SeriesSet, column: usize, window: &Range<i64>) -> Option<usize> {
    set.rows_with_number(column, set.rows_within(window)).next_back()
}

/// Returns the times of the first and the last value of the buckets whose values are shown for the crosshair at `ts_ms`;
/// `None` if there is no bucket, or if they span at most a second.
fn bucket_at(scene: &Scene<'_>, ts_ms: i64, plot: &Plot) -> Option<(i64, i64)> {
    let row = |column| read_row(scene.set, column, ts_ms, scene.reach_ms(plot, column));
    let rows = (0..scene.set.series().len()).filter_map(|column| Some((column, row(column)?)));
    let bands = rows.filter_map(|(column, row)| band(scene.set, column, row));
    let spans = bands.map(|band| (band.from_ms, band.to_ms));
    let whole = spans.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
    whole.filter(|(from_ms, to_ms)| to_ms - from_ms > LEAST_BUCKET_MS)
}

/// Returns the bucket of several values to which a row belongs; `None` if there is none.
fn band(set: &SeriesSet, column: usize, row: usize) -> Option<&Band> {
    let ts_ms = set.time(row)?;
    set.bands(column, &(ts_ms..ts_ms)).last().filter(|band| band.count > 1)
}

/// Returns the lowest and the highest value of the bucket to which a row belongs, and the number of values in it.
/// The values are in a unit that suits the row's value. Returns `None` if the row is a publication, or the bucket has one value.
pub fn range_at(set: &SeriesSet, column: usize, row: usize, unit: &Unit) -> Option<String> {
    let format = Format::for_value(unit, set.value(column, row));
    band(set, column, row).map(|band| range_words(band, |sent| format.reading(sent)))
}

fn range_words(band: &Band, write: impl Fn(&str) -> String) -> String {
    format!("{} to {}, {} values", write(&band.min.1), write(&band.max.1), band.count)
}

/// Returns the format for the series `column`, whose unit is not that of its axis. Its prefix suits the newest number
/// of the series.
fn unit_format(set: &SeriesSet, column: usize, unit: &Unit) -> Format {
    let newest = match set.newest(column).map(|newest| &newest.field) {
        Some(Field::Number { value, .. }) => *value,
        Some(Field::Text(_) | Field::Nothing) | None => 0.0,
    };
    Format::for_value(unit, newest)
}

/// Returns the newest value of a series as text, and its digits if it is a number. The third value is true if it is not a
/// current number, because the series has stopped or its newest field is a text or null.
fn newest(set: &SeriesSet, column: usize, now: i64, format: &Format) -> (String, Option<String>, bool) {
    if let Some(age_ms) = set.stopped_ms(column, now) {
        return (format!("{NO_VALUE} {}", short_duration(age_ms)), None, true);
    }
    match set.newest(column).map(|newest| &newest.field) {
        Some(Field::Number { sent, .. }) => (format.reading(sent), Some(sent.clone()), false),
        Some(Field::Text(text)) => (text.clone(), None, true),
        Some(Field::Nothing) | None => (NO_VALUE.to_owned(), None, true),
    }
}

/// Returns at most `most` rows for the table of a chart: the newest rows in the window, the newest first. Numbers are
/// in the publisher's unit, with all digits that were sent.
pub fn table(set: &SeriesSet, window: &Range<i64>, most: usize) -> Vec<Row> {
    let rows = set.rows_within(window);
    let columns = 0..set.series().len();
    let row = |index: usize| {
        let number =
            |column| set.sent(column, index).map_or_else(|| NO_VALUE.to_owned(), |sent| in_full(&sent));
        let ts_ms = set.time(index)?;
        let range = |column| {
            let band = band(set, column, index).filter(|band| band.to_ms == ts_ms)?;
            Some(range_words(band, in_full))
        };
        let (numbers, ranges) = (columns.clone().map(number).collect(), columns.clone().map(range).collect());
        Some(Row { ts_ms, numbers, ranges })
    };
    rows.rev().take(most).filter_map(row).collect()
}

/// Returns the values of all series that a panel shows shortened or with a prefix, each with its name and as it was sent:
/// `total: 123456789012345 bytes`. They are the last ones in `stretch` or, if it is `None`, the newest ones. `unit` is the unit of
/// series without a unit of their own.
pub fn exact_values(set: &SeriesSet, unit: &Unit, stretch: Option<Range<i64>>) -> Vec<String> {
    let exact = |(column, name): (usize, &str)| {
        let unit = set.unit(column).unwrap_or(unit);
        let (value, sent) = match (&stretch, set.newest(column).map(|newest| &newest.field)) {
            (Some(stretch), _) => {
                let row = last_row(set, column, stretch)?;
                (set.value(column, row), set.sent(column, row)?)
            }
            (None, Some(Field::Number { value, sent })) => (*value, sent.clone()),
            (None, _) => return None,
        };
        let format = Format::for_value(unit, value);
        Some([name, ": ", &format.exact(&sent, &format.reading(&sent))?].concat())
    };
    set.series()
        .iter()
        .enumerate()
        .map(|(column, series)| (column, series.name()))
        .filter_map(exact)
        .collect()
}

/// Returns the time to which the crosshair moves from `from_ms` by this number of rows; a negative number means back.
/// It stays inside the window. If `from_ms` is `None`, returns the time of the last row in the window.
pub fn step(set: &SeriesSet, window: &Range<i64>, from_ms: Option<i64>, steps: isize) -> Option<i64> {
    let rows = set.rows_within(window);
    let last = rows.end.checked_sub(1)?;
    let row = match from_ms {
        None => last,
        Some(from_ms) if steps < 0 => {
            set.rows_within(&(i64::MIN..from_ms - 1)).end.saturating_add_signed(steps)
        }
        Some(from_ms) => {
            let here = set.rows_within(&(i64::MIN..from_ms)).end;
            here.saturating_add_signed(steps).saturating_sub(1)
        }
    };
    set.time(row.clamp(rows.start.min(last), last))
}

const NO_VALUE: &str = "–";
/// Longest span of a bucket in milliseconds that is shown as one time.
const LEAST_BUCKET_MS: i64 = 1_000;
/// Maximum width in characters that the legend reserves for a number, even if the numbers at the ends of the axis are
/// wider.
const MOST_NUMBER_CHARS: usize = 14;

#[cfg(test)]
mod tests {
    use super::super::axes::Axes;

    use super::super::geometry::Surface;
    use super::super::moment::Moment;
    use super::super::scale::{Bounds, Scale};
    use super::*;
    use crate::order::Order;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn set() -> SeriesSet {
        let mut set = SeriesSet::new(16);
        for (ts, user, system) in [(0, 10.0, 1.5), (1_000, 20.0, 2.5), (2_000, 30.0, 3.5)] {
            set.append(ts, [("user", user), ("system", system)]);
        }
        set
    }

    fn readout(crosshair: Option<i64>) -> Readout {
        readout_of(&set(), crosshair)
    }

    fn readout_of(set: &SeriesSet, crosshair: Option<i64>) -> Readout {
        let unit = Unit::parse("%");
        let scale = Scale::fit(None, &unit, Bounds { min: None, max: Some(100.0) }, 4);
        Readout::of(&Scene {
            hole_ms: Some(1_500),
            crosshair,
            ..Scene::new(
                set,
                0..5_000,
                (&Axes::one(scale, 2), &unit),
                Surface { width: 300.0, height: 100.0, density: 1.0, font_px: 10.0, digit_px: 6.0 },
            )
        })
    }

    fn spaced(text: &str) -> String {
        text.replace('\u{202f}', " ")
    }

    #[test]
    fn without_a_crosshair_the_latest_values_are_read() {
        assert_eq!(spaced(&readout(None).summary()), "user 30 %, system 3.5 %");
    }

    #[test]
    fn a_series_with_a_unit_of_its_own_is_read_in_that_unit() {
        let mut set = set();
        set.set_units(&[("system".to_owned(), Unit::parse("ms"))]);
        let scale = Scale::fit(None, &Unit::parse("%"), Bounds::default(), 4);
        let unit = set.unit(1).cloned().unwrap_or_default();
        assert_eq!(
            (set.unit(0), spaced(&unit_format(&set, 1, &unit).reading("3.5"))),
            (None, "3.5 ms".to_owned())
        );
        assert_eq!(spaced(&scale.format.reading("30")), "30 %");
    }

    #[test]
    fn under_a_crosshair_the_nearest_values_are_read() {
        let readout = readout(Some(1_100));
        assert_eq!(spaced(&readout.summary()), "user 20 %, system 2.5 %");
        assert_eq!(readout.crosshair.map(|cursor| cursor.is_right), Some(false));
    }

    #[test]
    fn under_a_crosshair_the_values_of_a_bucket_have_the_times_of_the_bucket() {
        let mut buckets = SeriesSet::new(16);
        let number = |value: f64| (value, value.to_string());
        let band = |from_ms, to_ms| Band {
            from_ms,
            to_ms,
            min: number(1.0),
            max: number(9.0),
            count: 40,
            is_joined: false,
        };
        let rows = [0, 900, 2_000, 4_000].map(|ts_ms| (ts_ms, Field::number(5.0)));
        buckets.add_buckets("user", rows.to_vec(), vec![band(0, 900), band(2_000, 4_000)]);
        let bucket = |at| readout_of(&buckets, Some(at)).crosshair.and_then(|cursor| cursor.bucket);
        assert_eq!(bucket(4_000), Some((2_000, 4_000)));
        let ranges: Vec<_> =
            table(&buckets, &(0..9_000), 9).into_iter().map(|row| row.ranges[0].clone()).collect();
        let range = Some("1 to 9, 40 values".to_owned());
        assert_eq!(ranges, [range.clone(), None, range, None], "the last value of a bucket tells its range");
        assert_eq!(bucket(900), None, "a bucket of less than a second is one time");
        assert_eq!(readout(Some(1_100)).crosshair.and_then(|cursor| cursor.bucket), None);
    }

    #[test]
    fn under_a_crosshair_a_bucket_is_read_by_its_last_value_and_says_so() {
        let mut buckets = SeriesSet::new(16);
        let band = Band {
            from_ms: 2_000,
            to_ms: 4_000,
            min: (1.0, "1.0".to_owned()),
            max: (9.0, "9.50".to_owned()),
            count: 40,
            is_joined: false,
        };
        let rows = vec![(2_000, Field::number(5.0)), (4_000, Field::number(7.0))];
        buckets.add_buckets("user", rows, vec![band]);
        for at in [2_100, 3_900] {
            let summary = readout_of(&buckets, Some(at)).summary();
            assert_eq!(spaced(&summary), "user 7 % (last of 40 values, 1.0 % to 9.50 %)", "{at}");
        }
    }

    #[test]
    fn a_crosshair_far_from_any_point_reads_a_dash() {
        assert_eq!(readout(Some(4_900)).summary(), "user –, system –");
    }

    #[test]
    fn a_table_has_the_youngest_rows_first() {
        let rows = table(&set(), &(0..1_500), 9);
        assert_eq!(rows.iter().map(|row| row.ts_ms).collect::<Vec<_>>(), [1_000, 0]);
        assert_eq!(rows[0].numbers, ["20", "2.5"]);
        assert_eq!(table(&set(), &(0..9_000), 1).len(), 1);
    }

    #[test]
    fn a_table_has_its_numbers_in_full_and_in_the_publishers_unit() {
        let mut set = SeriesSet::new(4);
        set.append(1, [("rss", 3_092_376_453.0), ("tiny", 3.1e-12), ("rate", 0.25)]);
        assert_eq!(
            table(&set, &(0..9), 9)[0].numbers.iter().map(|n| spaced(n)).collect::<Vec<_>>(),
            ["3092376453", "3.1 × 10⁻¹²", "0.25"]
        );
    }

    #[test]
    fn a_number_that_is_shortened_has_its_digits_beside_it() {
        let mut set = SeriesSet::new(4);
        let number = |sent: &str| Field::Number { value: sent.parse().unwrap(), sent: sent.to_owned() };
        let fields = [("total", number("12.3456789012345")), ("short", number("-12.50"))];
        let fields: Vec<_> = fields.into_iter().map(|(name, field)| (name.to_owned(), field)).collect();
        set.insert(Moment { ts_ms: 1, received_at: 1, order: Order::at(1, 1) }, &fields);
        let exact =
            |readout: Readout| readout.readings.into_iter().map(|reading| reading.exact).collect::<Vec<_>>();
        let expected = [Some("12.3456789012345 %".to_owned()), None];
        assert_eq!(exact(readout_of(&set, None)), expected);
        assert_eq!(exact(readout_of(&set, Some(1))), expected, "under a crosshair too");
        let listed = |stretch| exact_values(&set, &Unit::parse("bytes"), stretch);
        assert_eq!(listed(None), ["total: 12.3456789012345 bytes"]);
        assert_eq!((listed(Some(0..2)), listed(Some(5..9))), (listed(None), vec![]));
    }

    #[test]
    fn the_crosshair_and_the_table_show_the_digits_that_were_sent() {
        let mut set = SeriesSet::new(4);
        let sent = ["21.50", "9007199254740993", "1e3"];
        let fields: Vec<_> = ["temp", "id", "rate"]
            .into_iter()
            .zip(sent)
            .map(|(name, sent)| {
                (name.to_owned(), Field::Number { value: sent.parse().unwrap(), sent: sent.to_owned() })
            })
            .collect();
        set.insert(Moment { ts_ms: 1, received_at: 1, order: Order::at(1, 1) }, &fields);
        assert_eq!(table(&set, &(0..9), 9)[0].numbers, ["21.50", "9007199254740993", "1000"]);
        let row = read_row(&set, 0, 2, 9).unwrap();
        assert_eq!(set.sent(0, row).as_deref(), Some("21.50"));
    }

    #[test]
    fn a_series_that_has_stopped_reads_as_a_dash_and_its_age() {
        let mut set = SeriesSet::new(200);
        for second in 0..120 {
            let db = (second < 60).then_some(("db", 41.0));
            set.append(second * 1_000, [("web", 12.0)].into_iter().chain(db));
        }
        let scale = Scale::fit(None, &Unit::default(), Bounds::default(), 4);
        let sent = Some("12".to_owned());
        assert_eq!(newest(&set, 0, 119_000, &scale.format), ("12".to_owned(), sent, false));
        assert_eq!(newest(&set, 1, 119_000, &scale.format), ("– 1 min".to_owned(), None, true));
    }

    #[test]
    fn keys_move_the_crosshair_from_row_to_row_and_stop_at_the_ends() {
        let (set, window) = (set(), 0..9_000);
        assert_eq!(step(&set, &window, None, -1), Some(2_000));
        assert_eq!(step(&set, &window, Some(2_000), -1), Some(1_000));
        assert_eq!(step(&set, &window, Some(1_000), 1), Some(2_000));
        assert_eq!(step(&set, &window, Some(2_000), 1), Some(2_000));
        assert_eq!(step(&set, &window, Some(0), -10), Some(0));
        assert_eq!(step(&set, &window, Some(1_500), 1), Some(2_000));
        assert_eq!(step(&set, &window, Some(1_500), -1), Some(1_000));
        assert_eq!(step(&SeriesSet::new(4), &window, None, 1), None);
    }
}
