//! The banner across the page. It shows a problem with the connection, and a button that may solve the problem.

use leptos::prelude::*;

use crate::board::Board;
use crate::follow::{click, context, current, follow, when};
use crate::notices::{self, Notice};
use crate::sign_in::SignIn;
use crate::signal::Memo;
use board_model::link::{Link, Tone};

/// Shows the banner while the connection or the server has a problem or the board is paused. Screen readers announce
/// it when it appears and when it disappears.
#[component]
pub fn Banner() -> impl IntoView {
    let board: Board = context();
    let is_shown = Memo::new(move |_| news(board).is_some());
    let is_hidden = Memo::new(move |_| !is_shown.get());
    let word = Memo::new(move |_| board.link.with(Link::word).to_owned());
    let is_paused = Memo::new(move |_| board.paused_at.with(Option::is_some));
    let has_conditions = Memo::new(move |_| board.conditions.with(|conditions| !conditions.is_empty()));
    let is_copied = Memo::new(move |_| board.time.copied.get());
    view! {
        {when(is_paused, move || notices::show(Notice::Paused, board))}
        <div role="status" aria-live="polite">
            <span class="visually-hidden">{follow(move || board.paused_words().unwrap_or_default())}</span>
            <span class="visually-hidden" data-testid="said">{follow(move || board.said.get())}</span>
            {when(is_copied, || view! { <span class="toast" data-testid="toast">"Link copied"</span> })}
            {when(is_shown, || view! { <News /> })}
            {when(has_conditions, move || notices::show(Notice::Conditions, board))}
            {when(is_hidden, move || view! { <span class="visually-hidden">{current(word)}</span> })}
        </div>
    }
}

/// Returns the news about the connection: a short text, and the rest.
fn news(board: Board) -> Option<(String, String)> {
    // The present time is needed only for the date of data of another day.
    board.link.with(|link| link.news(board.now.get_untracked(), board.clock.get()))
}

#[component]
fn News() -> impl IntoView {
    let (board, SignIn(open)): (Board, SignIn) = (context(), context());
    let is_bad = Memo::new(move |_| board.link.with(|link| link.tone() == Tone::Down));
    let can_retry = Memo::new(move |_| board.link.with(Link::can_retry));
    let wants_token = Memo::new(move |_| board.link.with(Link::wants_token));
    let part = move |second: bool| {
        Memo::new(move |_| {
            news(board).map(|(news, rest)| if second { rest } else { news }).unwrap_or_default()
        })
    };
    view! {
        <div class="banner" class:is-bad=current(is_bad) data-testid="banner">
            <b>{current(part(false))}</b>
            <span>{current(part(true))}</span>
            {when(can_retry, move || view! {
                <button class="tool" type="button" on:click=click(move || board.retry())>
                    "Try now"
                </button>
            })}
            {when(wants_token, move || view! {
                <button class="tool primary" type="button" on:click=click(move || open.set(true))>"Sign in"</button>
            })}
        </div>
    }
}
