//! The chart component: canvas, crosshair, tooltip, legend, and a table with the same data.

use leptos::html;
use leptos::prelude::*;

use super::data_table::{self, Table};
use super::frame::{FrameTask, Step};
use super::legend::Legend;
use super::reading::{self, Reading};
use super::stage::Stage;
use super::state::{Inputs, State};
use super::theme;
use crate::follow::{effect, follow};
use crate::late::{self, part};
use crate::signal::{Memo, RwSignal, Signal, StoredValue};
use board_model::chart::clock::LocalClock;
use board_model::chart::draw::{Look, Shape};
use board_model::chart::format::Unit;
use board_model::chart::hidden::Hidden;
use board_model::chart::pace;
use board_model::chart::readout::Readout;
use board_model::chart::scale::Bounds;
use board_model::chart::series::SeriesSet;
use board_model::stream::Stream;

part!(load_table, Table, data_table::show);
part!(load_reading, Reading, reading::show, quiet);

/// Loads the code that reads values from charts, which the reader may need as soon as a chart is shown.
pub fn prepare() {
    late::load(load_reading::entrance());
}

/// Shows a chart of several series.
///
/// The series may change at any rate. Canvas, legend and tooltip are updated when the data has moved by a device pixel, at once when
/// the reader acts, and only while they are in sight.
#[component]
pub fn Chart(
    /// Name for screen readers, such as `host/cpu`.
    #[prop(into)]
    name: Signal<String>,
    /// The series to draw.
    #[prop(into)]
    series: Signal<SeriesSet>,
    /// Time at the right edge, in milliseconds since the Unix epoch.
    #[prop(into)]
    now_ms: Signal<i64>,
    /// Length of the range of time that the chart shows, in milliseconds.
    #[prop(into)]
    window_ms: Signal<i64>,
    /// Appearance of the chart: with axes and legend, or as a sparkline.
    #[prop(optional)]
    look: Look,
    /// The way in which the series are drawn, if they are not drawn as lines.
    #[prop(optional_no_strip)]
    shape: Option<Shape>,
    /// Unit of the series that have no unit of their own.
    #[prop(optional, into)]
    unit: Signal<Unit>,
    /// Ends of the value axis that the publisher has set.
    #[prop(optional, into)]
    bounds: Signal<Bounds>,
    /// Maximum time in milliseconds between two samples that are joined by a line; `None` if all are joined.
    #[prop(optional, into)]
    hole_ms: Signal<Option<i64>>,
    /// True if the data is stale. The chart is then drawn faintly.
    #[prop(optional, into)]
    stale: Signal<bool>,
    /// Series that the reader has switched off. The buttons of the legend change this signal.
    #[prop(optional)]
    hidden: RwSignal<Hidden>,
    /// Clock of the time zone in which times are written. If it is not given, the browser's time zone is used.
    #[prop(optional, into)]
    clock: Option<Signal<LocalClock>>,
    /// State of the topic, which has the thresholds of the chart.
    #[prop(optional)]
    stream: Option<RwSignal<Stream>>,
) -> impl IntoView {
    let clock = clock.unwrap_or_else(|| Signal::stored(crate::now::local_clock()));
    let inputs = Inputs {
        set: series,
        right_edge: now_ms,
        window_ms,
        look,
        shape,
        unit,
        bounds,
        hole_ms,
        hidden,
        stale,
        clock,
        stream,
    };
    let state = State::new(inputs);
    let readout = Memo::new(move |_| state.readout());
    let tabular = RwSignal::new(false);
    let plot = move || view! { <Plot state name readout /> };
    view! {
        <figure class="chart" class:spark=look == Look::Sparkline>
            {follow(move || if tabular.get() { load_table(Table { state, name, readout }) } else { plot().into_any() })}
            <Legend state readout name tabular named=look == Look::Line && shape.is_none_or(|shape| shape.has_keys) />
        </figure>
    }
}

/// Shows the canvas of a chart with the crosshair, which the reader can move by a pointer or the keyboard.
#[component]
fn Plot(state: State, name: Signal<String>, readout: Memo<Readout>) -> impl IntoView {
    let canvas = mount(state);
    view! {
        <div
            class="plot"
            role="slider"
            tabindex="0"
            aria-label=name.get_untracked()
            aria-valuemin="0"
        >
            <canvas node_ref=canvas></canvas>
            {load_reading(Reading { state, readout, canvas, name })}
        </div>
    }
}

/// Returns a reference for the canvas element. Once the element is in the page, the chart is drawn on it whenever its
/// data has changed.
fn mount(state: State) -> NodeRef<html::Canvas> {
    let canvas = NodeRef::<html::Canvas>::new();
    let stage = StoredValue::new(None::<Stage>);
    canvas.on_load(move |element| {
        stage.set_value(Stage::mount(element, move |canvas| state.draw(canvas)));
    });
    let with_stage = move |act: fn(&Stage)| stage.with_value(|stage| stage.iter().for_each(act));
    effect(move || {
        state.track_data();
        stage.with_value(|stage| {
            stage.iter().for_each(|stage| match state.rate_hz(&stage.surface()) {
                Some(rate_hz) => stage.request_at(rate_hz),
                None => stage.request(),
            });
        });
    });
    effect(move || {
        state.track_look();
        with_stage(Stage::request);
    });
    effect(move || {
        state.track_axis();
        state.forget_axis();
        with_stage(Stage::request);
    });
    // The legend and the label are also updated while the chart is out of sight, because screen readers read them.
    let is_unseen = move || {
        stage.try_with_value(|stage| stage.as_ref().is_none_or(|stage| !stage.is_in_sight())) == Some(true)
    };
    let refresh = move || {
        if is_unseen() {
            state.refresh();
        }
    };
    let refresh = StoredValue::new(FrameTask::new(Step::Draw, refresh));
    effect(move || {
        state.track_data();
        state.track_look();
        if is_unseen() {
            // People do not follow spoken text that changes faster, and a board may have hundreds of such charts.
            let left_ms = pace::until_next_ms(crate::now::now().mono_ms, pace::SECOND_HZ);
            refresh.with_value(|refresh| refresh.request_after(left_ms));
        }
    });
    effect(move || {
        theme::track();
        with_stage(Stage::refit);
    });
    canvas
}
