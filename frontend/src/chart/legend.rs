//! The legend of a chart: each series with its value, as a button. What the buttons do is in `keys`, whose code is loaded
//! after the first picture.

use leptos::prelude::*;

use super::key_set::{KeySet, classes};
use super::keys;
use super::state::State;
use crate::follow::{Entry, click, follow, list};
use crate::late::part;
use crate::signal::{Memo, RwSignal, Signal};
use board_model::chart::readout::Readout;

/// Average width of a character in a value with its unit, as a multiple of the width of a digit.
const LETTER_CH: f64 = 0.92;

part!(load_keys, KeySet, keys::show, quiet);

/// Shows the legend of a chart: a button for each series if `named` is true, the button that opens the list of all series, and the
/// button that switches between chart and table.
#[component]
pub(super) fn Legend(
    state: State,
    readout: Memo<Readout>,
    name: Signal<String>,
    tabular: RwSignal<bool>,
    named: bool,
) -> impl IntoView {
    let count = Memo::new(move |_| if named { readout.with(|readout| readout.readings.len()) } else { 0 });
    let keys = KeySet { state, readout, name };
    let entry =
        move |column: usize| Entry::new(column.to_string(), move || view! { <Key state readout column /> });
    view! {
        <figcaption class="legend" data-testid="legend">
            <div class="keys">
                {list(move || state.listed(count.get()).into_iter().map(entry).collect())}
            </div>
            {named.then(|| view! {
                <button class="more" type="button" title="List of series (l)" data-testid="more-series">
                    {follow(move || more(count.get(), state))}
                </button>
            }.into_any())}
            <button
                class="twin-switch"
                type="button"
                aria-pressed=follow(move || tabular.get().to_string())
                title="Show as table"
                aria-label="Show as table"
                on:click=click(move || tabular.update(|tabular| *tabular = !*tabular))
            ></button>
            {named.then(|| load_keys(keys))}
        </figcaption>
    }
}

/// Returns the number of series that the legend does not name, such as `+37`; empty if it names all.
fn more(count: usize, state: State) -> String {
    match count - state.listed(count).len() {
        0 => String::new(),
        more => ["+", &more.to_string()].concat(),
    }
}

/// Returns the CSS class of a series whose value crosses a threshold.
pub(super) fn crossed_class(readout: Memo<Readout>, column: usize) -> String {
    readout.with(|readout| {
        let crossed = readout.readings.get(column).and_then(|reading| reading.crossed.as_ref());
        crossed.map(|crossed| [" has-", crossed.means.word()].concat()).unwrap_or_default()
    })
}

/// Returns true if a series has no current value: it has stopped, or its newest value is not a number.
fn is_over(readout: Memo<Readout>, column: usize) -> bool {
    readout.with(|readout| readout.readings.get(column).is_some_and(|reading| reading.is_over))
}

#[component]
fn Key(state: State, readout: Memo<Readout>, column: usize) -> impl IntoView {
    let read = move |part: fn(&board_model::chart::readout::Reading) -> &String| {
        readout.with(|readout| readout.readings.get(column).map(part).cloned().unwrap_or_default())
    };
    let width =
        follow(move || format!("{:.1}ch", readout.with(|readout| readout.number_chars) as f64 * LETTER_CH));
    let number = state.number(column);
    view! {
        <button
            class=follow(move || [classes("key", number), crossed_class(readout, column)].concat())
            class:is-over=follow(move || is_over(readout, column))
            type="button"
            title=follow(move || readout.with(|readout| readout.readings.get(column)?.hint()))
            aria-pressed=follow(move || (!state.is_hidden(column)).to_string())
            data-n=column.to_string()
        >
            <span>{follow(move || read(|reading| &reading.name))}</span>
            <b style:min-width=width>{follow(move || read(|reading| &reading.text))}</b>
            <i inner_html=state.swatch(column)></i>
        </button>
    }
}
