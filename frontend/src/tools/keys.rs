//! The keys of the page, and links that are pasted into it.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Element, Event, KeyboardEvent};

use super::actor::Actor;
use super::link;
use crate::{early_keys, prefs};
use board_model::command::{Command, Press};
use board_model::travel::Travel;

/// Elements in which keys type text or change a value.
const FIELDS: &str = "input, select, textarea, [contenteditable]";
/// Elements that handle keys themselves.
const CONTROLS: &str = "button, a, summary, dialog, [tabindex='0']";

/// Handles the keys of the page, and links that are pasted, until the page is closed.
pub(super) fn listen(actor: Actor) {
    let pressed = window_event_listener(ev::keydown, move |event| press(actor, &event));
    early_keys::take().iter().for_each(|event| press(actor, event));
    let pasted = window_event_listener(ev::paste, move |event| paste(actor, &event));
    on_cleanup(move || {
        pressed.remove();
        pasted.remove();
    });
}

fn press(actor: Actor, event: &KeyboardEvent) {
    if event.default_prevented() || event.alt_key() || event.is_composing() {
        return;
    }
    let key = event.key();
    let press = Press {
        key: &key,
        has_shift: event.shift_key(),
        has_ctrl: event.ctrl_key() || event.meta_key(),
        is_in_chart: is_in(event, ".plot"),
    };
    let is_alone = prefs::panel().is_some();
    let command = Command::of(press).filter(|command| !is_alone || command.is_for_one_panel());
    if is_in(event, FIELDS) && !command.is_some_and(|command| command.works_in_fields(press)) {
        return;
    }
    if !press.has_ctrl && !is_alone && !is_in(event, CONTROLS) && actor.wall.handle_key(&key) {
        return event.prevent_default();
    }
    let is_possible =
        |command: &Command| is_for_page(*command, event) && command.is_possible(&actor.situation());
    let Some(command) = command.filter(is_possible) else { return };
    let is_done = actor.perform(command);
    // A letter would be typed into the field of the dialog that the command opens, and the browser has a search of its own.
    if is_done && command != Command::Travel(Travel::Now) {
        event.prevent_default();
    }
}

/// Returns true if the key is for the page. A key that scrolls the element with the focus, or closes something, has its usual effect
/// instead.
fn is_for_page(command: Command, event: &KeyboardEvent) -> bool {
    let is_open = |selector: &str| matches!(document().query_selector(selector), Ok(Some(_)));
    match command {
        Command::Palette if event.ctrl_key() || event.meta_key() => !is_open("dialog[open]:not(.palette)"),
        Command::Travel(Travel::Undo) => !is_open(":popover-open, dialog[open]"),
        _ if is_open("dialog[open]") => false,
        Command::Travel(Travel::ShowBrush) => is_in(event, ".plot, body:focus"),
        Command::Travel(_) => !is_in(event, ".pop, .rows, .twin, .keys, .foot"),
        _ => true,
    }
}

/// Follows a link that is pasted into the page, unless it is pasted into a field.
fn paste(actor: Actor, event: &Event) {
    let text =
        event.dyn_ref::<ClipboardEvent>().and_then(|event| event.clipboard_data()?.get_data("text").ok());
    let Some(text) = text.filter(|_| !event.default_prevented() && !is_in(event, FIELDS)) else { return };
    if link::follow(actor, &text) {
        event.prevent_default();
    }
}

/// Returns true if the event happened in an element that matches the CSS selector.
fn is_in(event: &Event, selector: &str) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| matches!(element.closest(selector), Ok(Some(_))))
}
