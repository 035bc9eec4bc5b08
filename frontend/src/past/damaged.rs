//! The line about an address whose stretch of time is not valid.

use leptos::prelude::*;

use crate::board::Board;
use crate::follow::{click, when};
use crate::prefs;
use crate::signal::Memo;
use board_model::stretch_address::fault_words;

/// Shows the problem and what to write, until the reader closes it or moves through time.
pub(super) fn show(board: Board) -> AnyView {
    let [from, to] = prefs::times_in_address();
    let words = fault_words(from.as_deref(), to.as_deref(), prefs::parse_time);
    let is_shown = Memo::new(move |_| board.has_damaged_address.get());
    let line = move || {
        view! {
            <p class="banner" role="alert" data-testid="damaged-address">
                <span>{words.clone()}</span>
                <button class="tool" type="button" on:click=click(move || board.has_damaged_address.set(false))>"Close"</button>
            </p>
        }
    };
    when(is_shown, line).into_any()
}
