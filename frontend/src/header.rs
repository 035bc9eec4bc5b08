//! The header of the page: search field, state of the connection, and controls.

use leptos::prelude::*;

use crate::add_data::AddData;
use crate::board::Board;
use crate::controls;
use crate::first_picture;
use crate::follow::{click, context, current, follow, when};
use crate::late::part;
use crate::notices::{self, Notice};
use crate::player::Player;
use crate::signal::Memo;
use crate::wall::WallLine;
use board_model::link::Link;

part!(load_controls, (), controls::show, until not_loaded);

/// Shows the controls of live data, without a function, until their code is loaded, so that nothing in the header moves then. They are
/// those of the shell in `index.html`.
fn not_loaded() -> AnyView {
    let html = CONTROLS.with(String::clone);
    view! { <div class="not-loaded" inert=true aria-hidden="true" inner_html=html></div> }.into_any()
}

thread_local! {
    /// The controls of the shell as HTML. They are read before the shell is removed.
    static CONTROLS: String = controls_of_shell();
}

fn controls_of_shell() -> String {
    let shell = document().query_selector("#shell .not-loaded").ok().flatten();
    shell.map(|controls| controls.inner_html()).unwrap_or_default()
}

/// Shows the header of the page.
#[component]
pub fn Header() -> impl IntoView {
    let (board, AddData(open)): (Board, AddData) = (context(), context());
    let is_past = Memo::new(move |_| board.time.past().is_some());
    let is_rested = first_picture::is_over();
    view! {
        <header class="bar" class:is-past=current(is_past)>
            <h1 class="mark">"ticker"<i>"tape"</i></h1>
            <FilterField />
            <span class="grow"></span>
            <ConnectionState />
            <WallLine />
            <div class="time">
                {follow(move || if is_rested.get() { load_controls(()) } else { not_loaded() })}
            </div>
            <button
                class="tool primary"
                type="button"
                hidden=follow(move || board.is_recording.get())
                aria-haspopup="dialog"
                on:click=click(move || open.set(true))
                data-testid="add-data"
            >
                "Add data"
            </button>
            // It is there from the start, because a press of the connection's state opens it. Its content is requested after the
            // controls, which the reader probably needs sooner.
            <div class="pop" id="figures" popover="auto" data-testid="figures">
                {when(is_rested, move || notices::show(Notice::Figures, board))}
            </div>
        </header>
    }
}

#[component]
fn FilterField() -> impl IntoView {
    let board: Board = context();
    view! {
        <input
            class="filter"
            type="search"
            placeholder="Filter topics"
            aria-label="Filter topics"
            autocomplete="off"
            spellcheck="false"
            prop:value=current(board.filter)
            on:input:target=move |event| board.look_for(event.target().value())
            data-testid="filter"
        />
    }
}

/// Shows a button with the state, the latency and the number of viewers of the connection. A press opens a list of
/// detailed figures.
#[component]
fn ConnectionState() -> impl IntoView {
    let (board, player): (Board, Player) = (context(), context());
    let read = move |read: fn(&Link) -> String| Memo::new(move |_| board.link.with(read));
    let class = Memo::new(move |_| format!("state {}", player.headline(board).0));
    let word = Memo::new(move |_| player.headline(board).1);
    let when = follow(move || board.past_words());
    view! {
        <button class=current(class) type="button" popovertarget="figures" data-testid="connection-state">
            <span class="dot"></span>
            <b>{current(word)}</b>" "
            <span class="when" data-testid="stretch">{when}</span>
            <span class="latency" title="Median time from publishing to arrival">{current(read(Link::latency_text))}</span>
            <span class="viewers">{current(read(Link::viewers_text))}</span>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use board_model::window::Window;

    #[test]
    fn the_shell_shows_the_windows_that_can_be_chosen() {
        let shell = include_str!("../../index.html");
        let button = |window: Window| format!("<button data-label=\"{0}\">{0}</button>", window.label());
        let buttons = Window::ALL.map(button).concat();
        assert!(shell.contains(&format!("<span class=\"seg\">{buttons}</span>")), "{buttons}");
    }
}
