//! The state of a chart component: its inputs, and the values that it keeps between two drawings.

use std::ops::Range;

use leptos::prelude::*;

use super::canvas::Canvas;
use super::events;
use super::theme::{self, Palette};
use crate::signal::{Memo, RwSignal, Signal, StoredValue};
use crate::time::Time;
use board_model::chart::axes::{Axes, Wanted};
use board_model::chart::clock::LocalClock;
use board_model::chart::draw::{Look, Mark, Picture, Scene, Shape};
use board_model::chart::format::Unit;
use board_model::chart::geometry::{Plot, Surface};
use board_model::chart::hidden::Hidden;
use board_model::chart::pace;
use board_model::chart::readout::{Cursor, Readout, Row, step, table};
use board_model::chart::scale::Bounds;
use board_model::chart::series::{Series, SeriesSet};
use board_model::chart::shift::on_pixels;
use board_model::chart::stroke::listed;
use board_model::chart::stroke::{earlier_swatch, swatch};
use board_model::gesture::Ruler;
use board_model::stream::Stream;

/// Half a day in milliseconds.
const HALF_DAY_MS: i64 = 43_200_000;

/// Inputs of a chart component, which are described at the properties of `Chart`.
#[derive(Clone, Copy)]
pub struct Inputs {
    /// The series to draw.
    pub set: Signal<SeriesSet>,
    /// Time at the right edge, in milliseconds since the Unix epoch.
    pub right_edge: Signal<i64>,
    /// Length of the range of time that the chart shows, in milliseconds.
    pub window_ms: Signal<i64>,
    /// Appearance of the chart.
    pub look: Look,
    /// Way in which the series are drawn; `None` for lines.
    pub shape: Option<Shape>,
    /// Unit of the series that have no unit of their own.
    pub unit: Signal<Unit>,
    /// Ends of the value axis that the publisher has set.
    pub bounds: Signal<Bounds>,
    /// Maximum time in milliseconds between two samples that are joined by a line; `None` if all are joined.
    pub hole_ms: Signal<Option<i64>>,
    /// Series that the reader has switched off.
    pub hidden: RwSignal<Hidden>,
    /// True if the data is stale.
    pub stale: Signal<bool>,
    /// Clock of the time zone in which times are written.
    pub clock: Signal<LocalClock>,
    /// State of the topic, which has the thresholds of the chart; `None` if the chart is alone.
    pub stream: Option<RwSignal<Stream>>,
}

/// State of a chart component: its inputs, the crosshair, and the axes and size of its last drawing.
#[derive(Clone, Copy)]
pub(super) struct State {
    inputs: Inputs,
    /// The time of the page; `None` if the chart is alone.
    time: Option<Time>,
    crosshair: RwSignal<Option<i64>>,
    brush: RwSignal<Option<Range<i64>>>,
    /// Index of the series at which the reader points; `None` if there is none. It has the type of the crosshair, because the
    /// code of every type of signal makes the page larger.
    brought_out: RwSignal<Option<i64>>,
    seconds: Memo<i64>,
    drawn: RwSignal<u32>,
    surface: StoredValue<Surface>,
    /// Width of the plot in the last drawing, in device pixels; 0 before.
    plot_px: StoredValue<f64>,
    axes: StoredValue<Option<Axes>>,
}

impl State {
    pub fn new(inputs: Inputs) -> Self {
        let bare = Surface { width: 0.0, height: 0.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };
        let time: Option<Time> = use_context();
        Self {
            inputs,
            time,
            crosshair: time.map_or_else(|| RwSignal::new(None), |time| time.crosshair),
            brush: time.map_or_else(|| RwSignal::new(None), |time| time.brush),
            brought_out: RwSignal::new(None),
            seconds: Memo::new(move |_| inputs.right_edge.get() / 1_000),
            drawn: RwSignal::new(0),
            surface: StoredValue::new(bare),
            plot_px: StoredValue::new(0.0),
            axes: StoredValue::new(None),
        }
    }

    /// Subscribes the running Leptos effect or memo to the data and the right edge, which change all the time.
    pub fn track_data(&self) {
        self.inputs.set.track();
        self.inputs.right_edge.track();
    }

    /// Returns the number of times a second at which new data is drawn on a canvas of this size; `None` if it is drawn at once. The past
    /// changes only when the reader moves it, and follows the pointer.
    pub fn rate_hz(&self, surface: &Surface) -> Option<u64> {
        (!self.is_past()).then(|| pace::drawing_hz(self.inputs.window_ms.get_untracked(), surface))
    }

    /// Subscribes the running Leptos effect or memo to all other inputs on which the drawing depends. They change when somebody
    /// acts, and a change has to be seen at once.
    pub fn track_look(&self) {
        self.inputs.window_ms.track();
        self.inputs.hole_ms.track();
        self.inputs.stale.track();
        self.inputs.hidden.track();
        self.inputs.clock.track();
        self.crosshair.track();
        self.brush.track();
        self.brought_out.track();
        self.track_events();
    }

    /// Subscribes the running Leptos effect or memo to the right edge, but only once a second.
    pub fn track_seconds(&self) {
        self.seconds.track();
    }

    /// Subscribes the running Leptos effect or memo to the unit and the bounds. If these change, the value axes have
    /// to be computed without regard to the previous ones.
    pub fn track_axis(&self) {
        self.inputs.unit.track();
        self.inputs.bounds.track();
    }

    /// Drops the stored value axes. The next drawing then chooses new ones without regard to the previous ones;
    /// otherwise it keeps an axis that still fits the data.
    pub fn forget_axis(&self) {
        self.axes.set_value(None);
    }

    pub fn draw(&self, canvas: &Canvas) {
        let picture = self.picture(canvas);
        self.plot_px.set_value(picture.area.width * canvas.surface().density);
        canvas.show(picture, &theme::palette());
        self.follow();
    }

    /// Draws the chart in these colours, without notifying anybody, and returns its marks.
    pub fn draw_in(&self, canvas: &Canvas, palette: &Palette) -> Vec<Mark> {
        let marks = self.picture(canvas).marks;
        canvas.paint(&marks, palette);
        marks
    }

    fn picture(&self, canvas: &Canvas) -> Picture {
        self.surface.set_value(canvas.surface());
        self.settle_axis();
        self.with_scene(|scene| {
            let mut picture = scene.picture();
            events::mark(scene, &mut picture.marks);
            picture
        })
    }

    /// Updates the value axes and the readout without drawing. It is called if there is no canvas to draw on, or if
    /// it is out of sight.
    pub fn refresh(&self) {
        self.settle_axis();
        self.follow();
    }

    /// Notifies the effects and memos that read the readout or the rows.
    fn follow(&self) {
        self.drawn.update(|drawn| *drawn = drawn.wrapping_add(1));
    }

    fn track_events(&self) {
        self.time.iter().for_each(|time| time.events.track());
    }

    /// Returns the events near the crosshair in words, or all in the window of the chart if `all` is true.
    pub fn events(&self, all: bool) -> Vec<String> {
        self.track_events();
        self.with_scene(|scene| events::words(scene, all))
    }

    /// Returns the values that the chart shows as text. The caller is notified after each drawing, and therefore at
    /// most once per animation frame.
    pub fn readout(&self) -> Readout {
        self.drawn.track();
        self.with_scene(Readout::of)
    }

    /// Returns at most `most` rows for the table of the chart, the newest first. The caller is notified after each
    /// drawing.
    pub fn rows(&self, most: usize) -> Vec<Row> {
        self.drawn.track();
        self.with_scene(|scene| table(scene.set, &scene.window, most))
    }

    pub fn clock(&self) -> LocalClock {
        self.inputs.clock.get()
    }

    /// Returns a time in words, with its day if it is not the present one.
    pub fn moment(&self, ts_ms: i64) -> String {
        let edge = match self.time {
            Some(time) => time.edge.get_untracked(),
            None => self.inputs.right_edge.get_untracked(),
        };
        self.clock().moment(ts_ms, edge)
    }

    /// Returns the time of the values at the crosshair in words or, for values of a bucket, the times of its first and its
    /// last value.
    pub fn times(&self, cursor: Cursor) -> String {
        match cursor.bucket {
            // The second time has no day if it is on the same day or in the night after it.
            Some((from_ms, to_ms)) if to_ms - from_ms < HALF_DAY_MS => {
                [self.moment(from_ms), self.clock().seconds(to_ms)].join(" to ")
            }
            Some((from_ms, to_ms)) => [self.moment(from_ms), self.moment(to_ms)].join(" to "),
            None => self.moment(cursor.ts_ms),
        }
    }

    /// Returns the number of a series, which determines its colour and marker. A series at an earlier time has that of the present one.
    pub fn number(&self, column: usize) -> usize {
        self.like(column).unwrap_or(column)
    }

    /// Returns a short line of a series with its marker, as HTML.
    pub fn swatch(&self, column: usize) -> String {
        self.like(column).map_or_else(|| swatch(column), earlier_swatch)
    }

    fn like(&self, column: usize) -> Option<usize> {
        self.inputs.set.with_untracked(|set| set.series().get(column)?.like())
    }

    pub fn is_hidden(&self, column: usize) -> bool {
        self.inputs.hidden.with(|hidden| {
            self.inputs
                .set
                .with_untracked(|set| set.series().get(column).is_some_and(|s| hidden.has(s.name())))
        })
    }

    /// Returns the series that the legend names, of which there are `count` in all.
    pub fn listed(&self, count: usize) -> Vec<usize> {
        self.inputs.hidden.track();
        listed(count, |column| !self.is_hidden(column))
    }

    /// Returns the signal with the series that are switched off.
    pub fn hidden(&self) -> RwSignal<Hidden> {
        self.inputs.hidden
    }

    /// Returns the name of a series; `None` if there is no such series.
    pub fn name_of(&self, column: usize) -> Option<String> {
        self.inputs.set.with_untracked(|set| Some(set.series().get(column)?.name().to_owned()))
    }

    /// Brings out the series at which the reader points; none if `column` is `None`.
    pub fn bring_out(&self, column: Option<usize>) {
        let column = column.and_then(|column| i64::try_from(column).ok());
        if self.brought_out.get_untracked() != column {
            self.brought_out.set(column);
        }
    }

    /// Moves the crosshair to the sample nearest to the horizontal position `x` in CSS pixels. If no sample is near,
    /// moves it to `x` itself.
    pub fn point_at(&self, x: f64) {
        let ts_ms = self.with_scene(|scene| {
            let plot = scene.plot();
            nearest_row(scene, &plot, plot.time_at(x))
        });
        self.point(Some(ts_ms));
    }

    /// Returns the handle to the time of the page; `None` if the chart is alone.
    pub fn time(&self) -> Option<Time> {
        self.time
    }

    /// Returns the conversion of horizontal positions on the canvas to times.
    pub fn ruler(&self) -> Ruler {
        let area = self.with_scene(|scene| scene.plot().area);
        Ruler { left: area.left, width: area.width, stretch: self.window() }
    }

    /// Returns true if the chart shows a stretch of the past.
    fn is_past(&self) -> bool {
        self.time.is_some_and(|time| time.view.get_untracked().past().is_some())
    }

    /// Moves the crosshair by this number of rows; a negative number means back in time.
    pub fn step(&self, steps: isize) {
        let from_ms = self.crosshair.get_untracked();
        let ts_ms = self.with_scene(|scene| step(scene.set, &scene.window, from_ms, steps));
        self.point(ts_ms);
    }

    /// Moves the crosshair to the time `ts_ms`, or removes it if `ts_ms` is `None`.
    pub fn point(&self, ts_ms: Option<i64>) {
        if self.crosshair.get_untracked() != ts_ms {
            self.crosshair.set(ts_ms);
        }
    }

    /// Returns the times at the edges of the chart. Live data moves by whole device pixels.
    pub fn window(&self) -> Range<i64> {
        let right = self.inputs.right_edge.get_untracked();
        let window = right - self.inputs.window_ms.get_untracked().max(1)..right;
        if self.is_past() { window } else { on_pixels(window, self.plot_px.get_value()) }
    }

    /// Returns the newest value of each series in words, regardless of the crosshair, and even while the chart is out
    /// of sight. The text is for screen readers. A reactive caller runs again at most once a second, because people do
    /// not follow spoken text that changes faster.
    pub fn latest(&self) -> String {
        self.seconds.track();
        self.inputs.hidden.track();
        self.with_scene_at(None, |scene| Readout::of(scene).summary())
    }

    /// Calls `read` with what the chart shows, and returns its result.
    pub fn with_scene<T>(&self, read: impl FnOnce(&Scene<'_>) -> T) -> T {
        self.with_scene_at(self.crosshair.get_untracked(), read)
    }

    fn with_scene_at<T>(&self, crosshair: Option<i64>, read: impl FnOnce(&Scene<'_>) -> T) -> T {
        let (mut read, mut result) = (Some(read), None);
        self.show_scene(crosshair, &mut |scene| result = read.take().map(|read| read(scene)));
        result.expect("the scene was shown once")
    }

    /// Calls `read` once with the scene. This function is not generic, so that its code is in the page once.
    fn show_scene(&self, crosshair: Option<i64>, read: &mut dyn FnMut(&Scene<'_>)) {
        let axes = self.axes.get_value().unwrap_or_else(|| self.fit_axes());
        let limits =
            self.inputs.stream.and_then(|stream| stream.with_untracked(|stream| stream.limits().cloned()));
        let unit = self.inputs.unit.get_untracked();
        self.inputs.set.with_untracked(|set| {
            read(&Scene {
                set,
                look: self.inputs.look,
                shape: self.inputs.shape,
                window: self.window(),
                axes: &axes,
                unit: &unit,
                surface: self.surface.get_value(),
                hole_ms: self.inputs.hole_ms.get_untracked(),
                dimmed: self.inputs.stale.get_untracked(),
                crosshair,
                brush: self.brush.get_untracked(),
                brought_out: self.brought_out.get_untracked().and_then(|column| usize::try_from(column).ok()),
                is_past: self.is_past(),
                clock: self.inputs.clock.get_untracked(),
                limits: limits.as_deref(),
            });
        });
    }

    /// Computes the value axes for the data in the window and stores them. It is called only once for each drawing,
    /// because it reads every sample.
    fn settle_axis(&self) {
        self.axes.set_value(Some(self.fit_axes()));
    }

    fn fit_axes(&self) -> Axes {
        let unit = self.inputs.unit.get_untracked();
        self.inputs.set.with_untracked(|set| {
            let hidden = match self.inputs.look {
                Look::Line => self.inputs.hidden.get_untracked(),
                // The figure above the line is that of the first series.
                Look::Sparkline => Hidden::all_but_first(set.series().iter().map(Series::name)),
            };
            let wanted = Wanted {
                set,
                hidden: &hidden,
                window: self.window(),
                unit: &unit,
                bounds: self.inputs.bounds.get_untracked(),
                surface: self.surface.get_value(),
            };
            let fit: fn(&Wanted<'_>, Option<&Axes>) -> Axes = match self.inputs.shape {
                Some(shape) => shape.fit,
                None => Axes::fit,
            };
            self.axes.with_value(|axes| fit(&wanted, axes.as_ref()))
        })
    }
}

fn nearest_row(scene: &Scene<'_>, plot: &Plot, ts_ms: i64) -> i64 {
    let nearest = |column| {
        board_model::chart::geometry::nearest(scene.set, column, ts_ms, scene.reach_ms(plot, column))
    };
    let found = (0..scene.set.series().len()).filter_map(nearest);
    found.map(|(found_ms, _)| found_ms).min_by_key(|found_ms| (found_ms - ts_ms).abs()).unwrap_or(ts_ms)
}
