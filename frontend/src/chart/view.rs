//! The chart component: canvas, crosshair, tooltip, legend, and a table with the same data.

use leptos::prelude::*;
use leptos::{ev, html};

use super::data_table::DataTable;
use super::legend::{Legend, key_class};
use super::stage::Stage;
use super::state::{Inputs, State};
use super::theme;
use crate::follow::{follow, parts, when};
use board_model::chart::clock::LocalClock;
use board_model::chart::draw::Look;
use board_model::chart::format::Unit;
use board_model::chart::hidden::Hidden;
use board_model::chart::readout::Readout;
use board_model::chart::scale::Bounds;
use board_model::chart::series::SeriesSet;

/// Maximum number of series in the tooltip, which has to fit into a panel of the usual height.
const MOST_TIP_ROWS: usize = 7;
/// Number of rows of data by which Page Up and Page Down move the crosshair.
const PAGE: isize = 10;

/// Shows a chart of several series.
///
/// The series may change at any rate. Canvas, legend and tooltip are updated once per animation frame, and only while
/// they are in sight.
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
) -> impl IntoView {
    let clock = clock.unwrap_or_else(|| Signal::stored(local_clock()));
    let inputs = Inputs {
        set: series,
        right_edge: now_ms,
        window_ms,
        look,
        unit,
        bounds,
        hole_ms,
        hidden,
        stale,
        clock,
    };
    let state = State::new(inputs);
    let readout = Memo::new(move |_| state.readout());
    let tabular = RwSignal::new(false);
    let plot = move || view! { <Plot state name readout /> };
    view! {
        <figure class="chart" class:spark=look == Look::Sparkline>
            {follow(move || if tabular.get() { view! { <DataTable state name readout /> }.into_any() } else { plot().into_any() })}
            <Legend state readout tabular named=look == Look::Line />
        </figure>
    }
}

/// Returns the clock of the browser's time zone.
pub fn local_clock() -> LocalClock {
    let offset_ms = |ts_ms: i64| {
        let minutes_behind_utc = js_sys::Date::new(&(ts_ms as f64).into()).get_timezone_offset();
        -(minutes_behind_utc as i64) * 60_000
    };
    LocalClock::of_zone(crate::now::now().wall_ms, offset_ms)
}

/// Shows the canvas of a chart with the crosshair, which the reader can move by a pointer or the keyboard.
#[component]
fn Plot(state: State, name: Signal<String>, readout: Memo<Readout>) -> impl IntoView {
    let canvas = mount(state);
    let active = RwSignal::new(false);
    let leave = move || {
        active.set(false);
        state.point(None);
    };
    let point = move |event: ev::PointerEvent| {
        active.set(true);
        state.point_at(f64::from(event.offset_x()));
    };
    let press = move |event: ev::KeyboardEvent| {
        if handle_key(state, &event.key()) {
            event.prevent_default();
            active.set(event.key() != "Escape");
        }
    };
    let is_tipped = Memo::new(move |_| active.get() && readout.with(|readout| readout.crosshair.is_some()));
    let label = follow(move || format!("{}, chart. Latest: {}", name.get(), state.latest()));
    view! {
        <div
            class="plot"
            role="slider"
            tabindex="0"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax=follow(move || readout.with(seconds_in_all).to_string())
            aria-valuenow=follow(move || readout.with(seconds_into).to_string())
            aria-valuetext=follow(move || readout.with(|readout| spoken(readout, state.clock())))
            on:pointermove=point
            on:pointerdown=point
            on:pointerleave=move |_| leave()
            on:keydown=press
            on:blur=move |_| leave()
        >
            <canvas node_ref=canvas></canvas>
            {when(is_tipped, move || view! { <Tip state readout /> })}
        </div>
    }
}

/// Returns a reference for the canvas element. Once the element is in the page, the chart is drawn on it whenever its
/// data has changed.
fn mount(state: State) -> NodeRef<html::Canvas> {
    let canvas = NodeRef::<html::Canvas>::new();
    let stage = StoredValue::new_local(None::<Stage>);
    canvas.on_load(move |element| stage.set_value(Stage::mount(element, move |canvas| state.draw(canvas))));
    let with_stage = move |act: fn(&Stage)| stage.with_value(|stage| stage.iter().for_each(act));
    Effect::new(move |_| {
        state.track();
        with_stage(Stage::request);
    });
    Effect::new(move |_| {
        state.track_axis();
        state.forget_axis();
        with_stage(Stage::request);
    });
    // The legend and the label are also updated while the chart is out of sight, because screen readers read them.
    Effect::new(move |_| {
        state.track_seconds();
        let is_unseen = stage.with_value(|stage| stage.as_ref().is_none_or(|stage| !stage.is_in_sight()));
        if is_unseen {
            state.refresh();
        }
    });
    Effect::new(move |_| {
        theme::track();
        with_stage(Stage::refit);
    });
    canvas
}

/// Handles a key press on a chart. Returns false if the key has no function there.
fn handle_key(state: State, key: &str) -> bool {
    match key {
        "ArrowLeft" | "ArrowDown" => state.step(-1),
        "ArrowRight" | "ArrowUp" => state.step(1),
        "PageDown" => state.step(-PAGE),
        "PageUp" => state.step(PAGE),
        "Home" => state.step(isize::MIN),
        "End" => state.step(isize::MAX),
        "Escape" => state.point(None),
        _ => return false,
    }
    true
}

/// Shows the tooltip with the values at the crosshair.
#[component]
fn Tip(state: State, readout: Memo<Readout>) -> impl IntoView {
    let cursor = move || readout.with(|readout| readout.crosshair);
    let left = follow(move || cursor().map(|cursor| format!("{:.1}px", cursor.x)));
    let time = follow(move || cursor().map(|cursor| state.clock().seconds(cursor.ts_ms)));
    let rows = follow(move || {
        let readings = readout.with(|readout| readout.readings.clone());
        let shown = readings.into_iter().enumerate().filter(|(column, _)| !state.is_hidden(*column));
        parts(shown.take(MOST_TIP_ROWS).map(|(column, reading)| {
            view! { <li class=key_class(column)><span>{reading.name}</span><b>{reading.text}</b></li> }
        }))
    });
    let more = follow(move || {
        let count = readout.with(|readout| readout.readings.len());
        let shown = (0..count).filter(|column| !state.is_hidden(*column)).count();
        let left_out = shown.saturating_sub(MOST_TIP_ROWS);
        (left_out > 0).then(|| format!("{left_out} more in the list of series"))
    });
    view! {
        <div class="tip" class:is-left=follow(move || cursor().is_some_and(|cursor| cursor.is_right)) style:left=left>
            <time>{time}</time>
            <ul>{rows}</ul>
            <p>{more}</p>
        </div>
    }
}

fn seconds_in_all(readout: &Readout) -> i64 {
    (readout.window.end - readout.window.start) / 1_000
}

fn seconds_into(readout: &Readout) -> i64 {
    let ts_ms = readout.crosshair.map_or(readout.window.end, |cursor| cursor.ts_ms);
    (ts_ms - readout.window.start) / 1_000
}

fn spoken(readout: &Readout, clock: LocalClock) -> String {
    let ts_ms = readout.crosshair.map_or(readout.window.end, |cursor| cursor.ts_ms);
    format!("{}: {}", clock.seconds(ts_ms), readout.summary())
}
