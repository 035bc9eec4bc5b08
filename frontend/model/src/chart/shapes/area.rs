//! Areas between each line and zero. Depends on [`super::super::draw`] and [`super::super::axes`].

use super::super::axes::{Axes, Axis, Wanted};
use super::super::draw::{Mark, Scene};
use super::super::extent::Extent;
use super::super::geometry::Plot;
use super::super::scale::Scale;

/// Computes axes that contain zero.
pub(super) fn fit(wanted: &Wanted<'_>, before: Option<&Axes>) -> Axes {
    Axes::fit_by(wanted, before, |wanted, columns, unit, bounds, intervals| {
        let extent = wanted.extent(columns).map(|extent| extent.with(Extent::of(0.0)));
        Scale::fit(extent, unit, bounds, intervals)
    })
}

pub(super) fn draw(scene: &Scene<'_>, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
    scene.lines(plot, axis, true, marks);
}

pub(super) fn draw_lines(scene: &Scene<'_>, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
    scene.lines(plot, axis, false, marks);
}
