//! Heat maps: a row of cells for each series. Depends on `super::grouping` and [`super::super::axes`].

use std::ops::Range;

use super::super::axes::{Axes, Axis, Wanted};
use super::super::draw::{Ink, Mark, Scene};
use super::super::geometry::{Plot, Rect};
use super::super::scale::Scale;
use super::super::series::SeriesSet;
use super::grouping::Slots;

/// Opacity of a cell with the lowest value, which differs from a time without a value.
pub const LEAST_SHARE: f64 = 0.12;
/// Number of steps into which the ends of the scale are rounded.
const STEPS: usize = 4;
/// Share of the canvas's width that the names of rows take at most.
const NAMES: f64 = 0.3;
/// Distance between two cells in CSS pixels, if they are large enough.
const GAP_PX: f64 = 1.0;
/// Width and height of a cell in CSS pixels from which on there is a distance between two.
const LARGE_PX: f64 = 5.0;
/// Distance between the names of two rows, as a multiple of the font size.
const LINE: f64 = 1.15;

/// Computes an axis for each unit. Its ends are those of the colours, and its marks are the names of the series. It depends on the
/// data in the window only, so that the legend has the same ends.
pub fn fit(wanted: &Wanted<'_>, _before: Option<&Axes>) -> Axes {
    let mut axes = Axes::fit_by(wanted, None, |wanted, columns, unit, bounds, _intervals| {
        Scale::fit(wanted.extent(columns), unit, bounds, STEPS)
    });
    let height = wanted.surface.height / axes.0.len().max(1) as f64;
    let most_chars = (wanted.surface.width * NAMES / wanted.surface.digit_px.max(1.0)).max(3.0) as usize;
    for axis in &mut axes.0 {
        let count = axis.columns.len();
        let every = (wanted.surface.font_px * LINE * count as f64 / height.max(1.0)).ceil().max(1.0) as usize;
        let named = |row: usize| {
            let (column, _) = axis.columns.get(row)?;
            let share = (count as f64 - row as f64 - 0.5) / count as f64;
            let value = axis.scale.min + share * (axis.scale.max - axis.scale.min);
            Some((value, shortened(wanted.set.series().get(*column)?.name(), most_chars)))
        };
        axis.scale.marks = (0..count).rev().filter(|row| row % every == 0).filter_map(named).collect();
    }
    axes
}

/// Returns the length of the time of a cell in milliseconds, if a cell may have several values, of which it shows the highest.
pub fn cell_ms(set: &SeriesSet, window: &Range<i64>) -> Option<i64> {
    let merged_ms = Slots::of_each(set, window).into_iter().find_map(Slots::merged_ms);
    merged_ms.or_else(|| set.step_within(window).and_then(|step_ms| i64::try_from(step_ms).ok()))
}

/// Adds a row of cells for each series. The more opaque a cell is, the higher is its value. A cell with several values shows the
/// highest.
pub(super) fn draw(scene: &Scene<'_>, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
    let each = Slots::of_each(scene.set, &scene.window);
    let height = plot.area.height / axis.columns.len().max(1) as f64;
    for (row, (column, factor)) in axis.columns.iter().enumerate() {
        let Some(slots) = each.get(*column) else { continue };
        let top = plot.area.top + height * row as f64;
        for group in slots.groups(scene, plot, (*column, *factor)) {
            let (left, right) = slots.ends(&group, scene, plot);
            let is_large = right - left >= LARGE_PX && height >= LARGE_PX;
            let gap = if is_large { GAP_PX } else { 0.0 };
            let rect = Rect { left, top, width: right - left - gap, height: height - gap };
            if rect.width > 0.0 {
                marks.push(Mark::Block { ink: Ink::Series(0), rect, share: share(group.max, &axis.scale) });
            }
        }
    }
}

/// Returns the vertical position of the middle of a row.
pub(super) fn place(plot: &Plot, axis: &Axis, column: usize) -> Option<f64> {
    let row = axis.columns.iter().position(|(drawn, _)| *drawn == column)?;
    Some(plot.area.top + plot.area.height * (row as f64 + 0.5) / axis.columns.len() as f64)
}

/// Returns the opacity of a cell.
fn share(value: f64, scale: &Scale) -> f64 {
    let whole = scale.max / 2.0 - scale.min / 2.0;
    let part = ((value / 2.0 - scale.min / 2.0) / whole).clamp(0.0, 1.0);
    LEAST_SHARE + part * (1.0 - LEAST_SHARE)
}

fn shortened(name: &str, chars: usize) -> String {
    match name.char_indices().nth(chars) {
        // The last part of a path says more than the first.
        Some(_) => {
            let skipped = name.chars().count() - chars + 1;
            format!("…{}", name.chars().skip(skipped).collect::<String>())
        }
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_scenes::{Bench, blocks, texts};
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn each_series_has_a_row_with_its_name_and_higher_values_are_more_opaque() {
        let bench =
            Bench::new(&[("van 1", &[(0, 0.0), (1_000, 50.0)]), ("van 2", &[(0, 100.0), (1_000, 25.0)])]);
        let marks = bench.marks(super::super::heatmap());
        let cells: Vec<(Rect, f64)> = blocks(&marks).collect();
        assert_eq!(cells.len(), 4);
        assert!(cells[0].0.top < cells[2].0.top && cells[0].0.bottom() <= cells[2].0.top);
        let shares: Vec<f64> = cells.iter().map(|(_, share)| *share).collect();
        assert!(
            shares[0] == LEAST_SHARE && shares[0] < shares[3] && shares[3] < shares[1] && shares[2] == 1.0
        );
        let names: Vec<&str> = texts(&marks).filter(|text| text.starts_with("van")).collect();
        assert_eq!(names, ["van 2", "van 1"]);
    }

    #[test]
    fn a_time_without_a_value_has_no_cell() {
        let bench = Bench::new(&[("a", &[(0, 1.0), (1_000, 1.0), (9_000, 1.0)])]);
        let marks = bench.marks(super::super::heatmap());
        assert_eq!(blocks(&marks).count(), 3);
    }

    #[test]
    fn rows_of_series_with_different_times_have_no_blanks() {
        let each = |shift_ms: i64| -> Vec<(i64, f64)> {
            (0..15).map(|minute| (minute * 60_000 + shift_ms, 1.0)).collect()
        };
        let marks = Bench::new(&[("a", &each(0)), ("b", &each(30_000))]).marks(super::super::heatmap());
        let cells: Vec<Rect> = blocks(&marks).map(|(rect, _)| rect).collect();
        assert_eq!(cells.len(), 30);
        for row in cells.chunks(15) {
            let mut distances = row.windows(2).map(|pair| pair[1].left - pair[0].right());
            assert!(distances.all(|distance| distance.abs() < GAP_PX + 0.01), "{row:?}");
        }
    }

    #[test]
    fn many_rows_have_fewer_names_that_do_not_overlap() {
        let names: Vec<String> = (0..60).map(|n| format!("sensor {n}")).collect();
        let values = [(0, 1.0), (1_000, 2.0)];
        let series: Vec<(&str, &[(i64, f64)])> =
            names.iter().map(|name| (name.as_str(), &values[..])).collect();
        let marks = Bench::new(&series).marks(super::super::heatmap());
        let shown = texts(&marks).filter(|text| text.starts_with("sensor")).count();
        assert!((5..=14).contains(&shown), "{shown}");
        assert_eq!(blocks(&marks).count(), 120);
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        assert_eq!(shortened("rack.7.fan.rpm", 8), "…fan.rpm");
        assert_eq!(shortened("fan", 8), "fan");
    }
}
