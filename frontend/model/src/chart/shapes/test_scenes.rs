//! Scenes for the tests of shapes.

use std::ops::Range;

use super::super::axes::Wanted;
use super::super::draw::{Mark, Scene, Shape};
use super::super::format::Unit;
use super::super::geometry::{Point, Rect, Surface};
use super::super::hidden::Hidden;
use super::super::scale::Bounds;
use super::super::series::SeriesSet;

/// Size of the canvas.
pub(super) const SURFACE: Surface =
    Surface { width: 400.0, height: 160.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };

/// The data of a chart, and its settings.
pub(super) struct Bench {
    pub set: SeriesSet,
    pub window: Range<i64>,
    pub hole_ms: Option<i64>,
}

impl Bench {
    /// Creates series with these values. The window is that of all values.
    pub fn new(series: &[(&str, &[(i64, f64)])]) -> Self {
        let mut times: Vec<i64> =
            series.iter().flat_map(|(_, values)| values.iter().map(|(ts_ms, _)| *ts_ms)).collect();
        times.sort_unstable();
        times.dedup();
        let mut set = SeriesSet::new(20_000);
        for ts_ms in &times {
            let at =
                |values: &[(i64, f64)]| values.iter().find(|(at, _)| at == ts_ms).map(|(_, value)| *value);
            set.append(*ts_ms, series.iter().filter_map(|(name, values)| Some((*name, at(values)?))));
        }
        let window = times.first().copied().unwrap_or(0)..times.last().copied().unwrap_or(0).max(1);
        Self { set, window, hole_ms: None }
    }

    /// Calls `read` with the scene of a shape.
    pub fn with_scene<T>(&self, shape: Shape, read: impl FnOnce(&Scene<'_>) -> T) -> T {
        let (unit, hidden) = (Unit::default(), Hidden::new());
        let wanted = Wanted {
            set: &self.set,
            hidden: &hidden,
            window: self.window.clone(),
            unit: &unit,
            bounds: Bounds::default(),
            surface: SURFACE,
        };
        read(&Scene {
            shape: Some(shape),
            hole_ms: self.hole_ms,
            ..Scene::new(&self.set, self.window.clone(), (&(shape.fit)(&wanted, None), &unit), SURFACE)
        })
    }

    /// Returns the marks of a shape.
    pub fn marks(&self, shape: Shape) -> Vec<Mark> {
        self.with_scene(shape, |scene| scene.marks())
    }
}

/// Returns the rectangles of blocks with their opacities.
pub(super) fn blocks(marks: &[Mark]) -> impl Iterator<Item = (Rect, f64)> {
    marks.iter().filter_map(|mark| match mark {
        Mark::Block { rect, share, .. } => Some((*rect, *share)),
        _ => None,
    })
}

/// Returns the texts.
pub(super) fn texts(marks: &[Mark]) -> impl Iterator<Item = &str> {
    marks
        .iter()
        .filter_map(|mark| if let Mark::Text { text, .. } = mark { Some(text.as_str()) } else { None })
}

/// Returns the lines.
pub(super) fn lines(marks: &[Mark]) -> Vec<&[Point]> {
    let lines = marks.iter();
    lines
        .filter_map(|mark| if let Mark::Line { points, .. } = mark { Some(&points[..]) } else { None })
        .collect()
}

/// Returns the points of all lines and the dots.
pub(super) fn points(marks: &[Mark]) -> Vec<Point> {
    marks
        .iter()
        .flat_map(|mark| match mark {
            Mark::Line { points, .. } => points.clone(),
            Mark::Dot { at, .. } => vec![*at],
            _ => Vec::new(),
        })
        .collect()
}
