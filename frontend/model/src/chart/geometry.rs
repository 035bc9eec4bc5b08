//! Positions on a chart's canvas: the rectangle in which data is drawn, and the conversion of times and values to
//! pixels and back. Depends on [`super::series`].

use std::ops::Range;

use super::series::SeriesSet;

/// Vertical distance between two plots of a chart, as a multiple of the font size. It is so large that the lowest
/// Margin of a plot without labels as a multiple of the font size, in which the dot at the end of its line has room.
const BARE_MARGIN: f64 = 0.4;
/// label of one plot does not touch the uppermost label of the next.
const GAP: f64 = 1.3;

/// A position on the canvas, in CSS pixels from its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Distance from the left edge.
    pub x: f64,
    /// Distance from the upper edge.
    pub y: f64,
}

/// A rectangle in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Position of the left edge.
    pub left: f64,
    /// Position of the upper edge.
    pub top: f64,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
}

/// Size of a canvas and of its text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surface {
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// Device pixels per CSS pixel.
    pub density: f64,
    /// Font size in CSS pixels.
    pub font_px: f64,
    /// Width of one digit in CSS pixels.
    pub digit_px: f64,
}

/// A rectangle of the canvas in which data is drawn, with the times and values of its edges.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Rectangle in which the data is drawn.
    pub area: Rect,
    /// Times of the left and right edge, in milliseconds since the Unix epoch.
    pub window: Range<i64>,
    /// Value at the lower edge.
    pub min: f64,
    /// Value at the upper edge.
    pub max: f64,
    /// True if the values are on a logarithmic scale. What is below the lower edge, and so any value that is not positive, is
    /// drawn at this edge.
    pub is_log: bool,
}

impl Rect {
    /// Returns the position of the right edge.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// Returns the position of the lower edge.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Returns true if a position is in the rectangle or on its edges.
    pub fn contains(&self, at: Point) -> bool {
        (self.left..=self.right()).contains(&at.x) && (self.top..=self.bottom()).contains(&at.y)
    }
}

impl Surface {
    /// Returns true if the canvas is too small to draw on.
    pub fn is_empty(&self) -> bool {
        self.width < 1.0 || self.height < 1.0
    }

    /// Returns the rectangles of `count` plots, one below the other. Room is left beside them for the labels of the
    /// value axes, which have at most `widest` characters, and for the markers at the ends of lines, and below them for the time
    /// axis. A low canvas has no time axis, because it would take too much of the height.
    pub fn areas(&self, widest: usize, count: usize) -> Vec<Rect> {
        let left = (widest.max(3) as f64 * self.digit_px + self.font_px * 0.8).ceil();
        let top = (self.font_px * 0.6).ceil();
        let gap = self.font_px * GAP;
        let height = (self.height - top - self.below() + gap) / count.max(1) as f64;
        let right = (self.font_px * BARE_MARGIN).max(4.0);
        let area = |index: usize| Rect {
            left,
            top: top + height * index as f64,
            width: (self.width - left - right).max(1.0),
            height: (height - gap).max(1.0),
        };
        (0..count).map(area).collect()
    }

    /// Returns the area of a single plot that fills the whole canvas, with just enough margin that no line is cut off.
    pub fn bare(&self) -> Vec<Rect> {
        let margin = (self.font_px * BARE_MARGIN).max(4.0);
        let (width, height) = (self.width - margin, self.height - 2.0 * margin);
        vec![Rect { left: 0.0, top: margin, width: width.max(1.0), height: height.max(1.0) }]
    }

    fn below(&self) -> f64 {
        self.font_px * if self.has_time_axis() { 1.9 } else { 0.6 }
    }

    /// Returns true if the canvas is high enough for a time axis below the plot.
    pub fn has_time_axis(&self) -> bool {
        self.height >= self.font_px * 8.0
    }

    /// Returns the number of steps into which the marks divide each value axis, if `axes` of them share the height of
    /// the canvas.
    pub fn value_steps(&self, axes: usize) -> usize {
        let steps = self.height / (self.font_px * 3.6 * axes.max(1) as f64);
        // A low canvas has room for the labels of the ends only.
        (steps as usize).clamp(if axes > 1 || steps < 1.0 { 1 } else { 2 }, 6)
    }
}

impl Plot {
    /// Returns the horizontal position of a time, in CSS pixels from the left edge of the canvas.
    pub fn x(&self, ts_ms: i64) -> f64 {
        let share = (ts_ms - self.window.start) as f64 / self.window_ms() as f64;
        self.area.left + share * self.area.width
    }

    /// Returns the vertical position of a value, in CSS pixels from the upper edge of the canvas.
    pub fn y(&self, value: f64) -> f64 {
        // All numbers are halved, because the difference of two numbers near the ends of the range of `f64` is
        // outside of it.
        let scaled = |value: f64| if self.is_log { value.max(self.min).log10() } else { value / 2.0 };
        let share = (scaled(value) - scaled(self.min)) / (scaled(self.max) - scaled(self.min));
        self.area.bottom() - share * self.area.height
    }

    /// Returns the position of a sample, which consists of a time and a value.
    pub fn at(&self, (ts_ms, value): (i64, f64)) -> Point {
        Point { x: self.x(ts_ms), y: self.y(value) }
    }

    /// Returns the time at the horizontal position `x`, in CSS pixels from the left edge of the canvas. For a
    /// position outside the plot, returns the time of the nearest edge.
    pub fn time_at(&self, x: f64) -> i64 {
        let share = ((x - self.area.left) / self.area.width).clamp(0.0, 1.0);
        self.window.start + (share * self.window_ms() as f64).round() as i64
    }

    /// Returns the time that one device pixel covers, in milliseconds, rounded up. `density` is the number of device
    /// pixels per CSS pixel.
    pub fn pixel_ms(&self, density: f64) -> i64 {
        (self.window_ms() as f64 / (self.area.width * density.max(0.5))).ceil().max(1.0) as i64
    }

    fn window_ms(&self) -> i64 {
        (self.window.end - self.window.start).max(1)
    }
}

/// Returns the time and the value of the sample that is nearest to the time `ts_ms`. Returns `None` if the series has
/// no sample within `reach_ms` milliseconds. `column` is the index of the series.
pub fn nearest(set: &SeriesSet, column: usize, ts_ms: i64, reach_ms: i64) -> Option<(i64, f64)> {
    let row = nearest_row(set, column, ts_ms, reach_ms)?;
    Some((set.time(row)?, set.value(column, row)))
}

/// Returns the row of the sample that [`nearest`] returns; `None` if there is no such sample.
pub fn nearest_row(set: &SeriesSet, column: usize, ts_ms: i64, reach_ms: i64) -> Option<usize> {
    let reach = ts_ms.saturating_sub(reach_ms)..ts_ms.saturating_add(reach_ms);
    let rows = set.rows_within(&reach);
    let before =
        set.rows_with_number(column, rows.start..set.rows_within(&(reach.start..ts_ms)).end).next_back();
    let after = set.rows_with_number(column, set.rows_within(&(ts_ms..reach.end)).start..rows.end).next();
    let distance = |row: usize| set.time(row).map_or(u64::MAX, |at| at.abs_diff(ts_ms));
    match (before, after) {
        (Some(before), Some(after)) if distance(after) < distance(before) => Some(after),
        (before, after) => before.or(after),
    }
}

/// Returns the row whose value is shown for a crosshair at the time `ts_ms`: that of the nearest sample or, if it belongs to a
/// bucket, that of the last value of the bucket.
pub fn read_row(set: &SeriesSet, column: usize, ts_ms: i64, reach_ms: i64) -> Option<usize> {
    let row = nearest_row(set, column, ts_ms, reach_ms)?;
    let at_ms = set.time(row)?;
    let bucket = set.bands(column, &(at_ms..at_ms)).last();
    let last = bucket.and_then(|bucket| nearest_row(set, column, bucket.to_ms, 0));
    Some(last.unwrap_or(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SURFACE: Surface =
        Surface { width: 400.0, height: 160.0, density: 2.0, font_px: 10.0, digit_px: 6.0 };

    fn plot() -> Plot {
        let area = Rect { left: 50.0, top: 10.0, width: 100.0, height: 80.0 };
        Plot { area, window: 1_000..2_000, min: 0.0, max: 40.0, is_log: false }
    }

    fn set(samples: &[(i64, f64)]) -> SeriesSet {
        let mut set = SeriesSet::new(16);
        for (ts, value) in samples {
            set.append(*ts, [("v", *value)]);
        }
        set
    }

    #[test]
    fn the_corners_of_a_plot_stand_for_the_ends_of_both_axes() {
        assert_eq!(plot().at((1_000, 0.0)), Point { x: 50.0, y: 90.0 });
        assert_eq!(plot().at((2_000, 40.0)), Point { x: 150.0, y: 10.0 });
    }

    #[test]
    fn a_place_goes_back_to_its_time() {
        assert_eq!(plot().time_at(plot().x(1_370)), 1_370);
        assert_eq!((plot().time_at(0.0), plot().time_at(999.0)), (1_000, 2_000));
    }

    #[test]
    fn a_plot_contains_its_edges_and_nothing_beyond() {
        let area = plot().area;
        assert!(area.contains(Point { x: 50.0, y: 90.0 }));
        assert!(!area.contains(Point { x: 49.9, y: 50.0 }));
    }

    #[test]
    fn one_pixel_covers_its_share_of_the_window_on_any_density() {
        assert_eq!((plot().pixel_ms(1.0), plot().pixel_ms(2.0)), (10, 5));
    }

    #[test]
    fn labels_have_room_beside_the_plot_and_the_plot_stays_on_the_surface() {
        let area = SURFACE.areas(3, 1)[0];
        assert!(area.left >= 3.0 * SURFACE.digit_px);
        assert!(area.right() <= SURFACE.width && area.bottom() < SURFACE.height);
    }

    #[test]
    fn a_surface_too_small_for_its_axes_still_has_a_plot() {
        let tiny = Surface { width: 3.0, height: 3.0, ..SURFACE };
        let plot = Plot { area: tiny.areas(3, 2)[1], ..plot() };
        assert!(plot.x(1_500).is_finite() && plot.y(0.5).is_finite());
    }

    #[test]
    fn the_crosshair_takes_the_nearest_sample_on_either_side() {
        let set = set(&[(100, 1.0), (200, 2.0)]);
        assert_eq!(nearest(&set, 0, 120, 100), Some((100, 1.0)));
        assert_eq!(nearest(&set, 0, 180, 100), Some((200, 2.0)));
        assert_eq!(nearest(&set, 0, 200, 0), Some((200, 2.0)));
    }

    #[test]
    fn the_crosshair_finds_nothing_where_there_is_nothing_near() {
        let set = set(&[(100, 1.0), (900, 2.0)]);
        assert_eq!(nearest(&set, 0, 500, 100), None);
        assert_eq!(nearest(&set, 7, 100, 100), None);
    }
}
