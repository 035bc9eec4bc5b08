//! The legend: each series with its value, and a button that hides or shows it.

use leptos::prelude::*;

use super::state::State;
use super::theme::SERIES_COLOURS;
use crate::follow::{click, follow, numbered};
use board_model::chart::readout::Readout;

/// The average width of a character in a value with its unit, as a multiple of a digit's width.
const LETTER_CH: f64 = 0.92;

/// A button for each series if `named`, and the button that switches between chart and table.
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

/// Returns the class names for the colour and dashes of a series.
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
