//! The topics whose publications are events.

use shared::Topic;

use crate::board::Board;
use crate::cell::Cell;
use board_model::events::PANEL;

/// Returns the topics whose publisher says that their publications are events.
pub(super) fn of(board: Board) -> Vec<(Topic, Cell)> {
    let is_source =
        |cell: &Cell| cell.stream.with_untracked(|stream| stream.meta().panel.as_deref() == Some(PANEL));
    board.every_cell().into_iter().filter(|(_, cell)| is_source(cell)).collect()
}
