//! Plays a recording back on the board, instead of a server's data.
//!
//! * `handle`: the recording that is wanted, and the words for the header. Everything else is a part whose code is loaded
//!   when a recording is played.
//! * `state`: the recording, its clock, and what the board shows of it.
//! * `stage`: the board, which the events of the recording change.
//! * `bar`: the controls.

mod bar;
mod handle;
mod stage;
mod state;

use leptos::prelude::*;

use crate::follow::{context, when};
use crate::late;
use crate::late_style;
use crate::signal::Memo;

pub use handle::Player;

/// Shows the controls while a recording is played, and the reason if one cannot be played.
#[component]
pub fn PlayerBar() -> impl IntoView {
    let player: Player = context();
    let is_on = Memo::new(move |_| player.file.with(|file| !file.is_empty()));
    when(is_on, move || load_player(player))
}

late::part!(load_player, Player, play);

/// Plays the recording that is wanted, and shows the controls.
fn play(player: Player) -> AnyView {
    late_style::adopt(include_str!("../../style/late/player.css"));
    let board = expect_context();
    bar::show(board, state::Playing::start(board, player)).into_any()
}
