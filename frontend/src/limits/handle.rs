//! The function that reads thresholds, as far as the rest of the page has to know it.

use std::cell::Cell;
use std::sync::Arc;

use serde_json::Value;

use board_model::chart::Limits;

/// A function that reads the thresholds of a topic's metadata.
pub(crate) type Read = fn(&Value) -> Option<Arc<Limits>>;

thread_local! {
    /// The function of the part; `None` until it is loaded. It is not in a signal of its own type, which would make the first picture
    /// larger.
    static READ: Cell<Option<Read>> = const { Cell::new(None) };
}

/// Returns the function that reads thresholds; `None` until its code is loaded.
pub(crate) fn read() -> Option<Read> {
    READ.get()
}

/// Notes the function that reads thresholds, because its code is loaded.
pub(super) fn note(read: Read) {
    READ.set(Some(read));
}
