//! Thresholds: the code that reads, draws and judges them is a part, which is loaded if a topic or the board has one. `handle`: the function
//! that reads them.

pub(crate) mod handle;

use leptos::prelude::*;

use crate::board::Board;
use crate::follow::{context, when};
use crate::late;
use crate::signal::Memo;
use board_model::chart::Limits;

/// Loads the part when a topic has thresholds.
#[component]
pub fn LimitsPart() -> impl IntoView {
    let board: Board = context();
    let is_wanted = Memo::new(move |_| board.has_limits.get());
    when(is_wanted, move || load_limits(board))
}

late::part!(load_limits, Board, start, quiet);

/// Reads the thresholds of all topics, and shows them at once, even if the board is paused.
fn start(board: Board) -> AnyView {
    handle::note(Limits::read);
    for (_, cell) in board.every_cell() {
        cell.read_limits(Some(Limits::read));
        cell.notify();
    }
    ().into_any()
}
