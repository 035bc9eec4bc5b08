//! The contents of a chart in words and numbers, for its legend, its tooltip, its table and screen readers. Depends
//! on [`super::draw`], [`super::geometry`] and [`super::format`](mod@super::format).

use std::ops::Range;

use shared::freshness::short_duration;

use super::draw::Scene;
use super::format::{Format, Unit, in_full};
use super::geometry::nearest_row;
use super::series::SeriesSet;
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
    /// Unit in which the value was published; empty for a count.
    pub unit: String,
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
}

/// One row of the table that shows the numbers of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Time of the row, in milliseconds since the Unix epoch.
    pub ts_ms: i64,
    /// One number as text for each series, in the order of the series; a dash if the series has no number in this
    /// row.
    pub numbers: Vec<String>,
}

impl Readout {
    /// Returns the values of all series that the chart shows in this scene.
    pub fn of(scene: &Scene<'_>) -> Self {
        let plot = scene.plot();
        let crosshair = scene.crosshair.filter(|ts_ms| scene.window.contains(ts_ms)).map(|ts_ms| {
            let x = plot.x(ts_ms);
            Cursor { ts_ms, x, is_right: x > plot.area.left + plot.area.width / 2.0 }
        });
        let reach_ms = scene.reach_ms(&plot);
        let read = |column: usize, name: &str| {
            let unit = scene.set.unit(column).unwrap_or(scene.unit);
            let axis = scene.axes.of(column).map(|axis| &axis.scale.format);
            let own = axis.filter(|format| format.unit() == unit).cloned();
            let format = &own.unwrap_or_else(|| unit_format(scene.set, column, unit));
            let (text, is_over) = match crosshair {
                Some(cursor) => {
                    let row = nearest_row(scene.set, column, cursor.ts_ms, reach_ms);
                    let sent = row.and_then(|row| scene.set.sent(column, row));
                    (sent.map_or_else(|| NO_VALUE.to_owned(), |sent| format.reading(&sent)), false)
                }
                None => newest(scene.set, column, scene.window.end, format),
            };
            Reading { name: name.to_owned(), text, is_over, unit: unit.symbol().to_owned() }
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
        let readings: Vec<String> =
            self.readings.iter().map(|reading| format!("{} {}", reading.name, reading.text)).collect();
        if readings.is_empty() { "no data yet".to_owned() } else { readings.join(", ") }
    }
}

impl Reading {
    /// Returns the heading of the series in a table: its name, and the unit of its numbers in brackets, as in
    /// `disk (GiB)`.
    pub fn head(&self) -> String {
        if self.unit.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, self.unit) }
    }
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

/// Returns the newest value of a series as text. The second value is true if it is not a current number, because the
/// series has stopped or its newest field is a text or null.
fn newest(set: &SeriesSet, column: usize, now: i64, format: &Format) -> (String, bool) {
    if let Some(age_ms) = set.stopped_ms(column, now) {
        return (format!("{NO_VALUE} {}", short_duration(age_ms)), true);
    }
    match set.newest(column).map(|newest| &newest.field) {
        Some(Field::Number { sent, .. }) => (format.reading(sent), false),
        Some(Field::Text(text)) => (text.clone(), true),
        Some(Field::Nothing) | None => (NO_VALUE.to_owned(), true),
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
        let numbers = columns.clone().map(number).collect();
        set.time(index).map(|ts_ms| Row { ts_ms, numbers })
    };
    rows.rev().take(most).filter_map(row).collect()
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
/// Maximum width in characters that the legend reserves for a number, even if the numbers at the ends of the axis are
/// wider.
const MOST_NUMBER_CHARS: usize = 14;

#[cfg(test)]
mod tests {
    use super::super::axes::Axes;
    use super::super::clock::LocalClock;
    use super::super::draw::Look;
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
        let unit = Unit::parse("%");
        let scale = Scale::fit(None, &unit, Bounds { min: None, max: Some(100.0) }, 4);
        Readout::of(&Scene {
            set: &set(),
            look: Look::Line,
            window: 0..5_000,
            axes: &Axes::one(scale, 2),
            unit: &unit,
            surface: Surface { width: 300.0, height: 100.0, density: 1.0, font_px: 10.0, digit_px: 6.0 },
            hole_ms: Some(1_500),
            dimmed: false,
            crosshair,
            clock: LocalClock::default(),
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
        let row = nearest_row(&set, 0, 2, 9).unwrap();
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
        assert_eq!(newest(&set, 0, 119_000, &scale.format), ("12".to_owned(), false));
        assert_eq!(newest(&set, 1, 119_000, &scale.format), ("– 1 min".to_owned(), true));
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
