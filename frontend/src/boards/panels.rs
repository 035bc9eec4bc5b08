//! The elements of the panels in the page.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use shared::Topic;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Number of animation frames in which a panel that has been moved may lose the focus.
const FRAMES: u32 = 30;

thread_local! {
    /// Topic of the panel that gets the focus back.
    static RETURNING: RefCell<Option<Topic>> = const { RefCell::new(None) };
    /// Number of times that the focus was to be given back, by which an earlier time ends.
    static RETURNS: Cell<u64> = const { Cell::new(0) };
}

/// Returns the elements of all panels.
pub(super) fn panels() -> Vec<Element> {
    let Ok(found) = document().query_selector_all(".panel") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Returns the topic of a panel element.
pub(super) fn topic_of(panel: &Element) -> Option<Topic> {
    Topic::new(&panel.get_attribute("data-topic")?).ok()
}

/// Moves the focus to the panel of a topic.
pub(super) fn focus(topic: Option<&Topic>) {
    let panel = panels().into_iter().find(|panel| topic_of(panel).as_ref() == topic);
    if let Some(panel) =
        panel.filter(|_| topic.is_some()).and_then(|panel| panel.dyn_into::<HtmlElement>().ok())
    {
        let _focused = panel.set_attribute("tabindex", "0").and_then(|()| panel.focus());
    }
}

/// Returns the topic of the panel that gets the focus back; `None` if there is none.
pub(super) fn returning() -> Option<Topic> {
    RETURNING.with_borrow(Clone::clone)
}

/// Gives the focus back to the panel of a topic. The element of a panel loses it when the panel moves in the page, which happens some
/// frames after the document has changed.
pub(super) fn give_back_focus(topic: Option<Topic>) {
    RETURNING.set(topic);
    let number = RETURNS.get() + 1;
    RETURNS.set(number);
    watch(number, FRAMES);
}

fn watch(number: u64, frames: u32) {
    request_animation_frame(move || {
        if RETURNS.get() != number {
            return;
        }
        if document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
            focus(returning().as_ref());
        }
        match frames {
            0 => RETURNING.set(None),
            _ => watch(number, frames - 1),
        }
    });
}
