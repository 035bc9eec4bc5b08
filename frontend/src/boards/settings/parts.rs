//! Functions that all parts of the sheet use.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::follow::follow;
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
