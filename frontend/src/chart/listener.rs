//! A listener of several events of an element, which ends when it is dropped.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event};

/// A listener of events of an element. Dropping it removes it from the element: a browser may send an event, such as the loss of the
/// focus, to an element that is just being removed, and the function must not be called when it no longer exists.
///
/// It may be called while it runs, because a function that moves the focus causes an event of the focus.
pub(super) struct Listener {
    element: Element,
    names: &'static [&'static str],
    act: Closure<dyn Fn(Event)>,
}

impl Listener {
    /// Calls `act` at all events of an element that have these names.
    pub fn new(element: Element, names: &'static [&'static str], act: impl Fn(Event) + 'static) -> Self {
        let act: Closure<dyn Fn(Event)> = Closure::new(act);
        for name in names {
            // This fails only for an object that is not a function.
            let _added = element.add_event_listener_with_callback(name, act.as_ref().unchecked_ref());
        }
        Self { element, names, act }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for name in self.names {
            // This fails only for an object that is not a function.
            let _removed =
                self.element.remove_event_listener_with_callback(name, self.act.as_ref().unchecked_ref());
        }
    }
}
