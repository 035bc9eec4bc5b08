//! Keeps the stretch of time and the text that is sought in the page's address. The code is loaded together with the controls.

use std::time::Duration;

use leptos::prelude::*;

use crate::board::Board;
use crate::follow::effect;
use crate::prefs;
use crate::signal::StoredValue;

/// Time after a change of the stretch after which it is written into the page's address. Browsers refuse more than
/// about three changes a second.
const ADDRESS_REST: Duration = Duration::from_millis(350);

/// Keeps the address up to date until the page is closed. The reader may have changed something before this code was loaded.
pub fn follow(board: Board) {
    follow_stretch(board);
    follow_text(board);
    if untrack(|| !is_kept(board)) {
        board.keep_address();
    }
}

/// Returns true if the address says what the page shows.
fn is_kept(board: Board) -> bool {
    let address = prefs::address();
    let is_stretch = address.past == board.time.past();
    let is_window = address.window.unwrap_or_default() == board.time.window();
    is_stretch && is_window && board.filter.with(|text| *text == prefs::sought(&address))
}

/// Writes the stretch into the page's address a moment after it has changed.
fn follow_stretch(board: Board) {
    let is_due = StoredValue::new(false);
    let mut has_run = false;
    effect(move || {
        board.time.view.track();
        let is_changed = std::mem::replace(&mut has_run, true);
        if is_changed && !is_due.get_value() {
            is_due.set_value(true);
            let keep = move || {
                is_due.set_value(false);
                board.keep_address();
                board.say_stretch();
            };
            set_timeout(keep, ADDRESS_REST);
        }
    });
}

/// Writes the text that is sought into the page's address when it has changed.
fn follow_text(board: Board) {
    let mut has_run = false;
    effect(move || {
        board.filter.track();
        if std::mem::replace(&mut has_run, true) {
            untrack(|| board.keep_address());
        }
    });
}
