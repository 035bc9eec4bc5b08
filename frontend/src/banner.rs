//! The banner across the page: a problem with the connection, and the button that may solve it.

use leptos::prelude::*;

use crate::board::Board;
use crate::follow::{click, follow, when};
use crate::sign_in::SignIn;
use board_model::link::{Link, Tone};

/// The banner, shown while the connection has a problem. Screen readers announce it when it appears and when it goes.
#[component]
pub fn Banner() -> impl IntoView {
    let board: Board = expect_context();
    let news = Memo::new(move |_| board.link.with(|link| link.news(board.clock)));
    let is_shown = Memo::new(move |_| news.with(Option::is_some));
    let is_hidden = Memo::new(move |_| !is_shown.get());
    let word = Memo::new(move |_| board.link.with(Link::word));
    view! {
        <div role="status" aria-live="polite">
            {when(is_shown, move || view! { <News news /> })}
            {when(is_hidden, move || view! { <span class="visually-hidden">{word}</span> })}
        </div>
    }
}

#[component]
fn News(news: Memo<Option<(String, String)>>) -> impl IntoView {
    let (board, SignIn(open)): (Board, SignIn) = (expect_context(), expect_context());
    let is_bad = Memo::new(move |_| board.link.with(|link| link.tone() == Tone::Down));
    let can_retry = Memo::new(move |_| board.link.with(Link::can_retry));
    let wants_token = Memo::new(move |_| board.link.with(Link::wants_token));
    let part = move |second: bool| {
        news.with(|news| news.clone().map(|(news, rest)| if second { rest } else { news }))
            .unwrap_or_default()
    };
    view! {
        <div class="banner" class:is-bad=is_bad data-testid="banner">
            <b>{follow(move || part(false))}</b>
            <span>{follow(move || part(true))}</span>
            {when(can_retry, move || view! {
                <button class="tool" type="button" on:click=click(move || board.with_session(|s, now| s.retry_now(now)))>
                    "Try now"
                </button>
            })}
            {when(wants_token, move || view! {
                <button class="tool primary" type="button" on:click=click(move || open.set(true))>"Sign in"</button>
            })}
        </div>
    }
}
