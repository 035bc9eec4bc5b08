//! The attributes by which screen readers read a chart. The code is loaded together with that of the pointers.

use leptos::html;
use leptos::prelude::*;

use super::state::State;
use crate::follow::effect;
use crate::signal::{Memo, Signal};
use board_model::chart::readout::Readout;

/// Keeps the attributes of the chart up to date.
pub(super) fn follow(
    state: State,
    readout: Memo<Readout>,
    name: Signal<String>,
    canvas: NodeRef<html::Canvas>,
) {
    set(canvas, "aria-label", move || format!("{}, chart. Latest: {}", name.get(), state.latest()));
    set(canvas, "aria-valuemax", move || readout.with(seconds_in_all).to_string());
    set(canvas, "aria-valuenow", move || readout.with(seconds_into).to_string());
    set(canvas, "aria-valuetext", move || readout.with(|readout| spoken(readout, state)));
}

/// Sets an attribute of the element around the canvas, and again whenever its value has changed.
fn set(canvas: NodeRef<html::Canvas>, attribute: &'static str, value: impl Fn() -> String + 'static) {
    effect(move || {
        let value = value();
        let plot = canvas.get().and_then(|canvas| canvas.parent_element());
        let plot = plot.filter(|plot| plot.get_attribute(attribute).as_deref() != Some(&value));
        // This fails only for names of attributes that are not valid.
        let _set = plot.map(|plot| plot.set_attribute(attribute, &value));
    });
}

/// Returns the length of the window in seconds. A slider cannot have times since 1970 as values, because browsers show
/// at most six digits of them.
fn seconds_in_all(readout: &Readout) -> i64 {
    (readout.window.end - readout.window.start) / 1_000
}

/// Returns the seconds from the beginning of the window to the crosshair, or to the end without a crosshair.
fn seconds_into(readout: &Readout) -> i64 {
    let ts_ms = readout.crosshair.map_or(readout.window.end, |cursor| cursor.ts_ms);
    (ts_ms - readout.window.start) / 1_000
}

fn spoken(readout: &Readout, state: State) -> String {
    let times =
        readout.crosshair.map_or_else(|| state.moment(readout.window.end), |cursor| state.times(cursor));
    let events = if readout.crosshair.is_some() { state.events(false) } else { Vec::new() };
    [times, ": ".to_owned(), readout.summary(), " ".to_owned(), events.join(", ")]
        .concat()
        .trim_end()
        .to_owned()
}
