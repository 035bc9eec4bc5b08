//! The style of logs, tables and the list of all series. It is loaded with the code of any of them.

use std::cell::Cell;

thread_local! {
    static IS_THERE: Cell<bool> = const { Cell::new(false) };
}

/// Adds the style sheet to the page, if it is not there yet.
pub fn adopt() {
    if !IS_THERE.replace(true) {
        crate::late_style::adopt(include_str!("../style/late/lists.css"));
    }
}
