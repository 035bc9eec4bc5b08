//! The dialog in which the reader enters a token.

use leptos::prelude::*;
use leptos::{ev, html};

use crate::board::Board;
use crate::follow::{click, context, effect, follow, when};
use crate::late::part;
use crate::signal::{Memo, RwSignal};
use crate::{late_style, sheet, token};
use board_model::link::Link;

/// Signal that is true while the dialog for a token is open. It is shared as a Leptos context.
#[derive(Clone, Copy)]
pub struct SignIn(pub RwSignal<bool>);

part!(load_sign_in, RwSignal<bool>, form);

/// Shows the dialog in which the reader enters a token. The code of its content is loaded when it is first opened.
#[component]
pub fn SignInSheet() -> impl IntoView {
    let (board, SignIn(open)): (Board, SignIn) = (context(), context());
    let was_open = sheet::was_open(open);
    open_when_needed(board, open);
    sheet::follow("sign-in", open);
    follow_address(board);
    view! {
        <dialog class="sheet ask" aria-labelledby="sign-in" on:close=move |_| open.set(false)>
            {when(was_open, move || load_sign_in(open))}
        </dialog>
    }
}

/// Signs in with a token that is pasted into the address of the open page, because the browser does not load the page again then.
fn follow_address(board: Board) {
    let sign_in = move || token::take_from_address().into_iter().for_each(|token| board.sign_in(token));
    // It may have been pasted before this code was loaded.
    sign_in();
    let pasted = window_event_listener(ev::hashchange, move |_| sign_in());
    on_cleanup(move || pasted.remove());
}

fn form(open: RwSignal<bool>) -> AnyView {
    late_style::adopt(include_str!("../style/late/sign-in.css"));
    let board: Board = context();
    let field = NodeRef::<html::Input>::new();
    // The dialog was opened before the field was in it, so the browser has not moved the focus to the field.
    field.on_load(|field| drop(field.focus()));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let token = field.get_untracked().map(|field| take(&field)).unwrap_or_default();
        if !token.is_empty() {
            token::keep(&token);
            board.sign_in(token);
        }
    };
    view! {
        <form class="sign-in" on:submit=submit>
            <h2 id="sign-in">"This board asks for a token"</h2>
            <p role="status">{follow(move || board.link.with(Link::token_words).to_owned())}</p>
            <input class="filter" type="password" autocomplete="off" aria-label="Token" node_ref=field />
            <button class="tool" type="button" on:click=click(move || open.set(false))>"Not now"</button>
            <button class="tool primary" type="submit">"Sign in"</button>
        </form>
    }
    .into_any()
}

/// Opens the dialog if the server requires a token and has not sent any data yet. A reader who already sees data may
/// continue to read it, and can open the dialog from the banner. The dialog is closed only when a token was accepted,
/// so that it does not flicker.
fn open_when_needed(board: Board, open: RwSignal<bool>) {
    let is_locked = Memo::new(move |before: Option<&bool>| {
        let (is_connected, wants_token) =
            board.link.with(|link| (link.state.is_connected(), link.wants_token()));
        !is_connected && (wants_token || before.is_some_and(|before| *before))
    });
    effect(move || {
        if !is_locked.get() {
            open.set(false);
        } else if !board.link.with_untracked(Link::has_heard) {
            open.set(true);
        }
    });
}

/// Returns the text of the input field and empties the field, so that the token does not stay in the page.
fn take(field: &web_sys::HtmlInputElement) -> String {
    let text = field.value().trim().to_owned();
    field.set_value("");
    text
}
