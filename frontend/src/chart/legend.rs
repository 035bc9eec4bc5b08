//! The legend: what each series reads, and a button to switch it on and off.

use leptos::prelude::*;

use super::state::State;
use super::theme::SERIES_COLOURS;
use crate::follow::{click, follow, numbered};
use board_model::chart::readout::Readout;

/// How wide a character of a value with its unit is, on average, beside the width of a digit.
const LETTER_CH: f64 = 0.92;

/// One button for each series if they are `named`, and the switch between chart and table.
#[component]
pub(super) fn Legend(
    state: State,
    readout: Memo<Readout>,
    tabular: RwSignal<bool>,
    named: bool,
) -> impl IntoView {
    let count = Memo::new(move |_| if named { readout.with(|readout| readout.readings.len()) } else { 0 });
    view! {
        <figcaption class="legend" data-testid="legend">
            <div class="keys">
                {numbered(count, move |column| view! { <Key state readout column /> }.into_any())}
            </div>
            <button
                class="twin-switch"
                type="button"
                aria-pressed=follow(move || tabular.get().to_string())
                title="Show as table"
                aria-label="Show as table"
                on:click=click(move || tabular.update(|tabular| *tabular = !*tabular))
            ></button>
        </figcaption>
    }
}

/// Colour and dashes of a series, as class names.
pub(super) fn key_class(column: usize) -> String {
    format!("key c{} round{}", column % SERIES_COLOURS + 1, (column / SERIES_COLOURS).min(2))
}

#[component]
fn Key(state: State, readout: Memo<Readout>, column: usize) -> impl IntoView {
    let read = move |part: fn(&board_model::chart::readout::Reading) -> &String| {
        readout.with(|readout| readout.readings.get(column).map(part).cloned().unwrap_or_default())
    };
    let width =
        follow(move || format!("{:.1}ch", readout.with(|readout| readout.number_chars) as f64 * LETTER_CH));
    view! {
        <button
            class=key_class(column)
            type="button"
            aria-pressed=follow(move || (!state.is_hidden(column)).to_string())
            on:click=click(move || state.toggle(column))
        >
            <span>{follow(move || read(|reading| &reading.name))}</span>
            <b style:min-width=width>{follow(move || read(|reading| &reading.text))}</b>
        </button>
    }
}
