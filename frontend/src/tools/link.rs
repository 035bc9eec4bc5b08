//! Follows a link that was pasted into the open board: a stretch of time, a board, or a panel.

use leptos::prelude::*;
use shared::Topic;

use super::actor::Actor;
use super::visit::visit;
use crate::boards::state::with_state;
use crate::prefs::{self, Address};
use board_model::gesture::Move;
use board_model::pasted::{self, Pasted};

/// Returns the meaning of a text that was pasted.
pub(super) fn read(text: &str) -> Pasted {
    let location = window().location();
    let here = [location.origin().unwrap_or_default(), location.pathname().unwrap_or_default()].concat();
    pasted::read(text, &here)
}

/// Follows a link of this server, and says why another one is not followed. Returns false if the text is not a link.
pub(super) fn follow(actor: Actor, text: &str) -> bool {
    match read(text) {
        Pasted::Other => return false,
        Pasted::Refused(words) => actor.tools.say(words),
        Pasted::Topic(topic) => visit(actor, topic),
        Pasted::Board { search, hash } => open(actor, &search, &hash),
    }
    true
}

/// Shows what the address of this board says. What it does not say stays as it is. A token in the address is not used, because the
/// reader would then be somebody else.
fn open(actor: Actor, search: &str, hash: &str) {
    let board = actor.board;
    if prefs::parameter(search, "wall").is_some() || prefs::parameter(search, "demo").is_some() {
        // The page is another one then. This fails only for an address that is not valid.
        let _left = window().location().set_search(search);
        return;
    }
    let Address { past, is_damaged, window, .. } = Address::read(search, hash, prefs::parse_time);
    if let Some(name) = prefs::parameter(search, "board") {
        with_state(board, move |state| state.choose(name));
    }
    if let Some(filter) = prefs::parameter(hash, "filter") {
        board.look_for(filter);
    }
    let words = match past {
        _ if is_damaged => "The stretch of time in this link is not valid.",
        Some(stretch) => {
            board.time.make(Move::Show { stretch, is_continued: false });
            "The link is open"
        }
        None => {
            window.into_iter().for_each(|window| board.time.choose(window));
            "The link is open"
        }
    };
    actor.tools.say(words);
    let panel = prefs::parameter(search, "panel").and_then(|name| Topic::new(&name).ok());
    panel.into_iter().for_each(|topic| visit(actor, topic));
}
