//! The state of a chart component: its inputs, and the values that it keeps between two drawings.

use std::ops::Range;

use leptos::prelude::*;

use super::canvas::Canvas;
use super::theme;
use board_model::chart::axes::{Axes, Wanted};
use board_model::chart::clock::LocalClock;
use board_model::chart::draw::{Look, Scene};
use board_model::chart::format::Unit;
use board_model::chart::geometry::{Plot, Surface};
use board_model::chart::hidden::Hidden;
use board_model::chart::readout::{Readout, Row, step, table};
use board_model::chart::scale::Bounds;
use board_model::chart::series::SeriesSet;

/// Signal with the time at which the crosshair stands, in milliseconds since the Unix epoch. All charts of a page
/// share it.
#[derive(Clone, Copy)]
pub struct Crosshair(RwSignal<Option<i64>>);

impl Crosshair {
    /// Returns the crosshair that the page provides to all its charts, or a new one if the page provides none.
    fn shared() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(None)))
    }
}

/// Provides, as a Leptos context, a crosshair that all charts below the present component share.
pub fn provide_crosshair() {
    provide_context(Crosshair(RwSignal::new(None)));
}

/// Inputs of a chart component, which are described at the properties of `Chart`.
#[derive(Clone, Copy)]
pub(super) struct Inputs {
    pub set: Signal<SeriesSet>,
    pub right_edge: Signal<i64>,
    pub window_ms: Signal<i64>,
    pub look: Look,
    pub unit: Signal<Unit>,
    pub bounds: Signal<Bounds>,
    pub hole_ms: Signal<Option<i64>>,
    pub hidden: RwSignal<Hidden>,
    pub stale: Signal<bool>,
    pub clock: Signal<LocalClock>,
}

/// State of a chart component: its inputs, the crosshair, and the axes and size of its last drawing.
#[derive(Clone, Copy)]
pub(super) struct State {
    inputs: Inputs,
    crosshair: RwSignal<Option<i64>>,
    seconds: Memo<i64>,
    drawn: RwSignal<u32>,
    surface: StoredValue<Surface>,
    axes: StoredValue<Option<Axes>>,
}

impl State {
    pub fn new(inputs: Inputs) -> Self {
        let bare = Surface { width: 0.0, height: 0.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };
        Self {
            inputs,
            crosshair: Crosshair::shared().0,
            seconds: Memo::new(move |_| inputs.right_edge.get() / 1_000),
            drawn: RwSignal::new(0),
            surface: StoredValue::new(bare),
            axes: StoredValue::new(None),
        }
    }

    /// Subscribes the running Leptos effect or memo to all inputs on which the drawing depends.
    pub fn track(&self) {
        self.inputs.set.track();
        self.inputs.right_edge.track();
        self.inputs.window_ms.track();
        self.inputs.hole_ms.track();
        self.inputs.stale.track();
        self.inputs.hidden.track();
        self.inputs.clock.track();
        self.crosshair.track();
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
        self.surface.set_value(canvas.surface());
        self.settle_axis();
        let marks = self.with_scene(|scene| scene.marks());
        canvas.paint(&marks, &theme::palette());
        self.follow();
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

    pub fn is_hidden(&self, column: usize) -> bool {
        self.inputs.hidden.with(|hidden| {
            self.inputs
                .set
                .with_untracked(|set| set.series().get(column).is_some_and(|s| hidden.has(s.name())))
        })
    }

    pub fn toggle(&self, column: usize) {
        self.inputs.hidden.update(|hidden| {
            self.inputs.set.with_untracked(|set| {
                set.series().get(column).into_iter().for_each(|series| hidden.toggle(series.name()));
            });
        });
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

    pub fn window(&self) -> Range<i64> {
        let right = self.inputs.right_edge.get_untracked();
        right - self.inputs.window_ms.get_untracked().max(1)..right
    }

    /// Subscribes the running Leptos effect or memo to the second in which the right edge of the chart is.
    pub fn track_seconds(&self) {
        self.seconds.track();
    }

    /// Returns the newest value of each series in words, regardless of the crosshair, and even while the chart is out
    /// of sight. The text is for screen readers. A reactive caller runs again at most once a second, because people do
    /// not follow spoken text that changes faster.
    pub fn latest(&self) -> String {
        self.seconds.track();
        self.inputs.hidden.track();
        self.with_scene_at(None, |scene| Readout::of(scene).summary())
    }

    fn with_scene<T>(&self, read: impl FnOnce(&Scene<'_>) -> T) -> T {
        self.with_scene_at(self.crosshair.get_untracked(), read)
    }

    fn with_scene_at<T>(&self, crosshair: Option<i64>, read: impl FnOnce(&Scene<'_>) -> T) -> T {
        let axes = self.axes.get_value().unwrap_or_else(|| self.fit_axes());
        self.inputs.set.with_untracked(|set| {
            read(&Scene {
                set,
                look: self.inputs.look,
                window: self.window(),
                axes: &axes,
                unit: &self.inputs.unit.read_untracked(),
                surface: self.surface.get_value(),
                hole_ms: self.inputs.hole_ms.get_untracked(),
                dimmed: self.inputs.stale.get_untracked(),
                crosshair,
                clock: self.inputs.clock.get_untracked(),
            })
        })
    }

    /// Computes the value axes for the data in the window and stores them. It is called only once for each drawing,
    /// because it reads every sample.
    fn settle_axis(&self) {
        self.axes.set_value(Some(self.fit_axes()));
    }

    fn fit_axes(&self) -> Axes {
        self.inputs.set.with_untracked(|set| {
            let wanted = Wanted {
                set,
                hidden: &self.inputs.hidden.read_untracked(),
                window: self.window(),
                unit: &self.inputs.unit.read_untracked(),
                bounds: self.inputs.bounds.get_untracked(),
                surface: self.surface.get_value(),
            };
            self.axes.with_value(|axes| Axes::fit(&wanted, axes.as_ref()))
        })
    }
}

fn nearest_row(scene: &Scene<'_>, plot: &Plot, ts_ms: i64) -> i64 {
    let reach_ms = scene.reach_ms(plot);
    let columns = 0..scene.set.series().len();
    let found = columns
        .filter_map(|column| board_model::chart::geometry::nearest(scene.set, column, ts_ms, reach_ms));
    found.map(|(found_ms, _)| found_ms).min_by_key(|found_ms| (found_ms - ts_ms).abs()).unwrap_or(ts_ms)
}
