//! Finds out if the reader points at a panel, so that nothing may move.

use leptos::prelude::*;

use crate::signal::RwSignal;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, PointerEvent};

/// Events that change the answer. A pointer is on a panel only after it has been moved there. A panel that appears under
/// a resting pointer, as while the page opens, is not pointed at.
const EVENTS: [&str; 7] =
    ["pointermove", "pointerout", "pointerdown", "pointerup", "pointercancel", "focusin", "focusout"];

/// Ways to point at something.
#[derive(Clone, Copy, Default)]
struct Pointing {
    /// A pointer was moved to a panel.
    is_over: bool,
    /// A pointer is pressed anywhere on the page.
    is_down: bool,
    /// An element of a panel has the keyboard focus, and shows it.
    has_focus: bool,
}

/// Makes a signal true while a pointer rests on a panel or is pressed, or a panel has the keyboard focus. It is updated until the page is
/// closed.
pub fn follow(is_held: RwSignal<bool>) {
    let mut pointing = Pointing::default();
    let on_event: Closure<dyn FnMut(Event)> = Closure::new(move |event: Event| {
        pointing = pointing.after(&event);
        let Pointing { is_over, is_down, has_focus } = pointing;
        let now = is_over || is_down || has_focus;
        if is_held.get_untracked() != now {
            is_held.set(now);
        }
    });
    for name in EVENTS {
        // This fails only for an object that is not a function.
        let _added = window().add_event_listener_with_callback(name, on_event.as_ref().unchecked_ref());
    }
    on_event.forget();
}

impl Pointing {
    fn after(self, event: &Event) -> Self {
        let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_in_panel = element.as_ref().is_some_and(|element| has(element.closest(".panel")));
        let shows_focus = || element.as_ref().is_some_and(|element| has(element.closest(":focus-visible")));
        match event.type_().as_str() {
            "pointermove" => Self { is_over: is_in_panel, ..self },
            "pointerout" => Self { is_over: self.is_over && !has_left(event), ..self },
            "pointerdown" => Self { is_down: true, ..self },
            "focusin" => Self { has_focus: is_in_panel && shows_focus(), ..self },
            "focusout" => Self { has_focus: false, ..self },
            _ => Self { is_down: false, ..self },
        }
    }
}

fn has(found: Result<Option<Element>, wasm_bindgen::JsValue>) -> bool {
    matches!(found, Ok(Some(_)))
}

/// Returns true if the pointer has left the page, or a finger was lifted. A pointer that has gone to another element
/// of the page is on that element.
fn has_left(event: &Event) -> bool {
    event.dyn_ref::<PointerEvent>().is_some_and(|event| event.related_target().is_none())
}
