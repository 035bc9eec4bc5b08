//! What a chart says in words and numbers: its legend, its tooltip, its table, its label for those who listen.

use std::ops::Range;

use super::draw::Scene;
use super::format::Format;
use super::geometry::nearest;
use super::series::SeriesSet;

/// What a chart reads at one moment: under the crosshair, or at its right edge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readout {
    /// One for each series, in their order.
    pub readings: Vec<Reading>,
    /// The crosshair, if it is in the window.
    pub crosshair: Option<Cursor>,
    /// The times of the left and right edge.
    pub window: Range<i64>,
    /// How many characters the widest number may take, so that none moves the next.
    pub number_chars: usize,
}

/// What one series reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The series.
    pub name: String,
    /// The value with its unit; a dash if there is none.
    pub text: String,
}

/// The crosshair's time and place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cursor {
    /// Its time.
    pub ts_ms: i64,
    /// Its distance from the left edge of the canvas, in CSS pixels.
    pub x: f64,
    /// Whether it is in the right half.
    pub is_right: bool,
}

/// One row of the table twin.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its time.
    pub ts_ms: i64,
    /// A number for each series, in their order; a dash where there is none.
    pub numbers: Vec<String>,
}

impl Readout {
    /// Reads a scene.
    pub fn of(scene: &Scene<'_>) -> Self {
        let plot = scene.plot();
        let crosshair = scene.crosshair.filter(|ts_ms| scene.window.contains(ts_ms)).map(|ts_ms| {
            let x = plot.x(ts_ms);
            Cursor { ts_ms, x, is_right: x > plot.area.left + plot.area.width / 2.0 }
        });
        let reach_ms = scene.reach_ms(&plot);
        let format = &scene.scale.format;
        let read = |column: usize, name: &str| {
            let sample = match crosshair {
                Some(cursor) => nearest(scene.set, column, cursor.ts_ms, reach_ms),
                None => scene.set.latest(column, scene.window.end),
            };
            let text = sample.map_or_else(|| "–".to_owned(), |(_, value)| format.reading(value));
            Reading { name: name.to_owned(), text }
        };
        let series = scene.set.series().iter().enumerate();
        Self {
            readings: series.map(|(column, series)| read(column, series.name())).collect(),
            crosshair,
            window: scene.window.clone(),
            number_chars: chars(format, scene.scale.min).max(chars(format, scene.scale.max)),
        }
    }

    /// `user 58.1 %, system 54.8 %`
    pub fn summary(&self) -> String {
        let readings: Vec<String> =
            self.readings.iter().map(|reading| format!("{} {}", reading.name, reading.text)).collect();
        if readings.is_empty() { "no data yet".to_owned() } else { readings.join(", ") }
    }
}

/// The youngest rows of a window, youngest first, at most `most` of them.
pub fn table(set: &SeriesSet, window: &Range<i64>, format: &Format, most: usize) -> Vec<Row> {
    let rows = set.rows_within(window);
    let columns = 0..set.series().len();
    let row = |index: usize| {
        let numbers = columns.clone().map(|column| format.number(set.value(column, index))).collect();
        set.time(index).map(|ts_ms| Row { ts_ms, numbers })
    };
    rows.rev().take(most).filter_map(row).collect()
}

/// The time some rows away from `from_ms`, or from the right edge if there is no such time; it stays in the window.
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

fn chars(format: &Format, value: f64) -> usize {
    format.text(value).chars().count()
}

#[cfg(test)]
mod tests {
    use super::super::clock::LocalClock;
    use super::super::draw::Look;
    use super::super::format::Unit;
    use super::super::geometry::Surface;
    use super::super::hidden::Hidden;
    use super::super::scale::{Bounds, Scale};
    use super::*;
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
        let scale = Scale::fit(None, &Unit::parse("%"), Bounds { min: None, max: Some(100.0) }, 4);
        Readout::of(&Scene {
            set: &set(),
            hidden: &Hidden::new(),
            look: Look::Line,
            window: 0..5_000,
            scale: &Scale { format: scale.format.for_steps(0.5), ..scale },
            surface: Surface { width: 300.0, height: 100.0, density: 1.0, font_px: 10.0, digit_px: 6.0 },
            hole_ms: Some(1_500),
            dimmed: false,
            crosshair,
            clock: LocalClock::default(),
        })
    }

    fn plain(text: &str) -> String {
        text.replace('\u{202f}', " ")
    }

    #[test]
    fn without_a_crosshair_the_latest_values_are_read() {
        assert_eq!(plain(&readout(None).summary()), "user 30.0 %, system 3.5 %");
    }

    #[test]
    fn under_a_crosshair_the_nearest_values_are_read() {
        let readout = readout(Some(1_100));
        assert_eq!(plain(&readout.summary()), "user 20.0 %, system 2.5 %");
        assert_eq!(readout.crosshair.map(|cursor| cursor.is_right), Some(false));
    }

    #[test]
    fn where_there_is_nothing_near_the_crosshair_a_dash_is_read() {
        assert_eq!(readout(Some(4_900)).summary(), "user –, system –");
    }

    #[test]
    fn a_table_has_the_youngest_rows_first() {
        let format = Format::for_range(&Unit::default(), 0.0, 30.0, true);
        let rows = table(&set(), &(0..1_500), &format, 9);
        assert_eq!(rows.iter().map(|row| row.ts_ms).collect::<Vec<_>>(), [1_000, 0]);
        assert_eq!(rows[0].numbers, ["20", "2"]);
        assert_eq!(table(&set(), &(0..9_000), &format, 1).len(), 1);
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
