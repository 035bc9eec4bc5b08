//! The moment at which the page shows its first panel as a whole. What is not needed for it is loaded afterwards, so that on a slow line it
//! does not compete with the data and the code of this panel.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use leptos::prelude::{set_timeout, window};
use web_sys::Event;

use crate::signal::{Memo, RwSignal};
use crate::turns::{self, Work};

/// Longest time to wait for the first panel. A board may have none, and the connection may be lost.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time after the first panel until the rest is loaded. The browser paints the panel before.
const REST: Duration = Duration::from_millis(30);
/// Event of the window by which `start.js` learns of the moment.
const EVENT: &str = "first-picture";

thread_local! {
    /// The tasks that wait for the moment; `None` after it.
    static WAITING: RefCell<Option<Vec<Work>>> = const { RefCell::new(Some(Vec::new())) };
    /// True once the views are there. Before, nothing may compete with their code.
    static IS_EXPECTED: Cell<bool> = const { Cell::new(false) };
    /// True if the moment is to come as soon as the views are there.
    static IS_DUE: Cell<bool> = const { Cell::new(false) };
}

/// Waits for the first panel, but not for ever. Called when the views are there.
pub fn expect() {
    IS_EXPECTED.set(true);
    set_timeout(end, if IS_DUE.get() { REST } else { PATIENCE });
}

/// Records that a panel is about to be shown whole.
pub fn note() {
    if WAITING.with_borrow(Option::is_some) {
        set_timeout(end, REST);
    }
}

/// Calls `act` after the first picture, or at once if it is there.
pub fn then(act: impl FnOnce() + 'static) {
    let mut act: Option<Work> = Some(Box::new(act));
    WAITING.with_borrow_mut(|waiting| {
        if let Some(waiting) = waiting {
            waiting.extend(act.take());
        }
    });
    act.into_iter().for_each(|act| act());
}

/// Returns a memo that becomes true after the first picture.
pub fn is_over() -> Memo<bool> {
    let is_over = RwSignal::new(false);
    then(move || {
        // The part of the page that waits may have been removed.
        let _removed = is_over.try_set(true);
    });
    Memo::new(move |_| is_over.get())
}

/// Ends the waiting as soon as the views are there. Without effect if it has ended.
pub fn end() {
    if !IS_EXPECTED.get() {
        return IS_DUE.set(true);
    }
    let Some(waiting) = WAITING.take() else { return };
    waiting.into_iter().for_each(turns::queue);
    turns::queue(Box::new(|| {
        let event = Event::new(EVENT);
        let _handled = event.and_then(|event| window().dispatch_event(&event));
    }));
}
