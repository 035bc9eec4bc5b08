//! Converts a chart to a list of marks (lines, areas, texts), from back to front. The canvas that draws them chooses
//! the colours. Depends on [`super::axes`], [`super::band`], [`super::geometry`], [`super::decimate`], [`super::series`] and
//! [`super::stroke`].

use std::ops::Range;

use shared::Millis;

use super::axes::{Axes, Axis, Wanted};
use super::band::Band;
use super::clock::LocalClock;
use super::crossing::Seen;
use super::decimate::{Breaks, Sample, decimate};
use super::format::Unit;
use super::geometry::{Plot, Point, Rect, Surface, read_row};
use super::series::SeriesSet;
use super::stroke::{MOST_COLOURED, listed};
use super::threshold::{Crossed, Means, Threshold};

/// Everything that determines the appearance of a chart at one moment.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    /// The series that are drawn.
    pub set: &'a SeriesSet,
    /// Appearance of the chart: with axes and labels, or as a sparkline.
    pub look: Look,
    /// The way in which the series are drawn; `None` for lines.
    pub shape: Option<Shape>,
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
    /// Stretch of time that the reader is selecting; `None` if none is selected.
    pub brush: Option<Range<i64>>,
    /// Index of the series that is brought out because the reader points at it or at its name; `None` if there is none. The
    /// others are drawn faintly.
    pub brought_out: Option<usize>,
    /// True if the window is in the past, so that the newest data is not in it.
    pub is_past: bool,
    /// Converts times to the time zone of the labels on the time axis.
    pub clock: LocalClock,
    /// The thresholds of the chart; `None` if it has none, or if their code is not loaded yet.
    pub limits: Option<&'a Limits>,
}

impl<'a> Scene<'a> {
    /// Describes a chart of lines with live data that nobody points at, in UTC and without thresholds. All its points are joined.
    pub fn new(
        set: &'a SeriesSet,
        window: Range<i64>,
        (axes, unit): (&'a Axes, &'a Unit),
        surface: Surface,
    ) -> Self {
        Self {
            set,
            look: Look::Line,
            shape: None,
            window,
            axes,
            unit,
            surface,
            hole_ms: None,
            dimmed: false,
            crosshair: None,
            brush: None,
            brought_out: None,
            is_past: false,
            clock: LocalClock::UTC,
            limits: None,
        }
    }
}

/// A function that returns the worst threshold that series with these names cross, with sentences about all of them. Without names, all
/// series count.
type FindCrossed =
    fn(&[Threshold], Seen<'_>, &[String], Option<&Range<Millis>>, LocalClock) -> Option<(Crossed, String)>;

/// The thresholds of a chart, and the code that shows them. The code is called by pointers, so that the first picture does not
/// contain it.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The thresholds.
    pub thresholds: Vec<Threshold>,
    /// Adds the lines of the thresholds to the marks of a chart.
    pub(crate) draw: fn(&[Threshold], &Scene<'_>, &mut Vec<Mark>),
    /// Returns the threshold that the value of a series in a row crosses; without a row, its newest value.
    pub(crate) crossed: fn(&[Threshold], Seen<'_>, usize, Option<usize>) -> Option<Crossed>,
    /// Returns the worst of the thresholds that the newest values cross, or the last ones in a stretch, and sentences about all of
    /// them.
    pub(crate) state: FindCrossed,
}

impl PartialEq for Limits {
    fn eq(&self, other: &Self) -> bool {
        self.thresholds == other.thresholds
    }
}

/// A function that returns the vertical place of a series; `None` if it has none.
type PlaceOf = fn(&Plot, &Axis, usize) -> Option<f64>;

/// A way in which the series of a chart are drawn. The functions are called by pointers, so that the first picture does not
/// contain them.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Computes the value axes. The second argument are the axes that are shown now.
    pub fit: fn(&Wanted<'_>, Option<&Axes>) -> Axes,
    /// Adds the marks of the series on one axis.
    pub draw: fn(&Scene<'_>, &Plot, &Axis, &mut Vec<Mark>),
    /// True if a dot stands at the value of each series under the crosshair.
    pub has_dots: bool,
    /// True if the legend lists the series.
    pub has_keys: bool,
    /// True if the lines of thresholds are drawn, because a position on the value axis stands for a value of a single series.
    pub has_limits: bool,
    /// Returns the vertical position of the series with an index; `None` if its position depends on its value.
    pub place: Option<PlaceOf>,
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
    /// The marker at the end of a series' line.
    End {
        /// Colour and shape of the marker.
        ink: Ink,
        /// Position of the marker's centre.
        at: Point,
    },
    /// The area between the lowest and the highest numbers of a series' buckets.
    Band {
        /// Colour of the area, which is transparent.
        ink: Ink,
        /// Corners of the area: its upper edge from left to right, then its lower edge from right to left.
        points: Vec<Point>,
    },
    /// A filled rectangle, such as a bar or a cell of a heat map.
    Block {
        /// Colour of the rectangle.
        ink: Ink,
        /// The rectangle.
        rect: Rect,
        /// Opacity of the colour, from 0 to 1.
        share: f64,
    },
    /// A tint in this rectangle. It marks the stretch of time that the reader is selecting.
    Brush(Rect),
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

/// The marks of a chart at one moment, with the place of the series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// The marks from back to front.
    pub marks: Vec<Mark>,
    /// Rectangle that contains the series of all value axes.
    pub area: Rect,
    /// Times of its left and right edge, in milliseconds since the Unix epoch.
    pub window: Range<i64>,
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
    /// The colour of the series with this index, in dashes: the same series at an earlier time.
    Earlier(usize),
    /// The colour of a threshold with this meaning.
    Limit(Means),
    /// The colour of all series that are not in the legend, if there are too many for a colour each.
    Other,
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
        self.whole(&self.plots())
    }

    fn whole(&self, plots: &[Plot]) -> Plot {
        let nothing =
            || Plot { area: Rect::default(), window: self.window.clone(), min: 0.0, max: 1.0, is_log: false };
        let mut whole = plots.first().cloned().unwrap_or_else(nothing);
        if let [_, .., last] = plots {
            whole.area.height = last.area.bottom() - whole.area.top;
        }
        whole
    }

    /// Returns all marks of the chart, from back to front.
    pub fn marks(&self) -> Vec<Mark> {
        self.picture().marks
    }

    /// Returns all marks of the chart, with the place of the series.
    pub fn picture(&self) -> Picture {
        let mut marks = Vec::new();
        let plots = self.plots();
        let whole = self.whole(&plots);
        if !self.surface.is_empty() {
            self.mark(&plots, &whole, &mut marks);
        }
        Picture { marks, area: whole.area, window: self.window.clone() }
    }

    fn mark(&self, plots: &[Plot], whole: &Plot, marks: &mut Vec<Mark>) {
        let parts = || plots.iter().zip(&self.axes.0);
        match self.look {
            Look::Line if self.has_nothing() => self.nothing(whole, marks),
            Look::Line => {
                parts().for_each(|(plot, axis)| self.axis(plot, axis, marks));
                if self.surface.has_time_axis() {
                    self.time_axis(whole, marks);
                }
            }
            Look::Sparkline => baseline(whole, marks),
        }
        self.stretches(whole, marks);
        self.limit_marks(marks);
        parts().for_each(|(plot, axis)| self.curves(plot, axis, marks));
        let brush = self
            .brush
            .as_ref()
            .filter(|brush| brush.start < self.window.end && brush.end > self.window.start);
        marks.extend(brush.map(|brush| Mark::Brush(self.stretch(whole, brush))));
        self.crosshair(whole, marks);
        let has_dots = self.shape.is_none_or(|shape| shape.has_dots);
        parts().filter(|_| has_dots).for_each(|(plot, axis)| self.readings(plot, axis, marks));
    }

    /// Adds the lines of the chart's thresholds to `marks`.
    pub fn limit_marks(&self, marks: &mut Vec<Mark>) {
        if let Some(limits) = self.limits {
            (limits.draw)(&limits.thresholds, self, marks);
        }
    }

    /// Returns the facts from which crossed thresholds are found.
    pub fn seen(&self) -> Seen<'_> {
        Seen { set: self.set, unit: self.unit, hole_ms: self.hole_ms }
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
        let text = match self.kept_from() {
            Some(kept_from) => self.nothing_before(kept_from),
            None if self.set.is_empty() && !self.is_past => "no data yet".to_owned(),
            None => "no data in this window".to_owned(),
        };
        marks.push(Mark::Text { at, align: Align::Middle, text });
    }

    /// Returns the time before which the server keeps nothing, if the window begins before it.
    fn kept_from(&self) -> Option<i64> {
        let kept_from = self.set.reduced().and_then(|reduced| reduced.kept_from)?;
        // Data may have a time of its own that is older than anything that the server has received.
        let kept_from = self.set.time(0).map_or(kept_from, |first_ms| first_ms.min(kept_from));
        (kept_from > self.window.start).then_some(kept_from)
    }

    fn nothing_before(&self, kept_from: i64) -> String {
        format!("nothing kept before {}", self.clock.minutes_beside(kept_from, self.window.end))
    }

    fn axis(&self, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
        let ticks: Vec<f64> = axis.scale.ticks().collect();
        for (index, tick) in ticks.iter().enumerate() {
            let y = plot.y(*tick);
            let ink = if index == 0 { Ink::Baseline } else { Ink::Grid };
            let (from, to) = (Point { x: plot.area.left, y }, Point { x: plot.area.right(), y });
            if axis.scale.marks.is_empty() || axis.scale.is_log {
                marks.push(Mark::Rule { ink, from, to });
            }
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
        for span in self.set.unloaded().within(self.window.clone()) {
            let rect = self.stretch(plot, &span);
            marks.push(Mark::Unloaded(rect));
            self.caption(rect, "not loaded".to_owned(), marks);
        }
        // An empty window has this text in its middle.
        if let Some(kept_from) = self.kept_from().filter(|_| !self.has_nothing()) {
            let rect = self.stretch(plot, &(self.window.start..kept_from));
            self.caption(rect, self.nothing_before(kept_from), marks);
        }
        let replayed = self.set.replayed().within(self.window.clone());
        marks.extend(replayed.map(|span| Mark::Replayed(self.stretch(plot, &span))));
        let lost = self.set.lost().within(self.window.clone());
        marks.extend(lost.map(|span| Mark::Hatch(self.stretch(plot, &span))));
    }

    /// Writes a text into the middle of a rectangle, if the rectangle is wide enough and the chart has labels.
    fn caption(&self, rect: Rect, text: String, marks: &mut Vec<Mark>) {
        let width = text.chars().count() as f64 * self.surface.digit_px;
        if self.look == Look::Line && rect.width > width {
            let at = Point { x: rect.left + rect.width / 2.0, y: rect.top + rect.height / 2.0 };
            marks.push(Mark::Text { at, align: Align::Middle, text });
        }
    }

    /// Returns the rectangle that marks a range of time in the plot. It has the height of the plot, does not extend
    /// beyond it, and is at least two pixels wide so that it is visible.
    fn stretch(&self, plot: &Plot, span: &Range<i64>) -> Rect {
        let left = plot.x(span.start.max(self.window.start));
        let right = plot.x(span.end.min(self.window.end)).max(left + 2.0).min(plot.area.right());
        Rect { left: left.min(right - 2.0), width: (right - left).max(2.0), ..plot.area }
    }

    fn curves(&self, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
        match self.shape {
            Some(shape) => {
                self.layer(plot, false, marks);
                (shape.draw)(self, plot, axis, marks);
                marks.push(Mark::Restore);
            }
            None => self.lines(plot, axis, self.is_filled(axis), marks),
        }
    }

    /// Adds to `marks` the lines of the series on an axis, and the areas of their buckets. If `filled` is true, the area between a
    /// line and zero is filled.
    pub(super) fn lines(&self, plot: &Plot, axis: &Axis, filled: bool, marks: &mut Vec<Mark>) {
        let coloured = self.coloured();
        let ink = |column: usize| match &coloured {
            Some(columns) if !columns.contains(&column) && self.brought_out != Some(column) => Ink::Other,
            Some(_) | None => self.ink(column),
        };
        // From back to front: series without a colour of their own, the others, and the one that is brought out.
        for layer in 0..3 {
            let is_here = |column: usize| match ink(column) {
                _ if self.brought_out == Some(column) => layer == 2,
                Ink::Other => layer == 0,
                _ => layer == 1,
            };
            let columns: Vec<(usize, f64)> =
                axis.columns.iter().copied().filter(|(column, _)| is_here(*column)).collect();
            if !columns.is_empty() {
                self.layer(plot, layer < 2 && self.brought_out.is_some(), marks);
                for (column, factor) in columns {
                    self.bands(plot, (column, factor), ink(column), marks);
                    self.curve(plot, (column, factor), ink(column), filled, marks);
                }
                marks.push(Mark::Restore);
            }
        }
    }

    /// Returns the series that have colours of their own, if there are too many for all; otherwise `None`.
    fn coloured(&self) -> Option<Vec<usize>> {
        let is_drawn = |column: usize| {
            self.axes.0.iter().any(|axis| axis.columns.iter().any(|(drawn, _)| *drawn == column))
        };
        let drawn = self.axes.0.iter().map(|axis| axis.columns.len()).sum::<usize>();
        (drawn > MOST_COLOURED).then(|| listed(self.set.series().len(), is_drawn))
    }

    /// Begins a layer of curves, which end at the edges of the plot and are drawn faintly if `is_behind` is true.
    fn layer(&self, plot: &Plot, is_behind: bool, marks: &mut Vec<Mark>) {
        // The marker at the end of a line is not cut.
        let room = self.surface.font_px * 0.4;
        marks.push(Mark::Clip(Rect {
            left: plot.area.left,
            top: plot.area.top - room,
            width: plot.area.width + room,
            height: plot.area.height + 2.0 * room,
        }));
        if self.dimmed || is_behind {
            marks.push(Mark::Dim);
        }
    }

    /// Adds to `marks` the areas between the lowest and the highest numbers of the buckets of one series. Values are
    /// multiplied by `factor`.
    pub(super) fn bands(&self, plot: &Plot, (column, factor): (usize, f64), ink: Ink, marks: &mut Vec<Mark>) {
        let (bands, lost) = (self.set.bands(column, &self.window), self.breaks(column).lost);
        for run in bands.chunk_by(|before, after| after.is_joined && !lost.meets(before.to_ms, after.from_ms))
        {
            let edge = |value: fn(&Band) -> f64| {
                run.iter().flat_map(move |band| {
                    [band.from_ms, band.to_ms].map(|ts_ms| plot.at((ts_ms, value(band) * factor)))
                })
            };
            if run.iter().any(|band| band.min.0 < band.max.0) {
                let mut points: Vec<Point> = edge(|band| band.max.0).collect();
                let lower: Vec<Point> = edge(|band| band.min.0).collect();
                points.extend(lower.into_iter().rev());
                marks.push(Mark::Band { ink, points });
            }
        }
    }

    /// Returns true if the area below the curves of an axis is filled. A filled area shows an amount above zero, so
    /// it is used only for a single series on an axis that contains zero, and in sparklines.
    fn is_filled(&self, axis: &Axis) -> bool {
        let from_zero = axis.scale.min <= 0.0 && axis.scale.max >= 0.0;
        let is_alone = axis.columns.len() == 1 && (self.set.series().len() == 1 || self.axes.0.len() > 1);
        self.look == Look::Sparkline || is_alone && from_zero
    }

    /// Returns the colour of a series. One that shows another series at an earlier time has the colour of that one.
    pub(crate) fn ink(&self, column: usize) -> Ink {
        let like = self.set.series().get(column).and_then(|series| series.like());
        like.map_or(Ink::Series(column), Ink::Earlier)
    }

    fn curve(
        &self,
        plot: &Plot,
        (column, factor): (usize, f64),
        ink: Ink,
        filled: bool,
        marks: &mut Vec<Mark>,
    ) {
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
        // A line reaches one sample beyond the edge of the window.
        let mut samples = runs.iter().flatten().rev();
        let end = samples.find(|(ts_ms, _)| self.look == Look::Sparkline || *ts_ms <= self.window.end);
        if let Some(at) = end.map(|end| plot.at(*end)).filter(|_| ink != Ink::Other) {
            marks.push(match self.look {
                Look::Sparkline => Mark::Dot { ink, at },
                Look::Line => Mark::End { ink, at },
            });
        }
    }

    /// Returns the lines that are drawn for one series, which are separated by gaps. They include one sample beyond
    /// each edge of the window, so that they reach the edges. Values are multiplied by `factor`, and are left out if a logarithmic
    /// axis has no place for them.
    pub(super) fn runs(&self, plot: &Plot, column: usize, factor: f64) -> Vec<Vec<Sample>> {
        let rows = self.set.rows_reaching(column, &self.window);
        let points = self.set.points(column, rows).map(|(ts_ms, value)| match value {
            // A logarithmic axis has no place for it.
            value if plot.is_log && value <= 0.0 => (ts_ms, f64::NAN),
            value => (ts_ms, value * factor),
        });
        let mut runs = decimate(points, plot.pixel_ms(self.surface.density), self.breaks(column));
        // A sample beyond an edge that no line joins to the window is not seen.
        runs.retain(|run| {
            run.iter().any(|(ts_ms, _)| (self.window.start..=self.window.end).contains(ts_ms))
                || run.len() > 1
        });
        runs
    }

    /// Returns the conditions under which two samples of a series are not joined by a line.
    pub fn breaks(&self, column: usize) -> Breaks<'_> {
        self.set.breaks(column, self.hole_ms)
    }

    fn crosshair(&self, plot: &Plot, marks: &mut Vec<Mark>) {
        let Some(ts_ms) = self.pointed() else { return };
        let x = plot.x(ts_ms);
        let (from, to) = (Point { x, y: plot.area.top }, Point { x, y: plot.area.bottom() });
        marks.push(Mark::Rule { ink: Ink::Crosshair, from, to });
    }

    /// Adds to `marks` a dot for each series on the axis that has a colour, at the sample whose value is shown for the crosshair.
    fn readings(&self, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
        let Some(pointed_ms) = self.pointed() else { return };
        let coloured = self.coloured();
        let has_colour = |column: usize| {
            self.brought_out == Some(column)
                || coloured.as_ref().is_none_or(|columns| columns.contains(&column))
        };
        for (column, factor) in axis.columns.iter().filter(|(column, _)| has_colour(*column)) {
            let row = read_row(self.set, *column, pointed_ms, self.reach_ms(plot, *column));
            if let Some((row, ts_ms)) = row.and_then(|row| Some((row, self.set.time(row)?))) {
                let at = plot.at((ts_ms, self.set.value(*column, row) * factor));
                marks.push(Mark::Dot { ink: self.ink(*column), at });
            }
        }
    }

    fn pointed(&self) -> Option<i64> {
        self.crosshair.filter(|ts_ms| self.window.contains(ts_ms))
    }

    /// Returns the maximum time in milliseconds between the crosshair and the samples of a series whose values are shown
    /// for it. This is the time of eight CSS pixels or half of `hole_ms`, whichever is longer.
    pub fn reach_ms(&self, plot: &Plot, column: usize) -> i64 {
        let pixels_ms = plot.pixel_ms(1.0) * 8;
        let hole_ms = self.breaks(column).hole_ms.filter(|_| self.set.reduced().is_none());
        hole_ms.map_or(pixels_ms, |hole_ms| pixels_ms.max(hole_ms / 2))
    }
}

fn baseline(plot: &Plot, marks: &mut Vec<Mark>) {
    let y = plot.area.bottom();
    let (from, to) = (Point { x: plot.area.left, y }, Point { x: plot.area.right(), y });
    marks.push(Mark::Rule { ink: Ink::Grid, from, to });
}

#[cfg(test)]
mod tests;
