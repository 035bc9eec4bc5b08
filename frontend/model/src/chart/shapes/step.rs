//! Lines that keep each value until the next. Depends on [`super::super::draw`].

use super::super::axes::Axis;
use super::super::decimate::Sample;
use super::super::draw::{Mark, Scene};
use super::super::geometry::{Plot, Point};

/// Adds the marks of the series. A line has a gap where a line without steps would have one. It ends at the newest value, because
/// nobody knows how long that value holds.
pub(super) fn draw(scene: &Scene<'_>, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
    for (column, factor) in &axis.columns {
        scene.bands(plot, (*column, *factor), scene.ink(*column), marks);
        let ink = scene.ink(*column);
        let runs = scene.runs(plot, *column, *factor);
        for run in &runs {
            marks.push(match &run[..] {
                [alone] => Mark::Dot { ink, at: plot.at(*alone) },
                run => Mark::Line { ink, points: steps(run, plot) },
            });
        }
        // A line reaches one sample beyond the edge of the window.
        let end = runs.iter().flatten().rev().find(|(ts_ms, _)| *ts_ms <= scene.window.end);
        marks.extend(end.map(|end| Mark::End { ink, at: plot.at(*end) }));
    }
}

/// Returns the corners of a line with steps.
fn steps(run: &[Sample], plot: &Plot) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::with_capacity(2 * run.len());
    for sample in run {
        let at = plot.at(*sample);
        points.extend(
            points.last().filter(|before| before.y != at.y).map(|before| Point { x: at.x, y: before.y }),
        );
        points.push(at);
    }
    points
}
