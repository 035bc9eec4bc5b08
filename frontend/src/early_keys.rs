//! Keys that are pressed while the code that handles them is being loaded. They have their effect when it is there.

use std::cell::RefCell;

use leptos::ev;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::first_picture;

/// Maximum number of keys that are kept.
const MOST: usize = 20;

thread_local! {
    /// The keys in the order in which they were pressed; `None` once they are handled at once.
    static PRESSED: RefCell<Option<Vec<KeyboardEvent>>> = const { RefCell::new(Some(Vec::new())) };
}

/// Keeps the keys that are pressed from now on, until [`take`] is called. With the first of them, the page loads the rest of its code, as it
/// does when the reader presses a button of the mouse.
pub fn keep() {
    let _for_ever = window_event_listener(ev::keydown, |event| {
        PRESSED.with_borrow_mut(|pressed| {
            if let Some(pressed) = pressed.as_mut().filter(|pressed| pressed.len() < MOST) {
                pressed.push(event);
            }
        });
        first_picture::end();
    });
    let _for_ever = window_event_listener(ev::pointerdown, |_| first_picture::end());
}

/// Returns the keys that were pressed until now. Later ones are not kept.
pub fn take() -> Vec<KeyboardEvent> {
    PRESSED.take().unwrap_or_default()
}
