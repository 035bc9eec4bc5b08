//! The "Add data" dialog and the page of an empty board. Both show commands with which data can be published; their
//! code is loaded when one of the two is shown.

use leptos::prelude::*;

use crate::board::Board;
use crate::follow::{click, context, follow, when};
use crate::late::part;
use crate::recipes::{self, Recipes};
use crate::sheet;
use crate::signal::{Memo, RwSignal};

/// Sentence that is added to the introduction of the dialog if the server requires a token. The commands contain a
/// variable instead of the page's token, because people copy commands into chats and documents.
const WITH_TOKEN: &str = " This server asks for a token that may publish. The commands read it from the variable TICKERTAPE_TOKEN.";

/// Signal that is true while the "Add data" dialog is open. It is shared as a Leptos context.
#[derive(Clone, Copy)]
pub struct AddData(pub RwSignal<bool>);

part!(load_recipes, Recipes, recipes::show);

/// Shows the "Add data" dialog, which lists commands with which data can be published.
#[component]
pub fn AddDataSheet() -> impl IntoView {
    let AddData(open) = context();
    let has_token = has_token();
    let was_open = sheet::was_open(open);
    sheet::follow("add-data", open);
    view! {
        <dialog class="sheet" aria-labelledby="add-data" on:close=move |_| open.set(false)>
            <div class="sheet-top">
                <h2 id="add-data">"Add data"</h2>
                <button class="tool" type="button" on:click=click(move || open.set(false))>"Close"</button>
            </div>
            <div class="sheet-body">
                <p>
                    "Everything that you publish appears on this board at once, in every open page. "
                    "The commands below are ready to paste."
                    {follow(move || if has_token.get() { WITH_TOKEN } else { "" }.to_owned())}
                </p>
                {when(was_open, move || load_recipes(Recipes { has_token, all: true }))}
            </div>
        </dialog>
    }
}

/// Shows a board on which no topic has data yet: two commands with which data can be published.
#[component]
pub fn EmptyBoard() -> impl IntoView {
    let AddData(open) = context();
    view! {
        <div class="empty" data-testid="empty">
            <h2>"Nothing has been published yet"</h2>
            <p>"Publish something, and its panel appears here. For example:"</p>
            {load_recipes(Recipes { has_token: has_token(), all: false })}
            <button class="tool primary" type="button" on:click=click(move || open.set(true))>"More ways"</button>
        </div>
    }
}

/// Returns a memo that is true if the page sends a token to the server.
fn has_token() -> Memo<bool> {
    let board: Board = context();
    Memo::new(move |_| board.link.with(|link| link.has_token))
}
