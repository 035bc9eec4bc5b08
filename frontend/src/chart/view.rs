//! The chart as a component: canvas, crosshair, tooltip, legend, and a table for those who would rather read.

use leptos::prelude::*;
use leptos::{ev, html};

use super::legend::{Legend, key_class};
use super::stage::Stage;
use super::state::{Inputs, State};
use super::theme;
use super::twin::Twin;
use crate::follow::{follow, parts, when};
use board_model::chart::clock::LocalClock;
use board_model::chart::draw::Look;
use board_model::chart::format::Unit;
use board_model::chart::hidden::Hidden;
use board_model::chart::readout::Readout;
use board_model::chart::scale::Bounds;
use board_model::chart::series::SeriesSet;

/// Rows that Page Up and Page Down move the crosshair by.
const PAGE: isize = 10;

/// A chart of a set of series.
///
/// The set may change as often as it likes; canvas, legend and tooltip follow once a frame, and only in sight.
#[component]
pub fn Chart(
    /// What it shows, for those who cannot see it: `host/cpu`.
    #[prop(into)]
    name: Signal<String>,
    /// The data.
    #[prop(into)]
    series: Signal<SeriesSet>,
    /// The time at the right edge, in milliseconds since the Unix epoch; the chart is drawn when it moves.
    #[prop(into)]
    now_ms: Signal<i64>,
    /// How much time it shows.
    #[prop(into)]
    window_ms: Signal<i64>,
    /// With axes and legend, or bare.
    #[prop(optional)]
    look: Look,
    /// What the numbers count.
    #[prop(optional, into)]
    unit: Signal<Unit>,
    /// Ends of the value axis that are set.
    #[prop(optional, into)]
    bounds: Signal<Bounds>,
    /// Samples further apart than this many milliseconds are not joined.
    #[prop(optional, into)]
    hole_ms: Signal<Option<i64>>,
    /// Whether the data is stale: it is drawn faintly.
    #[prop(optional, into)]
    stale: Signal<bool>,
    /// The series that are switched off; the legend's buttons change it.
    #[prop(optional)]
    hidden: RwSignal<Hidden>,
    /// What local clocks show; the browser's own if it is not given.
    #[prop(optional)]
    clock: Option<LocalClock>,
) -> impl IntoView {
    let clock = clock.unwrap_or_else(local_clock);
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
            {follow(move || if tabular.get() { view! { <Twin state name readout /> }.into_any() } else { plot().into_any() })}
            <Legend state readout tabular named=look == Look::Line />
        </figure>
    }
}

/// What the browser's clock is ahead of UTC now.
pub fn local_clock() -> LocalClock {
    let minutes_behind_utc = js_sys::Date::new_0().get_timezone_offset();
    LocalClock { offset_ms: -(minutes_behind_utc as i64) * 60_000 }
}

/// The canvas, and the crosshair that a pointer or the keyboard moves over it.
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
        if obey(state, &event.key()) {
            event.prevent_default();
            active.set(event.key() != "Escape");
        }
    };
    let is_tipped = Memo::new(move |_| active.get() && readout.with(|readout| readout.crosshair.is_some()));
    let label = follow(move || format!("{}, chart. Latest: {}", name.get(), readout.with(Readout::summary)));
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

/// Draws on the canvas from when it is in the page, whenever something it shows has changed.
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
    Effect::new(move |_| {
        theme::track();
        with_stage(Stage::refit);
    });
    canvas
}

/// Whether a key means something here, after doing it.
fn obey(state: State, key: &str) -> bool {
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

/// The values under the crosshair, beside it.
#[component]
fn Tip(state: State, readout: Memo<Readout>) -> impl IntoView {
    let cursor = move || readout.with(|readout| readout.crosshair);
    let left = follow(move || cursor().map(|cursor| format!("{:.1}px", cursor.x)));
    let time = follow(move || cursor().map(|cursor| state.clock().seconds(cursor.ts_ms)));
    let rows = follow(move || {
        let readings = readout.with(|readout| readout.readings.clone());
        let shown = readings.into_iter().enumerate().filter(|(column, _)| !state.is_hidden(*column));
        parts(shown.map(|(column, reading)| {
            view! { <li class=key_class(column)><span>{reading.name}</span><b>{reading.text}</b></li> }
        }))
    });
    view! {
        <div class="tip" class:is-left=follow(move || cursor().is_some_and(|cursor| cursor.is_right)) style:left=left>
            <time>{time}</time>
            <ul>{rows}</ul>
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
