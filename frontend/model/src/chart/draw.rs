//! A chart as a list of marks from back to front. The canvas decides which colours the inks have. Depends on
//! [`super::geometry`], [`super::decimate`] and [`super::series`].

use std::ops::Range;

use super::clock::LocalClock;
use super::decimate::{Breaks, Sample, decimate};
use super::geometry::{Plot, Point, Rect, Surface, nearest};
use super::hidden::Hidden;
use super::scale::Scale;
use super::series::SeriesSet;

/// Everything that determines the look of a chart at one moment.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    /// The data.
    pub set: &'a SeriesSet,
    /// Series that the reader switched off.
    pub hidden: &'a Hidden,
    /// With axes, or bare.
    pub look: Look,
    /// The times of the left and right edge.
    pub window: Range<i64>,
    /// The axis of values.
    pub scale: &'a Scale,
    /// Size of the canvas and of its text.
    pub surface: Surface,
    /// Samples further apart than this are not joined.
    pub hole_ms: Option<i64>,
    /// True if the data is stale, which is drawn faintly.
    pub dimmed: bool,
    /// The time under the crosshair.
    pub crosshair: Option<i64>,
    /// Clock for the axis of time.
    pub clock: LocalClock,
}

/// Room for `10:42` and some air, in digits.
const MINUTE_LABEL_DIGITS: f64 = 9.0;
/// Room for `10:42:15` and some air, in digits.
const SECOND_LABEL_DIGITS: f64 = 13.0;

/// Amount of axes and labels around the lines of a chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Lines with axes, labels and a legend.
    #[default]
    Line,
    /// One line beside a big figure: no axes, no labels.
    Sparkline,
}

/// One element of a drawing.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A straight hairline.
    Rule {
        /// Ink of the line.
        ink: Ink,
        /// Beginning of the line.
        from: Point,
        /// End of the line.
        to: Point,
    },
    /// A curve.
    Line {
        /// Ink of the curve.
        ink: Ink,
        /// Its corners, left to right.
        points: Vec<Point>,
    },
    /// The space between a curve and a level below it.
    Area {
        /// Ink of the filling, which is thin.
        ink: Ink,
        /// The curve's corners, left to right.
        points: Vec<Point>,
        /// The level it is filled down to.
        base_y: f64,
    },
    /// A dot: a sample that stands alone, the end of a sparkline, or a reading under the crosshair.
    Dot {
        /// Ink of the filling.
        ink: Ink,
        /// Its middle.
        at: Point,
    },
    /// A stretch that was lost: slanted hatching.
    Hatch(Rect),
    /// A stretch that was filled in afterwards: a tint and a bar above it.
    Replayed(Rect),
    /// A stretch that is not loaded yet: dotted, so that it is neither empty nor lost.
    Unloaded(Rect),
    /// Words or a number.
    Text {
        /// Position of the text, at half its height.
        at: Point,
        /// Part of the text that stands at the position.
        align: Align,
        /// The text itself.
        text: String,
    },
    /// The marks after this one are drawn faintly.
    Dim,
    /// The marks after this one are not drawn outside a rectangle.
    Clip(Rect),
    /// Takes [`Self::Dim`] and [`Self::Clip`] back.
    Restore,
}

/// Colour of a mark, by its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// The grid.
    Grid,
    /// The line under the plot.
    Baseline,
    /// The crosshair.
    Crosshair,
    /// The colour of the series in this column.
    Series(usize),
}

/// Part of a text that stands at its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

impl Scene<'_> {
    /// Rectangle of the data, with its times and values.
    pub fn plot(&self) -> Plot {
        match self.look {
            Look::Line => self.surface.plot_with_axes(self.window.clone(), self.scale),
            Look::Sparkline => self.surface.plot_bare(self.window.clone(), self.scale),
        }
    }

    /// Everything to draw, from back to front.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        if self.surface.is_empty() {
            return marks;
        }
        let plot = self.plot();
        match self.look {
            Look::Line if self.has_nothing() => self.nothing(&plot, &mut marks),
            Look::Line => self.axes(&plot, &mut marks),
            Look::Sparkline => baseline(&plot, &mut marks),
        }
        self.stretches(&plot, &mut marks);
        self.curves(&plot, &mut marks);
        self.crosshair(&plot, &mut marks);
        marks
    }

    /// Returns whether the window holds no sample and nothing in it is lost or not loaded yet.
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

    fn axes(&self, plot: &Plot, marks: &mut Vec<Mark>) {
        let ticks: Vec<f64> = self.scale.ticks().collect();
        for (index, tick) in ticks.iter().enumerate() {
            let y = plot.y(*tick);
            let ink = if index == 0 { Ink::Baseline } else { Ink::Grid };
            let (from, to) = (Point { x: plot.area.left, y }, Point { x: plot.area.right(), y });
            marks.push(Mark::Rule { ink, from, to });
            let at = Point { x: plot.area.left - self.surface.font_px * 0.7, y };
            marks.push(Mark::Text { at, align: Align::End, text: self.scale.label(*tick) });
        }
        if self.surface.has_time_axis() {
            self.time_axis(plot, marks);
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

    /// Close together where `10:42` is enough, further apart where it takes `10:42:15`.
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

    /// A stretch of time over the height of the plot, cut to the window and never too narrow to be seen.
    fn stretch(&self, plot: &Plot, span: &Range<i64>) -> Rect {
        let left = plot.x(span.start.max(self.window.start));
        let right = plot.x(span.end.min(self.window.end)).max(left + 2.0).min(plot.area.right());
        Rect { left: left.min(right - 2.0), width: (right - left).max(2.0), ..plot.area }
    }

    fn curves(&self, plot: &Plot, marks: &mut Vec<Mark>) {
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
        let filled = self.is_filled();
        for column in self.shown() {
            self.curve(plot, column, filled, marks);
        }
        marks.push(Mark::Restore);
    }

    /// A filled area says "so much, from nothing": only one series alone on an axis with a zero may say it.
    fn is_filled(&self) -> bool {
        let from_zero = self.scale.min <= 0.0 && self.scale.max >= 0.0;
        self.look == Look::Sparkline || self.set.series().len() == 1 && from_zero
    }

    fn curve(&self, plot: &Plot, column: usize, filled: bool, marks: &mut Vec<Mark>) {
        let ink = Ink::Series(column);
        let base_y = plot.y(0.0_f64.clamp(self.scale.min, self.scale.max));
        let runs = self.runs(plot, column);
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

    /// The runs of one series, with one sample beyond each edge so that lines reach it.
    fn runs(&self, plot: &Plot, column: usize) -> Vec<Vec<Sample>> {
        let rows = self.set.rows_within(&self.window);
        let rows = rows.start.saturating_sub(1)..rows.end + 1;
        let breaks = Breaks { hole_ms: self.hole_ms, lost: self.set.lost() };
        decimate(self.set.points(column, rows), plot.pixel_ms(self.surface.density), breaks)
    }

    fn crosshair(&self, plot: &Plot, marks: &mut Vec<Mark>) {
        let Some(ts_ms) = self.crosshair.filter(|ts_ms| self.window.contains(ts_ms)) else { return };
        let x = plot.x(ts_ms);
        let (from, to) = (Point { x, y: plot.area.top }, Point { x, y: plot.area.bottom() });
        marks.push(Mark::Rule { ink: Ink::Crosshair, from, to });
        let reach_ms = self.reach_ms(plot);
        for column in self.shown() {
            if let Some(sample) = nearest(self.set, column, ts_ms, reach_ms) {
                marks.push(Mark::Dot { ink: Ink::Series(column), at: plot.at(sample) });
            }
        }
    }

    /// Largest distance in milliseconds between the crosshair and the sample that is read there: some pixels, or half a
    /// hole.
    pub fn reach_ms(&self, plot: &Plot) -> i64 {
        let pixels_ms = plot.pixel_ms(1.0) * 8;
        self.hole_ms.map_or(pixels_ms, |hole_ms| pixels_ms.max(hole_ms / 2))
    }

    fn shown(&self) -> impl Iterator<Item = usize> + '_ {
        self.set.shown(self.hidden)
    }
}

fn baseline(plot: &Plot, marks: &mut Vec<Mark>) {
    let y = plot.area.bottom();
    let (from, to) = (Point { x: plot.area.left, y }, Point { x: plot.area.right(), y });
    marks.push(Mark::Rule { ink: Ink::Grid, from, to });
}

#[cfg(test)]
mod tests;
