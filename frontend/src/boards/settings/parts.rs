//! Functions that all parts of the sheet use.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::follow::{follow, parts};
use crate::signal::RwSignal;

/// Shows what is wrong with a field, beside it.
pub(super) fn fault_words(id: String, fault: RwSignal<String>) -> AnyView {
    view! { <p class="fault" role="alert" id=id.clone() data-testid=id>{follow(move || fault.get())}</p> }
        .into_any()
}

/// Moves the focus to the element with this id.
pub(super) fn focus_on(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    // This fails only for an element that is not in the page.
    let _focused = element.map(|element| element.focus());
}

/// Returns a value and its name for [`select`].
pub(super) fn owned((value, name): (&str, &str)) -> (String, String) {
    (value.to_owned(), name.to_owned())
}

/// Shows a list of values with their names. `value` returns the chosen one.
pub(super) fn select(
    id: String,
    label: String,
    choices: Vec<(String, String)>,
    value: impl Fn() -> Option<String> + Copy + Send + 'static,
    change: impl Fn(String) + 'static,
) -> AnyView {
    let option = move |(word, name): (String, String)| {
        let own = word.clone();
        view! { <option value=word prop:selected=follow(move || value().as_deref() == Some(own.as_str()))>{name}</option> }
    };
    view! {
        <select
            class="filter"
            id=id.clone()
            aria-label=label
            on:change:target=move |event| change(event.target().value())
            data-testid=id
        >
            {parts(choices.into_iter().map(option))}
        </select>
    }
    .into_any()
}
