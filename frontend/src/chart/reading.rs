//! The reading of values from a chart: pointers and keys that move the crosshair, and the tooltip with the values at it. Its code
//! is loaded after the first picture.

use leptos::html;
use leptos::prelude::*;

use super::advance::advance;
use super::canvas::advance_by;
use super::key_set::classes;
use super::legend::crossed_class;
use super::pointer::Pointers;
use super::spoken;
use super::state::State;
use crate::follow::{effect, follow, parts, when};
use crate::late_style;
use crate::signal::{Memo, RwSignal, Signal};
use board_model::chart::nearness::Nearness;
use board_model::chart::readout::Readout;
use board_model::chart::stroke::MOST_COLOURED;

/// Maximum number of series in the tooltip, which has to fit into a panel of the usual height.
const MOST_TIP_ROWS: usize = 7;

/// The chart from which values are read.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub state: State,
    pub readout: Memo<Readout>,
    pub canvas: NodeRef<html::Canvas>,
    pub name: Signal<String>,
}

/// Handles the pointers and the keys of a chart, and shows the tooltip at the crosshair. From now on, charts draw only what is new.
pub(super) fn show(Reading { state, readout, canvas, name }: Reading) -> AnyView {
    advance_by(advance);
    late_style::adopt(include_str!("../../style/late/reading.css"));
    spoken::follow(state, readout, name, canvas);
    let active = RwSignal::new(false);
    let pointers = Pointers::new(state, active);
    let y = pointers.y;
    let nearness = Memo::new(move |_| {
        // Without a crosshair, nobody asks, and the readout changes all the time.
        let has_crosshair = readout.with(|readout| readout.crosshair.is_some());
        match has_crosshair || y.get().is_some() {
            true => pointers.nearness(),
            false => Nearness::default(),
        }
    });
    effect(move || {
        let pointed =
            nearness.with(|nearness| nearness.pointed.filter(|_| nearness.columns.len() > MOST_COLOURED));
        if y.get().is_some() {
            state.bring_out(pointed);
        }
    });
    effect(move || {
        let canvas = canvas.get();
        canvas.iter().for_each(|canvas| pointers.listen(canvas));
    });
    let is_tipped = Memo::new(move |_| active.get() && readout.with(|readout| readout.crosshair.is_some()));
    when(is_tipped, move || view! { <Tip state readout nearness /> }).into_any()
}

/// Shows the tooltip with the values at the crosshair.
#[component]
fn Tip(state: State, readout: Memo<Readout>, nearness: Memo<Nearness>) -> impl IntoView {
    let cursor = move || readout.with(|readout| readout.crosshair);
    let left = follow(move || cursor().map(|cursor| format!("{:.1}px", cursor.x)));
    let time = follow(move || cursor().map(|cursor| state.times(cursor)));
    let rows = follow(move || {
        let columns = nearness.with(|nearness| nearness.columns.clone());
        let read =
            |column: usize| readout.with(|readout| Some((column, readout.readings.get(column)?.clone())));
        let shown = columns.into_iter().filter_map(read).take(MOST_TIP_ROWS);
        parts(shown.map(|(column, reading)| {
            let class = [classes("key", state.number(column)), crossed_class(readout, column)].concat();
            let details = reading.details();
            view! { <li class=class><span>{reading.name}</span><b>{reading.text}</b><small>{details}</small><i inner_html=state.swatch(column)></i></li> }
        }))
    });
    let more = follow(move || {
        let left_out = nearness.with(|nearness| nearness.columns.len()).saturating_sub(MOST_TIP_ROWS);
        let is_bucket =
            readout.with(|readout| readout.readings.iter().any(|reading| reading.range.is_some()));
        let more = (left_out > 0).then(|| format!("{left_out} more: press L to list all"));
        let last = is_bucket.then(|| "the last value of each bucket".to_owned());
        let words: Vec<String> = last.into_iter().chain(more).collect();
        (!words.is_empty()).then(|| words.join("; "))
    });
    view! {
        <div class="tip" class:is-left=follow(move || cursor().is_some_and(|cursor| cursor.is_right)) style:left=left>
            <time>{time}</time>
            <ul>{rows}</ul>
            <p>{more}</p>
            {follow(move || {
                cursor();
                parts(state.events(false).into_iter().map(|event| view! { <p class="event" style:max-width="18rem" style:white-space="normal" style:overflow-wrap="anywhere">{event}</p> }))
            })}
        </div>
    }
}
