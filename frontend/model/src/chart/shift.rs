//! Finds out what has changed between two pictures of a chart, so that only this is drawn. Live data moves to the left by whole device
//! pixels, and only its newest end has to be drawn. Depends on [`super::draw`], [`super::geometry`] and [`super::stroke`].

use std::ops::Range;

use super::draw::{Ink, Mark, Picture};
use super::geometry::{Plot, Point, Rect, Surface};
use super::stroke::COLOURS;

/// Maximum distance in CSS pixels between two points that are drawn alike. The edges of a window are whole milliseconds, and so the
/// points are a small part of a pixel beside their places.
const SAME_PX: f64 = 0.05;
/// Width of the strip at the left edge that is drawn again, in CSS pixels. The oldest samples of a line leave the window there, one by
/// one.
const LEFT_PX: f64 = 3.0;
/// Distance in CSS pixels up to which a point of a line changes the picture, at the usual font size: half the width of the line, and
/// the corner where two parts meet.
const LINE_REACH_PX: f64 = 3.0;
/// The same for a marker.
const MARKER_REACH_PX: f64 = 6.0;

/// The difference between two pictures of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// Number of device pixels by which everything in the plot has moved to the left.
    pub device_px: u32,
    /// Horizontal position from which on the plot has to be drawn again, in CSS pixels; beyond the canvas if nothing has changed.
    pub from_x: f64,
}

/// Returns the times of a window that is moved to the right by less than a device pixel, so that pictures of one window after the other
/// differ by whole device pixels. `width_px` is the width of the plot in device pixels; less than 1 if it is not known.
pub fn on_pixels(window: Range<i64>, width_px: f64) -> Range<i64> {
    if width_px < 1.0 {
        return window;
    }
    let length_ms = window.end - window.start;
    let pixel_ms = length_ms as f64 / width_px;
    let start = ((window.start as f64 / pixel_ms).ceil() * pixel_ms).round() as i64;
    start..start + length_ms
}

impl Shift {
    /// Compares two pictures of a chart on the same canvas. `density` is the number of device pixels for each CSS pixel, and `zoom` the
    /// font size as a multiple of the usual one. Returns `None` if everything has to be drawn again.
    pub fn between(before: &Picture, after: &Picture, density: f64, zoom: f64) -> Option<Self> {
        let length_ms = after.window.end - after.window.start;
        let (shown, next) = (in_plot(before), in_plot(after));
        if before.area != after.area
            || before.window.end - before.window.start != length_ms
            || shown.len() != next.len()
        {
            return None;
        }
        let plot = Plot { area: after.area, window: after.window.clone(), min: 0.0, max: 1.0, is_log: false };
        let moved_px = (plot.x(after.window.start) - plot.x(before.window.start)) * density;
        let device_px = moved_px.round();
        let is_possible = (0.0..after.area.width * density / 2.0).contains(&device_px);
        if !is_possible || (moved_px - device_px).abs() > SAME_PX {
            return None;
        }
        let moves = Moves { area: after.area, x: device_px / density, zoom };
        // The lines of the grid end at the right edge.
        let mut from_x = if device_px > 0.0 { after.area.right() - moves.x - 1.0 } else { f64::INFINITY };
        for (before, after) in shown.into_iter().zip(next) {
            from_x = from_x.min(moves.changed_from(before, after)?);
        }
        (from_x > after.area.left + LEFT_PX).then_some(Self { device_px: device_px as u32, from_x })
    }

    /// Returns true if both pictures are the same.
    pub fn is_nothing(&self) -> bool {
        self.device_px == 0 && self.from_x.is_infinite()
    }

    /// Returns true if the labels of the time axis have only moved together with the plot, and are neither at its left edge nor in the
    /// part that has to be drawn again.
    pub fn keeps_labels(&self, before: &Picture, after: &Picture, surface: &Surface) -> bool {
        let moved_px = f64::from(self.device_px) / surface.density;
        let is_kept = |(shown, next): (&Mark, &Mark)| {
            let (Mark::Text { at: from, text: shown, .. }, Mark::Text { at: to, text, .. }) = (shown, next)
            else {
                return false;
            };
            let half = (text.chars().count() as f64 + 1.0) * surface.digit_px / 2.0;
            let is_clear = to.x - half > after.area.left + LEFT_PX && to.x + half < self.from_x;
            let has_moved = shown == text && from.y == to.y && (from.x - moved_px - to.x).abs() < SAME_PX;
            has_moved && (is_clear || self.device_px == 0)
        };
        before.labels().count() == after.labels().count() && before.labels().zip(after.labels()).all(is_kept)
    }

    /// Returns the parts of the plot that have to be drawn again, from left to right, as horizontal positions in CSS pixels. `width` is
    /// the width of the canvas.
    pub fn strips(&self, area: &Rect, width: f64) -> Vec<Range<f64>> {
        let left = area.left..area.left + if self.device_px > 0 { LEFT_PX } else { 0.0 };
        let right = self.from_x..width;
        [left, right].into_iter().filter(|strip| strip.start < strip.end).collect()
    }
}

/// Returns the points of a line that are necessary to draw the part of it between two horizontal positions. The points are in order of
/// their positions. `zoom` is the font size as a multiple of the usual one.
pub fn points_within<'a>(points: &'a [Point], strip: &Range<f64>, zoom: f64) -> &'a [Point] {
    let reach = LINE_REACH_PX * zoom;
    let start = points.partition_point(|point| point.x < strip.start - reach).saturating_sub(1);
    let end = points.partition_point(|point| point.x <= strip.end + reach) + 1;
    &points[start..end.min(points.len())]
}

impl Picture {
    /// Returns the labels of the time axis, which are below the plot.
    pub fn labels(&self) -> impl Iterator<Item = &Mark> {
        let bottom = self.area.bottom();
        self.marks.iter().filter(move |mark| matches!(mark, Mark::Text { at, .. } if at.y > bottom))
    }
}

/// Returns the marks of a picture without the labels of the time axis.
fn in_plot(picture: &Picture) -> Vec<&Mark> {
    let bottom = picture.area.bottom();
    picture.marks.iter().filter(|mark| !matches!(mark, Mark::Text { at, .. } if at.y > bottom)).collect()
}

/// A movement of marks to the left.
struct Moves {
    area: Rect,
    x: f64,
    zoom: f64,
}

impl Moves {
    /// Returns the horizontal position from which on a mark has changed apart from the movement; infinity if it has not. Returns
    /// `None` if everything has to be drawn again.
    fn changed_from(&self, before: &Mark, after: &Mark) -> Option<f64> {
        let same = (before == after).then_some(f64::INFINITY);
        match (before, after) {
            (Mark::Rule { from, to, .. }, Mark::Rule { .. }) => {
                // A line from edge to edge stays the same when it is moved.
                same.filter(|_| from.y == to.y && from.x <= self.area.left && to.x + 1.0 >= self.area.right())
            }
            (Mark::Text { at, .. }, Mark::Text { .. }) => same.filter(|_| at.x < self.area.left),
            (Mark::Clip(_), _) | (Mark::Dim, _) | (Mark::Restore, _) => same,
            (Mark::Line { ink, points }, Mark::Line { ink: ink_after, points: points_after }) => {
                (ink == ink_after && is_continuous(*ink)).then(|| self.path(points, points_after))
            }
            (
                Mark::Area { ink, points, base_y },
                Mark::Area { ink: ink_after, points: points_after, base_y: base_after },
            ) => (ink == ink_after && base_y == base_after).then(|| self.path(points, points_after)),
            (Mark::End { ink, at }, Mark::End { ink: ink_after, at: at_after })
            | (Mark::Dot { ink, at }, Mark::Dot { ink: ink_after, at: at_after }) => {
                (ink == ink_after).then(|| self.marker(*at, *at_after))
            }
            _ => None,
        }
    }

    fn path(&self, before: &[Point], after: &[Point]) -> f64 {
        // What leaves the window at the left is drawn again in any case.
        let after = &after[after.partition_point(|point| point.x < self.area.left + LEFT_PX / 2.0)..];
        let Some(first) = after.first() else { return f64::INFINITY };
        let before = &before[before.partition_point(|point| point.x - self.x < first.x - SAME_PX)..];
        let same =
            before.iter().zip(after).take_while(|(before, after)| self.is_same(**before, **after)).count();
        if same == before.len() && same == after.len() {
            return f64::INFINITY;
        }
        let last_same = same.checked_sub(1).and_then(|last| after.get(last));
        last_same.map_or(f64::NEG_INFINITY, |point| point.x - LINE_REACH_PX * self.zoom)
    }

    fn marker(&self, before: Point, after: Point) -> f64 {
        match self.is_same(before, after) {
            true => f64::INFINITY,
            false => (before.x - self.x).min(after.x) - MARKER_REACH_PX * self.zoom,
        }
    }

    fn is_same(&self, before: Point, after: Point) -> bool {
        (before.x - self.x - after.x).abs() < SAME_PX && (before.y - after.y).abs() < SAME_PX
    }
}

/// Returns true if a line has no dashes. Dashes begin where the line begins.
fn is_continuous(ink: Ink) -> bool {
    matches!(ink, Ink::Other) || matches!(ink, Ink::Series(number) if number < COLOURS)
}

#[cfg(test)]
mod tests {
    use super::super::axes::Axes;
    use super::super::draw::Scene;
    use super::super::format::Unit;
    use super::super::geometry::Surface;
    use super::super::scale::{Bounds, Scale};
    use super::super::series::SeriesSet;
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SURFACE: Surface =
        Surface { width: 400.0, height: 160.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };
    const MINUTE: i64 = 60_000;

    struct Chart {
        set: SeriesSet,
        top: f64,
    }

    impl Chart {
        fn new() -> Self {
            let mut chart = Self { set: SeriesSet::new(10_000), top: 100.0 };
            (0..MINUTE).step_by(50).for_each(|ts_ms| chart.add(ts_ms));
            chart
        }

        fn add(&mut self, ts_ms: i64) {
            let wave = |period: i64| (ts_ms % period) as f64 / period as f64 * 90.0;
            self.set.append(ts_ms, [("a", wave(7_000)), ("b", wave(977))]);
        }

        /// Returns the picture at the present time.
        fn picture(&self) -> Picture {
            let bounds = Bounds { min: Some(0.0), max: Some(self.top) };
            let (axes, unit) = (Axes::one(Scale::fit(None, &Unit::default(), bounds, 4), 2), Unit::default());
            let end = self.set.last_time().unwrap();
            let scene = |window| Scene::new(&self.set, window, (&axes, &unit), SURFACE);
            let width = scene(0..MINUTE).plot().area.width;
            scene(on_pixels(end - MINUTE..end, width)).picture()
        }
    }

    fn shift(before: &Picture, after: &Picture) -> Option<Shift> {
        Shift::between(before, after, 1.0, 1.0)
    }

    #[test]
    fn windows_on_pixels_differ_by_whole_pixels_and_contain_the_newest_data() {
        let width = 347.0;
        let pixel_ms = MINUTE as f64 / width;
        for end in (1_800_000_000_000..1_800_000_060_000).step_by(391) {
            let window = on_pixels(end - MINUTE..end, width);
            assert_eq!(window.end - window.start, MINUTE);
            assert!(window.end >= end && ((window.end - end) as f64) < pixel_ms + 1.0);
            let pixels = window.start as f64 / pixel_ms;
            assert!((pixels - pixels.round()).abs() < 0.01);
        }
    }

    #[test]
    fn only_the_end_of_live_lines_is_drawn() {
        let mut chart = Chart::new();
        for second in 0..20 {
            let before = chart.picture();
            (0..20).for_each(|n| chart.add(MINUTE + second * 1_000 + n * 50));
            let after = chart.picture();
            let shift = shift(&before, &after).expect("the rest can be kept");
            assert!((5..=7).contains(&shift.device_px), "{shift:?}");
            assert!(shift.from_x > after.area.right() - 25.0, "{shift:?}");
        }
    }

    #[test]
    fn labels_are_kept_unless_one_is_at_an_edge_or_another_appears() {
        let mut chart = Chart::new();
        let (mut kept, mut drawn) = (0, 0);
        for second in 0..60 {
            let before = chart.picture();
            (0..20).for_each(|n| chart.add(MINUTE + second * 1_000 + n * 50));
            let after = chart.picture();
            let shift = shift(&before, &after).expect("the rest can be kept");
            let edges = after.area.left + 10.0..after.area.right() - 20.0;
            let at = |picture: &Picture| -> Vec<f64> {
                picture
                    .labels()
                    .filter_map(|mark| if let Mark::Text { at, .. } = mark { Some(at.x) } else { None })
                    .collect()
            };
            match shift.keeps_labels(&before, &after, &SURFACE) {
                true => {
                    assert!(at(&after).iter().all(|x| edges.contains(x)));
                    assert_eq!(at(&after).len(), at(&before).len());
                    kept += 1;
                }
                false => drawn += 1,
            }
        }
        assert!(kept > 10 && drawn > 10, "kept {kept} times, drawn {drawn} times");
        let (before, nothing) = (chart.picture(), Shift { device_px: 0, from_x: f64::INFINITY });
        assert!(nothing.keeps_labels(&before, &before, &SURFACE));
        let after = Picture { marks: Vec::new(), ..before.clone() };
        assert!(!nothing.keeps_labels(&before, &after, &SURFACE));
    }

    #[test]
    fn nothing_is_drawn_while_nothing_has_changed() {
        let chart = Chart::new();
        assert!(shift(&chart.picture(), &chart.picture()).unwrap().is_nothing());
    }

    #[test]
    fn late_data_is_drawn_from_its_place_on() {
        let mut chart = Chart::new();
        let before = chart.picture();
        chart.set.append(MINUTE / 2 + 7, [("a", 1.0)]);
        let after = chart.picture();
        let middle = after.area.left + after.area.width / 2.0;
        let from_x = shift(&before, &after).unwrap().from_x;
        assert!(from_x < middle && from_x > middle - 20.0, "{from_x}");
    }

    #[test]
    fn another_axis_another_stretch_and_lost_data_are_drawn_as_a_whole() {
        let mut chart = Chart::new();
        let before = chart.picture();
        chart.top = 200.0;
        assert_eq!(shift(&before, &chart.picture()), None);
        chart.top = 100.0;
        let earlier =
            Picture { window: before.window.start + 9_000..before.window.end + 9_000, ..before.clone() };
        assert_eq!(shift(&earlier, &before), None, "back in time");
        chart.set.lost_mut().add(30_000..31_000);
        assert_eq!(shift(&before, &chart.picture()), None);
    }

    #[test]
    fn dashes_and_pictures_without_a_common_part_are_drawn_as_a_whole() {
        let mut chart = Chart::new();
        let mut before = chart.picture();
        (0..1_200).for_each(|n| chart.add(MINUTE + n * 50));
        assert_eq!(shift(&before, &chart.picture()), None);
        for mark in &mut before.marks {
            if let Mark::Line { ink, .. } = mark {
                *ink = Ink::Earlier(0);
            }
        }
        assert_eq!(shift(&before, &before), None);
    }

    #[test]
    fn a_strip_needs_one_point_beyond_each_of_its_edges() {
        let points: Vec<Point> = (0..100).map(|n| Point { x: f64::from(n) * 10.0, y: 0.0 }).collect();
        let within: Vec<f64> =
            points_within(&points, &(500.0..520.0), 1.0).iter().map(|point| point.x).collect();
        assert_eq!(within, [490.0, 500.0, 510.0, 520.0, 530.0]);
        assert_eq!(points_within(&points, &(0.0..1_000.0), 1.0).len(), 100);
        assert!(points_within(&[], &(0.0..1.0), 1.0).is_empty());
    }
}
