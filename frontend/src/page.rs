//! The state of the whole page.

use shared::board_config::Addresses;

use crate::arrangement::Arrangement;
use crate::board::Board;
use crate::player::Player;
use crate::recorder::Recorder;
use crate::signal::RwSignal;
use crate::wall::Wall;

/// The state of the whole page, of which all parts are handles.
#[derive(Clone, Copy)]
pub struct Page {
    /// The data of the board.
    pub board: Board,
    /// The state of wall mode.
    pub wall: Wall,
    /// The recording that is played.
    pub player: Player,
    /// The recording that is made.
    pub recorder: Recorder,
    /// The addresses of the server.
    pub addresses: RwSignal<Addresses>,
    /// The places of the panels.
    pub arrangement: Arrangement,
}
