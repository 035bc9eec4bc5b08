//! Converts a chart to a list of marks (lines, areas, texts), from back to front. The canvas that draws them chooses
//! the colours. Depends on [`super::axes`], [`super::geometry`], [`super::decimate`] and [`super::series`].

use std::ops::Range;

use super::axes::{Axes, Axis};
use super::clock::LocalClock;
use super::decimate::{Breaks, Sample, decimate};
use super::format::Unit;
use super::geometry::{Plot, Point, Rect, Surface, nearest};
use super::series::SeriesSet;

/// Everything that determines the appearance of a chart at one moment.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    /// The series that are drawn.
    pub set: &'a SeriesSet,
    /// Appearance of the chart: with axes and labels, or as a sparkline.
    pub look: Look,
    /// Times of the left and right edge of the chart, in milliseconds since the Unix epoch.
    pub window: Range<i64>,
    /// The value axes, with the series that are drawn on each.
    pub axes: &'a Axes,
    /// Unit of the series that have no unit of their own.
    pub unit: &'a Unit,
    /// Size of the canvas and of its text.
    pub surface: Surface,
    /// Maximum time in milliseconds between two samples that are joined by a line; `None` if all are joined.
    pub hole_ms: Option<i64>,
    /// True if the data is stale. The chart is then drawn faintly.
    pub dimmed: bool,
    /// Time at which the crosshair stands, in milliseconds since the Unix epoch; `None` if there is no crosshair.
    pub crosshair: Option<i64>,
    /// Converts times to the time zone of the labels on the time axis.
    pub clock: LocalClock,
}

/// Width of a label such as `10:42` and the space beside it, as a multiple of a digit's width.
const MINUTE_LABEL_DIGITS: f64 = 9.0;
/// Width of a label such as `10:42:15` and the space beside it, as a multiple of a digit's width.
const SECOND_LABEL_DIGITS: f64 = 13.0;

/// Appearance of a chart: with axes and labels, or as a sparkline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// A full chart: lines with axes, labels and a legend.
    #[default]
    Line,
    /// A sparkline: one line below a figure in large type, without axes and labels.
    Sparkline,
}

/// One element of the drawing of a chart, such as a line or a text. Elements are drawn in order, from back to front.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A thin straight line.
    Rule {
        /// Colour of the line.
        ink: Ink,
        /// Start of the line.
        from: Point,
        /// End of the line.
        to: Point,
    },
    /// The curve of a series: a line through several points.
    Line {
        /// Colour of the curve.
        ink: Ink,
        /// The points of the curve, from left to right.
        points: Vec<Point>,
    },
    /// A filled area between a curve and a level below it.
    Area {
        /// Colour of the filling, which is transparent.
        ink: Ink,
        /// The points of the curve, from left to right.
        points: Vec<Point>,
        /// Vertical position of the level down to which the area is filled, in CSS pixels from the upper edge.
        base_y: f64,
    },
    /// A dot. It marks a sample that is not joined to others, the end of a sparkline, or the sample of a series at
    /// the crosshair.
    Dot {
        /// Colour of the dot.
        ink: Ink,
        /// Position of the dot's centre.
        at: Point,
    },
    /// Slanted hatching in this rectangle. It marks a range of time whose data was lost.
    Hatch(Rect),
    /// A tint in this rectangle, with a bar above it. It marks a range of time whose data was replayed after an
    /// interruption.
    Replayed(Rect),
    /// A pattern of dots in this rectangle. It marks a range of time whose data is not loaded yet, so that the range
    /// looks neither empty nor lost.
    Unloaded(Rect),
    /// A text, such as the label of an axis.
    Text {
        /// Position of the text. The vertical position is the middle of its height.
        at: Point,
        /// Part of the text that stands at the position: its start, its middle or its end.
        align: Align,
        /// The text itself.
        text: String,
    },
    /// Instruction to draw the following marks faintly, until [`Self::Restore`].
    Dim,
    /// Instruction to draw the following marks only inside this rectangle, until [`Self::Restore`].
    Clip(Rect),
    /// Ends the effect of [`Self::Dim`] and [`Self::Clip`].
    Restore,
}

/// Colour of a mark, given by the role of the mark in the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// The colour of the grid.
    Grid,
    /// The colour of the line below the plot.
    Baseline,
    /// The colour of the crosshair.
    Crosshair,
    /// The colour of the series with this index.
    Series(usize),
}

/// Part of a text that stands at the given position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// The left end of the text.
    Start,
    /// The middle of the text.
    Middle,
    /// The right end of the text.
    End,
}

impl Scene<'_> {
    /// Returns for each value axis the rectangle in which its series are drawn, with the times and values of its
    /// edges.
    pub fn plots(&self) -> Vec<Plot> {
        self.axes.plots(&self.surface, &self.window, self.look == Look::Sparkline)
    }

    /// Returns the rectangle that contains the series of all value axes, with the times of its edges. The values of
    /// its edges are those of the first axis.
    pub fn plot(&self) -> Plot {
        let mut plots = self.plots().into_iter();
        let nothing = || Plot { area: Rect::default(), window: self.window.clone(), min: 0.0, max: 1.0 };
        let mut whole = plots.next().unwrap_or_else(nothing);
        if let Some(last) = plots.next_back() {
            whole.area.height = last.area.bottom() - whole.area.top;
        }
        whole
    }

    /// Returns all marks of the chart, from back to front.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        if self.surface.is_empty() {
            return marks;
        }
        let (plots, whole) = (self.plots(), self.plot());
        let parts = || plots.iter().zip(&self.axes.0);
        match self.look {
            Look::Line if self.has_nothing() => self.nothing(&whole, &mut marks),
            Look::Line => {
                parts().for_each(|(plot, axis)| self.axis(plot, axis, &mut marks));
                if self.surface.has_time_axis() {
                    self.time_axis(&whole, &mut marks);
                }
            }
            Look::Sparkline => baseline(&whole, &mut marks),
        }
        self.stretches(&whole, &mut marks);
        parts().for_each(|(plot, axis)| self.curves(plot, axis, &mut marks));
        self.crosshair(&whole, &mut marks);
        parts().for_each(|(plot, axis)| self.readings(plot, axis, &mut marks));
        marks
    }

    /// Returns true if the window contains no sample and no time whose data is lost or not loaded yet.
    fn has_nothing(&self) -> bool {
        self.set.rows_within(&self.window).is_empty()
            && !self.set.lost().meets(self.window.start, self.window.end)
            && !self.set.unloaded().meets(self.window.start, self.window.end)
    }

    fn nothing(&self, plot: &Plot, marks: &mut Vec<Mark>) {
        baseline(plot, marks);
        let at = Point { x: self.surface.width / 2.0, y: plot.area.top + plot.area.height / 2.0 };
        let text = if self.set.is_empty() { "no data yet" } else { "no data in this window" };
        marks.push(Mark::Text { at, align: Align::Middle, text: text.to_owned() });
    }

    fn axis(&self, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
        let ticks: Vec<f64> = axis.scale.ticks().collect();
        for (index, tick) in ticks.iter().enumerate() {
            let y = plot.y(*tick);
            let ink = if index == 0 { Ink::Baseline } else { Ink::Grid };
            let (from, to) = (Point { x: plot.area.left, y }, Point { x: plot.area.right(), y });
            marks.push(Mark::Rule { ink, from, to });
            let at = Point { x: plot.area.left - self.surface.font_px * 0.7, y };
            marks.push(Mark::Text { at, align: Align::End, text: axis.scale.label(*tick) });
        }
    }

    fn time_axis(&self, plot: &Plot, marks: &mut Vec<Mark>) {
        let ticks = self.time_ticks(plot);
        let y = plot.area.bottom() + self.surface.font_px * 1.1;
        for tick in &ticks {
            let text = self.clock.label(*tick, &ticks);
            let half = text.chars().count() as f64 * self.surface.digit_px / 2.0;
            let x = plot.x(*tick);
            if x + half <= self.surface.width {
                marks.push(Mark::Text { at: Point { x, y }, align: Align::Middle, text });
            }
        }
    }

    /// Returns the times at which the time axis has marks. Short labels such as `10:42` allow more marks than longer
    /// ones (`10:42:15`).
    fn time_ticks(&self, plot: &Plot) -> Vec<i64> {
        let spaced = |digits: f64| {
            self.clock.ticks(&self.window, (plot.area.width / (self.surface.digit_px * digits)) as usize)
        };
        let close = spaced(MINUTE_LABEL_DIGITS);
        if self.clock.are_whole_minutes(&close) { close } else { spaced(SECOND_LABEL_DIGITS) }
    }

    fn stretches(&self, plot: &Plot, marks: &mut Vec<Mark>) {
        let unloaded = self.set.unloaded().within(self.window.clone());
        marks.extend(unloaded.map(|span| Mark::Unloaded(self.stretch(plot, &span))));
        let replayed = self.set.replayed().within(self.window.clone());
        marks.extend(replayed.map(|span| Mark::Replayed(self.stretch(plot, &span))));
        let lost = self.set.lost().within(self.window.clone());
        marks.extend(lost.map(|span| Mark::Hatch(self.stretch(plot, &span))));
    }

    /// Returns the rectangle that marks a range of time in the plot. It has the height of the plot, does not extend
    /// beyond it, and is at least two pixels wide so that it is visible.
    fn stretch(&self, plot: &Plot, span: &Range<i64>) -> Rect {
        let left = plot.x(span.start.max(self.window.start));
        let right = plot.x(span.end.min(self.window.end)).max(left + 2.0).min(plot.area.right());
        Rect { left: left.min(right - 2.0), width: (right - left).max(2.0), ..plot.area }
    }

    fn curves(&self, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
        let room = 3.0;
        marks.push(Mark::Clip(Rect {
            left: plot.area.left,
            top: plot.area.top - room,
            width: plot.area.width + room,
            height: plot.area.height + 2.0 * room,
        }));
        if self.dimmed {
            marks.push(Mark::Dim);
        }
        let filled = self.is_filled(axis);
        for (column, factor) in &axis.columns {
            self.curve(plot, (*column, *factor), filled, marks);
        }
        marks.push(Mark::Restore);
    }

    /// Returns true if the area below the curves of an axis is filled. A filled area shows an amount above zero, so
    /// it is used only for a single series on an axis that contains zero, and in sparklines.
    fn is_filled(&self, axis: &Axis) -> bool {
        let from_zero = axis.scale.min <= 0.0 && axis.scale.max >= 0.0;
        let is_alone = axis.columns.len() == 1 && (self.set.series().len() == 1 || self.axes.0.len() > 1);
        self.look == Look::Sparkline || is_alone && from_zero
    }

    fn curve(&self, plot: &Plot, (column, factor): (usize, f64), filled: bool, marks: &mut Vec<Mark>) {
        let ink = Ink::Series(column);
        let base_y = plot.y(0.0_f64.clamp(plot.min, plot.max));
        let runs = self.runs(plot, column, factor);
        for run in &runs {
            let points: Vec<Point> = run.iter().map(|sample| plot.at(*sample)).collect();
            if let [at] = points[..] {
                marks.push(Mark::Dot { ink, at });
                continue;
            }
            if filled {
                marks.push(Mark::Area { ink, points: points.clone(), base_y });
            }
            marks.push(Mark::Line { ink, points });
        }
        if let (Look::Sparkline, Some(end)) = (self.look, runs.last().and_then(|run| run.last())) {
            marks.push(Mark::Dot { ink, at: plot.at(*end) });
        }
    }

    /// Returns the lines that are drawn for one series, which are separated by gaps. They include one sample beyond
    /// each edge of the window, so that they reach the edges. Values are multiplied by `factor`.
    fn runs(&self, plot: &Plot, column: usize, factor: f64) -> Vec<Vec<Sample>> {
        let rows = self.set.rows_within(&self.window);
        let rows = rows.start.saturating_sub(1)..rows.end + 1;
        let breaks = Breaks { hole_ms: self.hole_ms, lost: self.set.lost() };
        let points = self.set.points(column, rows).map(|(ts_ms, value)| (ts_ms, value * factor));
        decimate(points, plot.pixel_ms(self.surface.density), breaks)
    }

    fn crosshair(&self, plot: &Plot, marks: &mut Vec<Mark>) {
        let Some(ts_ms) = self.pointed() else { return };
        let x = plot.x(ts_ms);
        let (from, to) = (Point { x, y: plot.area.top }, Point { x, y: plot.area.bottom() });
        marks.push(Mark::Rule { ink: Ink::Crosshair, from, to });
    }

    /// Adds to `marks` a dot for each series on the axis, at the sample that is nearest to the crosshair.
    fn readings(&self, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
        let Some(pointed_ms) = self.pointed() else { return };
        let reach_ms = self.reach_ms(plot);
        for (column, factor) in &axis.columns {
            if let Some((ts_ms, value)) = nearest(self.set, *column, pointed_ms, reach_ms) {
                let at = plot.at((ts_ms, value * factor));
                marks.push(Mark::Dot { ink: Ink::Series(*column), at });
            }
        }
    }

    fn pointed(&self) -> Option<i64> {
        self.crosshair.filter(|ts_ms| self.window.contains(ts_ms))
    }

    /// Returns the maximum time in milliseconds between the crosshair and the samples whose values are shown for it.
    /// This is the time of eight CSS pixels or half of `hole_ms`, whichever is longer.
    pub fn reach_ms(&self, plot: &Plot) -> i64 {
        let pixels_ms = plot.pixel_ms(1.0) * 8;
        self.hole_ms.map_or(pixels_ms, |hole_ms| pixels_ms.max(hole_ms / 2))
    }
}

fn baseline(plot: &Plot, marks: &mut Vec<Mark>) {
    let y = plot.area.bottom();
    let (from, to) = (Point { x: plot.area.left, y }, Point { x: plot.area.right(), y });
    marks.push(Mark::Rule { ink: Ink::Grid, from, to });
}

#[cfg(test)]
mod tests;
