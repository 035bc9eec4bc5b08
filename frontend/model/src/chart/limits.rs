//! Draws the thresholds of a chart, and says which are crossed. Depends on [`super::draw`], [`super::crossing`] and
//! [`super::threshold`].
//!
//! A part of the page that is loaded if a topic or a board has thresholds calls [`Limits::read`]. The first picture has only
//! pointers to this code.

use std::ops::Range;
use std::sync::Arc;

use shared::Millis;

use super::axes::Axis;
use super::clock::LocalClock;
use super::crossing::{Crossing, Seen, crossed, crossings};
use super::draw::{Align, Ink, Limits, Look, Mark, Scene};
use super::geometry::{Plot, Point};
use super::threshold::{Crossed, Means, Threshold};

/// Size of the mark at the end of a threshold's line, as a multiple of the font size.
const MARK_EM: f64 = 0.42;
/// Distance of a label from the line of its threshold, as a multiple of the font size.
const LABEL_EM: f64 = 0.75;
/// Corners of the mark of a warning, a ring, around its centre.
const RING: [(f64, f64); 9] = [
    (0.0, -1.0),
    (0.71, -0.71),
    (1.0, 0.0),
    (0.71, 0.71),
    (0.0, 1.0),
    (-0.71, 0.71),
    (-1.0, 0.0),
    (-0.71, -0.71),
    (0.0, -1.0),
];
/// Corners of the mark of trouble, a triangle, around its centre.
const TRIANGLE: [(f64, f64); 4] = [(0.0, -1.0), (1.0, 0.8), (-1.0, 0.8), (0.0, -1.0)];

impl Limits {
    /// Reads the thresholds of a topic's metadata; `None` if there are none.
    pub fn read(thresholds: &serde_json::Value) -> Option<Arc<Self>> {
        let thresholds = Threshold::list(thresholds);
        (!thresholds.is_empty()).then(|| Arc::new(Self { thresholds, draw, crossed, state }))
    }
}

/// Returns the worst crossed threshold in a few words, and sentences about all of them. If there are names, only series with these names
/// count.
fn state(
    thresholds: &[Threshold],
    seen: Seen<'_>,
    names: &[String],
    stretch: Option<&Range<Millis>>,
    clock: LocalClock,
) -> Option<(Crossed, String)> {
    let mut crossings = crossings(thresholds, seen, stretch);
    crossings.retain(|crossing| names.is_empty() || crossing.is_of(names, seen));
    let worst = crossings.first()?;
    let sentence = |crossing: &Crossing| crossing.sentence(seen, clock);
    let sentences: Vec<String> = crossings.iter().map(sentence).collect();
    Some((Crossed { means: worst.threshold.means, words: worst.text(seen) }, sentences.join("; ")))
}

/// Adds a line for each threshold, in the plot of each axis that has a series with this threshold.
fn draw(thresholds: &[Threshold], scene: &Scene<'_>, marks: &mut Vec<Mark>) {
    if scene.shape.is_some_and(|shape| !shape.has_limits) {
        return;
    }
    let plots = scene.plots();
    // The worst is drawn last, above the others.
    let mut ordered: Vec<&Threshold> = thresholds.iter().collect();
    ordered.sort_by_key(|threshold| threshold.means);
    for (plot, axis) in plots.iter().zip(&scene.axes.0) {
        for threshold in &ordered {
            if let Some((value, text)) = on_axis(threshold, axis, scene) {
                let text = Some(text).filter(|_| scene.look == Look::Line);
                line(threshold, plot, value, text, scene.surface.font_px, marks);
            }
        }
    }
}

/// Returns the bound of a threshold as a value of an axis, and as text; `None` if no series on the axis has the threshold.
fn on_axis(threshold: &Threshold, axis: &Axis, scene: &Scene<'_>) -> Option<(f64, String)> {
    axis.columns.iter().find_map(|(column, to_axis)| {
        let factor = threshold.factor(scene.set, *column, scene.unit)?;
        let unit = threshold.unit(scene.set, *column, scene.unit);
        Some((threshold.bound / factor * to_axis, threshold.bound_words(unit)))
    })
}

/// Adds the line of a threshold with its mark and its label. A bound beyond an end of the axis has only a label there, which says in
/// which direction it is.
fn line(
    threshold: &Threshold,
    plot: &Plot,
    value: f64,
    text: Option<String>,
    font_px: f64,
    marks: &mut Vec<Mark>,
) {
    let ink = Ink::Limit(threshold.means);
    let (area, is_inside) = (plot.area, (plot.min..=plot.max).contains(&value));
    let y = plot.y(value.clamp(plot.min, plot.max));
    if is_inside {
        // Each dash is a line of its own, because a canvas has no dashes for this ink.
        let (dash, gap) = dashes(threshold.means);
        let count = (area.width / (dash + gap)).ceil().max(0.0) as u32;
        marks.extend((0..count).map(|index| {
            let x = area.left + f64::from(index) * (dash + gap);
            Mark::Line { ink, points: vec![Point { x, y }, Point { x: (x + dash).min(area.right()), y }] }
        }));
    }
    let Some(text) = text else { return };
    // The label stands above the line if there is room, and otherwise below.
    let above = y - font_px * LABEL_EM;
    let text_y = if above < area.top + font_px / 2.0 { y + font_px * LABEL_EM } else { above };
    let radius = font_px * MARK_EM;
    let centre = Point { x: area.left + radius * 1.5, y: text_y };
    marks.push(Mark::Line { ink, points: shape(threshold.means, centre, radius) });
    let text = match (is_inside, value > plot.max) {
        (true, _) => text,
        (false, true) => [&text, " ↑"].concat(),
        (false, false) => [&text, " ↓"].concat(),
    };
    let at = Point { x: centre.x + radius * 2.0, y: text_y };
    marks.push(Mark::Text { at, align: Align::Start, text });
}

/// Returns the outline of the mark of a meaning: a ring or a triangle.
fn shape(means: Means, centre: Point, radius: f64) -> Vec<Point> {
    let corners = match means {
        Means::Warning => &RING[..],
        Means::Bad => &TRIANGLE[..],
    };
    corners.iter().map(|(x, y)| Point { x: centre.x + radius * x, y: centre.y + radius * y }).collect()
}

/// Returns the length of a dash and of the gap after it, in CSS pixels.
fn dashes(means: Means) -> (f64, f64) {
    match means {
        Means::Warning => (2.0, 3.0),
        Means::Bad => (6.0, 4.0),
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
