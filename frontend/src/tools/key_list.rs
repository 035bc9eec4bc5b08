//! The list of all keys, which is made from the table of commands.

use leptos::html;
use leptos::prelude::*;

use super::dialog;
use super::handle::Tools;
use crate::follow::{click, parts};
use crate::list_style;
use board_model::command::{ELSEWHERE, Group, TABLE};

/// Shows the list while it is open.
pub(super) fn show(tools: Tools) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    list_style::adopt();
    dialog::follow(node, move || tools.keys.get());
    let groups = Group::ALL.into_iter().map(|group| {
        let rows = TABLE.iter().filter(move |row| row.group == group && !row.keys.is_empty());
        table(
            group.words(),
            rows.map(|row| (row.words.to_owned(), row.keys.iter().map(|key| key.words()).collect())),
        )
    });
    let others = ELSEWHERE.iter().map(|other| {
        let rows = other.keys.iter().map(|(keys, words)| ((*words).to_owned(), vec![(*keys).to_owned()]));
        table(other.place, rows)
    });
    view! {
        <dialog
            class="sheet key-list"
            aria-labelledby="key-list"
            node_ref=node
            on:close=dialog::on_close(node, move || tools.keys.set(false))
            data-testid="key-list"
        >
            <div class="sheet-top">
                <h2 id="key-list">"Keys"</h2>
                <button class="tool" type="button" on:click=click(move || tools.keys.set(false))>"Close"</button>
            </div>
            <div class="sheet-body">{parts(groups.chain(others))}</div>
        </dialog>
    }
    .into_any()
}

/// Shows a part of the list: commands in words, each with its keys.
fn table(heading: &'static str, rows: impl Iterator<Item = (String, Vec<String>)>) -> AnyView {
    let row = |(words, keys): (String, Vec<String>)| {
        let keys = keys.into_iter().map(|key| view! { <kbd>{key}</kbd>" " });
        view! { <tr><th scope="row">{words}</th><td>{parts(keys)}</td></tr> }
    };
    view! {
        <table>
            <caption>{heading}</caption>
            <tbody>{parts(rows.map(row))}</tbody>
        </table>
    }
    .into_any()
}
