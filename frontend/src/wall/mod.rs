//! Wall mode: the page fills a large screen that nobody operates, with type that is legible from a distance.
//!
//! * This file: the words in the header and the button. `handle`: the state. Everything else is a part whose code is loaded when wall
//!   mode is chosen. Wall mode is on when the code is there.
//! * `state`: the pages over time, and the page's font size, position and brightness.
//! * `gather`: what the wall has to know about the panels. `legends` and `tables`: the series, columns and rows for which there is
//!   no room; `seen`: access to these parts of the page.
//! * `bar`: the words of the wall, and the bar at the bottom.

mod bar;
mod gather;
pub(crate) mod handle;
mod legends;
mod seen;
mod state;
mod tables;

use leptos::prelude::*;

use crate::arrangement::Arrangement;
use crate::follow::{click, context, follow, when};
use crate::late;
use crate::late_style;
use crate::signal::Memo;

pub use handle::Wall;

/// Shows the wall while wall mode is chosen.
#[component]
pub fn WallPart() -> impl IntoView {
    let (wall, arrangement): (Wall, Arrangement) = (context(), context());
    let is_chosen = Memo::new(move |_| wall.is_chosen());
    when(is_chosen, move || load_wall(arrangement))
}

late::part!(load_wall, Arrangement, show, quiet);

/// Switches wall mode on until this view is removed, and shows what a wall has besides the panels.
fn show(arrangement: Arrangement) -> AnyView {
    let (board, wall) = (context(), context());
    late_style::adopt_first(include_str!("../../style/late/wall.css"));
    state::start(board, wall, arrangement);
    bar::show(board, wall).into_any()
}

/// Shows, in wall mode, the number of panels in trouble, the page, and the times between which charts show data.
#[component]
pub fn WallLine() -> impl IntoView {
    let wall: Wall = context();
    let is_on = Memo::new(move |_| wall.is_on());
    let word = move |index: usize| {
        follow(move || wall.words.with(|words| words.get(index).cloned().unwrap_or_default()))
    };
    when(is_on, move || {
        view! {
            <b class="wall-trouble" data-testid="wall-trouble">{word(0)}</b>
            <span class="wall-page" data-testid="wall-page">{word(1)}</span>
            <span class="wall-times">{word(2)}</span>
        }
    })
}

/// Shows the button that switches wall mode on and off.
#[component]
pub fn WallSwitch() -> impl IntoView {
    let wall: Wall = context();
    view! {
        <button
            class="tool icon wall"
            type="button"
            popovertarget="more-tools"
            popovertargetaction="hide"
            title="Wall mode (w)"
            aria-label="Wall mode"
            aria-keyshortcuts="w"
            aria-pressed=follow(move || wall.is_on().to_string())
            on:click=click(move || wall.toggle())
        ></button>
    }
}
