//! Events, such as deploys, which mark a moment in all charts.
//!
//! * This file: finds out if there are events. Everything else is a part whose code is loaded then.
//! * `collect`: the events of the topics that publish them, and those that this browser keeps. `load`: older ones, from the server. `store`: all of them.
//! * `ask`: the dialog in which a person marks a moment. `kept`: moments that are kept in this browser.

mod ask;
mod collect;
mod kept;
mod load;
mod sources;
mod store;

use leptos::prelude::*;

use crate::board::Board;
use crate::follow::when;
use crate::late::part;
use crate::signal::Memo;

pub(crate) use ask::ask;

part!(load_events, Board, collect::show, quiet);

/// Loads the code for events as soon as a topic publishes events, or this browser keeps some. Looks for them once a second.
pub(crate) fn show(board: Board) -> AnyView {
    let is_needed = Memo::new(move |before: Option<&bool>| {
        board.now.track();
        board.time.events.track();
        before == Some(&true) || kept::has_any() || !sources::of(board).is_empty()
    });
    when(is_needed, move || load_events(board)).into_any()
}
