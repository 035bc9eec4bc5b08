//! Boards as documents: a document decides which panels stand where. A person arranges the board by keyboard or pointer, and saves it
//! on the server.
//!
//! * This file: the button, and the place of the part. `handle`: the state. Everything else is a part whose code is loaded when
//!   there is a document, or when a person arranges the board.
//! * `state`: the document, and what is kept of it in the browser. `server`: the boards of the server.
//! * `bar`: the controls. `touch`: keys and pointers on panels. `panels`: their elements. `settings`: the sheet with the settings of a
//!   panel, a part of its own.
//! * `together`: panels of several topics. `earlier`: the data with which they are compared.

mod bar;
mod earlier;
pub(crate) mod handle;
mod panels;
pub(crate) mod server;
mod settings;
pub(crate) mod state;
mod together;
mod touch;

use leptos::prelude::*;

use crate::board::Board;
use crate::follow::{click, context, follow, when};
use crate::late;
use crate::signal::Memo;

pub use handle::Boards;

/// Loads the part when it is wanted, and shows the controls while a person arranges the board.
#[component]
pub fn BoardsPart() -> impl IntoView {
    let board: Board = context();
    let is_wanted = Memo::new(move |_| board.boards.is_wanted.get());
    when(is_wanted, move || load_boards(board))
}

late::part!(load_boards, Board, show, quiet);

fn show(board: Board) -> AnyView {
    crate::late_style::adopt(include_str!("../../style/late/arrange.css"));
    let state = state::State::start(board);
    touch::listen(state);
    (bar::show(state), settings::place(state)).into_any()
}

/// Shows the button that begins and ends arranging.
#[component]
pub fn ArrangeSwitch() -> impl IntoView {
    let board: Board = context();
    view! {
        <button
            class="tool icon arrange"
            type="button"
            popovertarget="more-tools"
            popovertargetaction="hide"
            title="Arrange (e)"
            aria-label="Arrange"
            aria-keyshortcuts="e"
            aria-pressed=follow(move || board.boards.is_arranging().to_string())
            on:click=click(move || board.boards.toggle())
            data-testid="arrange"
        ></button>
    }
}
