//! One panel alone: `?panel=host/cpu` in the page's address. The panel fills the page, which another page may embed in a frame. The
//! header becomes a line below the panel, with the state of the connection and a link to the whole board. It is a part of the controls,
//! whose code is loaded later.
//!
//! `start.js` puts the name of the panel into the attribute `data-panel` of the root element, on which the style sheet depends. The
//! search for the whole name finds this panel only ([`crate::board::Board`]).

use leptos::prelude::*;

use crate::board::Board;
use crate::follow::{follow, when};
use crate::prefs;
use crate::signal::Memo;
use board_model::link::Link;
use shared::Topic;

/// Shows a link to the whole board if a panel is shown alone, and the reason if there is nothing to show.
pub fn whole_board(board: Board) -> AnyView {
    let Some(panel) = prefs::panel() else { return ().into_any() };
    let is_missing = Memo::new(move |_| {
        board.link.with(|link: &Link| link.state.is_connected()) && board.groups().is_empty()
    });
    let words = match Topic::new(&panel) {
        Ok(_) => format!("Nothing to show of {panel} yet"),
        Err(_) => format!("{panel} is not the name of a topic"),
    };
    let address = follow(move || prefs::whole_address(board.time.past(), board.time.window()));
    view! {
        {when(is_missing, move || view! { <span class="whole" role="status" data-testid="alone-missing">{words.clone()}</span> })}
        <a class="whole" href=address target="_blank" rel="noopener" data-testid="whole-board">"Whole board"</a>
    }
    .into_any()
}
