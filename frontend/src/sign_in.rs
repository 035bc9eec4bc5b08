//! The dialog in which the reader enters a token.

use leptos::prelude::*;
use leptos::{ev, html};

use crate::board::Board;
use crate::follow::{click, follow};
use crate::{sheet, token};
use board_model::link::Link;

/// Signal that is true while the dialog for a token is open. It is shared as a Leptos context.
#[derive(Clone, Copy)]
pub struct SignIn(pub RwSignal<bool>);

/// Shows the dialog in which the reader enters a token.
#[component]
pub fn SignInSheet() -> impl IntoView {
    let (board, SignIn(open)): (Board, SignIn) = (expect_context(), expect_context());
    let (dialog, field) = (NodeRef::<html::Dialog>::new(), NodeRef::<html::Input>::new());
    open_when_needed(board, open);
    sheet::follow(dialog, open);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let token = field.get_untracked().map(|field| take(&field)).unwrap_or_default();
        if !token.is_empty() {
            token::keep(&token);
            board.with_session(|session, now| session.set_token(token, now));
        }
    };
    view! {
        <dialog class="sheet ask" aria-labelledby="sign-in" node_ref=dialog on:close=move |_| open.set(false)>
            <form class="sign-in" on:submit=submit>
                <h2 id="sign-in">"This board asks for a token"</h2>
                <p role="status">{follow(move || board.link.with(Link::token_words).to_owned())}</p>
                <input class="filter" type="password" autocomplete="off" aria-label="Token" node_ref=field />
                <button class="tool" type="button" on:click=click(move || open.set(false))>"Not now"</button>
                <button class="tool primary" type="submit">"Sign in"</button>
            </form>
        </dialog>
    }
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
    Effect::new(move |_| {
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
