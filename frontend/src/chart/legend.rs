//! The legend of a chart: each series with its value, as a button that hides or shows the series.

use leptos::prelude::*;

use super::state::State;
use super::theme::SERIES_COLOURS;
use crate::follow::{click, follow, numbered, when};
use board_model::chart::readout::Readout;

/// Average width of a character in a value with its unit, as a multiple of the width of a digit.
const LETTER_CH: f64 = 0.92;

/// Maximum number of series that the legend lists beside the chart. If there are more, a button at its end opens a
/// list of all series.
const FEW: usize = 8;

/// Shows the legend of a chart: a button for each series if `named` is true, and the button that switches between
/// chart and table.
#[component]
pub(super) fn Legend(
    state: State,
    readout: Memo<Readout>,
    tabular: RwSignal<bool>,
    named: bool,
) -> impl IntoView {
    let count = Memo::new(move |_| if named { readout.with(|readout| readout.readings.len()) } else { 0 });
    let has_more = Memo::new(move |_| count.get() > FEW);
    let few = Memo::new(move |_| count.get().min(FEW));
    let list_id = format!("series-{}", next_id());
    view! {
        <figcaption class="legend" data-testid="legend">
            <div class="keys">
                {numbered(few, move |column| view! { <Key state readout column /> }.into_any())}
            </div>
            {when(has_more, move || view! {
                <button class="more" type="button" popovertarget=list_id.clone() data-testid="more-series">
                    {follow(move || format!("+{}", count.get() - FEW))}
                </button>
                <div class="pop all-keys" id=list_id.clone() popover="auto" data-testid="all-series">
                    <h4>{follow(move || all_words(readout))}</h4>
                    {numbered(count, move |column| view! { <Key state readout column /> }.into_any())}
                </div>
            })}
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

/// Returns a number that no other legend of the page has. It is a part of the HTML id of the list of all series.
fn next_id() -> u64 {
    thread_local! {
        static LAST: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    }
    LAST.with(|last| {
        last.set(last.get() + 1);
        last.get()
    })
}

/// Returns the CSS classes that give the series with the index `column` its colour and its dashes.
pub(super) fn key_class(column: usize) -> String {
    format!("key c{} round{}", column % SERIES_COLOURS + 1, (column / SERIES_COLOURS).min(2))
}

/// Returns true if a series has no current value: it has stopped, or its newest value is not a number.
fn is_over(readout: Memo<Readout>, column: usize) -> bool {
    readout.with(|readout| readout.readings.get(column).is_some_and(|reading| reading.is_over))
}

/// Returns the heading of the list of all series: `40 series`, followed by the number of further series that the
/// chart does not draw.
fn all_words(readout: Memo<Readout>) -> String {
    readout.with(|readout| match readout.left_out {
        0 => format!("{} series", readout.readings.len()),
        more => format!("{} series; {more} more are not drawn", readout.readings.len()),
    })
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
            class:is-over=follow(move || is_over(readout, column))
            type="button"
            aria-pressed=follow(move || (!state.is_hidden(column)).to_string())
            on:click=click(move || state.toggle(column))
        >
            <span>{follow(move || read(|reading| &reading.name))}</span>
            <b style:min-width=width>{follow(move || read(|reading| &reading.text))}</b>
        </button>
    }
}
