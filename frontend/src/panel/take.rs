//! The part of a panel's details that takes something elsewhere: the data as a file, a picture, a value, and the address of the panel
//! alone. The code is loaded with the details.

use leptos::html;
use leptos::prelude::*;

use super::picture;
use super::shown::Shown;
use super::values::{self, Value};
use crate::follow::{click, follow, parts};
use crate::signal::RwSignal;
use crate::{file, prefs};
use board_model::csv::{file_name, panel_csv};

/// Shows the buttons. `said` below them tells what was done.
pub(super) fn show(shown: Shown) -> AnyView {
    let said = RwSignal::new(String::new());
    let key = move || shown.stream.with_untracked(|stream| stream.topic().to_string());
    let file = move || file_name(&key(), shown.stretch().end);
    let save_data = move || {
        let is_offered = file::offer_text(&(file() + ".csv"), &js_sys::Array::of1(&csv(shown).into()));
        let words =
            if is_offered { "The data was saved as a file." } else { "The browser could not save the file." };
        said.set(words.to_owned());
    };
    let save_picture = move || picture::save(shown, file() + ".png", move |words| said.set(words.to_owned()));
    let address = move || prefs::panel_address(&key(), shown.board.time.past(), shown.board.time.window());
    let copy_address = move || {
        said.set(copied(untrack(address), "Copy this address:", "The address was copied."));
    };
    let copy_html = move || {
        said.set(copied(frame(&untrack(address), &untrack(|| shown.names())), "Copy this HTML:", EMBEDDING));
    };
    let button = |words: &'static str, test: &'static str, act: crate::follow::Click| {
        view! { <button class="tool" type="button" on:click=act data-testid=test>{words}</button> }
    };
    view! {
        <div class="take" role="group" aria-label="Take elsewhere" data-testid="take">
            {button("Save data (CSV)", "save-csv", click(save_data))}
            {button("Save picture (PNG)", "save-png", click(save_picture))}
            {button("Copy address of this panel", "copy-panel-address", click(copy_address))}
            {button("Copy HTML for embedding", "copy-embedding", click(copy_html))}
        </div>
        {value(shown, said)}
        <p role="status" data-testid="taken">{follow(move || said.get())}</p>
    }
    .into_any()
}

/// Words after the HTML for embedding was copied.
const EMBEDDING: &str = "The HTML was copied. The server shows the panel only in pages of origins that it was started with: --allow-embed ORIGIN.";

/// Copies a text, and returns words about it. On pages that may not copy, a dialog shows the text, and there is nothing to say.
fn copied(text: String, words: &str, done: &str) -> String {
    if prefs::copy(&text, words) { done.to_owned() } else { String::new() }
}

/// Returns HTML that shows a page in a frame.
fn frame(address: &str, name: &str) -> String {
    let address = address.replace('&', "&amp;").replace('"', "%22");
    [
        "<iframe src=\"",
        &address,
        "\" title=\"",
        name,
        "\" width=\"480\" height=\"270\" loading=\"lazy\" style=\"border: 0\"></iframe>",
    ]
    .concat()
}

/// Shows a list of the values that the panel shows, and the button that copies the chosen one with the digits that were sent.
fn value(shown: Shown, said: RwSignal<String>) -> AnyView {
    let (known, choice) = (RwSignal::new(untrack(|| values::of(shown))), NodeRef::<html::Select>::new());
    // The list does not change while it is open, because a choice in it would be lost.
    let renew = move || known.set(untrack(|| values::of(shown)));
    let option = |Value { name, .. }: Value| view! { <option value=name.clone()>{name.clone()}</option> };
    let copy = move || {
        let name = choice.get_untracked().map(|choice| choice.value()).unwrap_or_default();
        let found = untrack(|| values::of(shown)).into_iter().find(|value| value.name == name);
        said.set(match found {
            Some(value) => {
                let done = ["Copied: ", &value.text].concat();
                copied(value.text, "Copy this value:", &done)
            }
            None => "There is no value to copy.".to_owned(),
        });
    };
    view! {
        <div class="take">
            <select class="filter" aria-label="Value to copy" on:focus=move |_| renew() node_ref=choice data-testid="values">
                {follow(move || parts(known.get().into_iter().map(option)))}
            </select>
            <button class="tool" type="button" on:click=click(copy) data-testid="copy-value">"Copy value"</button>
        </div>
    }
    .into_any()
}

fn csv(shown: Shown) -> String {
    untrack(|| {
        let state = shown.chip.with(|chip| chip.missing().unwrap_or_default().to_owned());
        shown.stream.with(|stream| {
            let now = shown.board.now.get();
            shown.series.with(|set| panel_csv(stream, set, &shown.stretch(), now, &state))
        })
    })
}
