//! Access to the panels that are seen on a wall, for the parts of them that have no room.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, NodeList};

/// Attribute of an element with a text about what it has no room for, such as `3 more`. The style sheet shows it.
const HIDDEN: &str = "data-hidden";

/// Returns every element in a panel on the page of the wall that matches `selector`.
pub(super) fn every(selector: &str) -> Vec<HtmlElement> {
    listed(document().query_selector_all(&[".panel:not(.is-elsewhere) ", selector].concat()))
}

/// Returns every element in `element` that matches `selector`.
pub(super) fn every_in(element: &Element, selector: &str) -> Vec<HtmlElement> {
    listed(element.query_selector_all(selector))
}

/// Writes beside an element the text about what it has no room for, or removes it.
pub(super) fn note_hidden(element: &HtmlElement, words: Option<String>) {
    if element.get_attribute(HIDDEN) != words {
        // These fail only for names that are not valid.
        let _changed = match &words {
            None => element.remove_attribute(HIDDEN),
            Some(words) => element.set_attribute(HIDDEN, words),
        };
    }
}

fn listed(found: Result<NodeList, wasm_bindgen::JsValue>) -> Vec<HtmlElement> {
    let Ok(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}
