//! The body of a table panel: one row for each object, one column for each field.

use leptos::prelude::*;

use super::shown::Shown;
use crate::follow::{follow, numbered, parts, when};
use board_model::stream::Stream;
use board_model::table::{Column, Table};

pub(super) fn body(shown: Shown) -> impl IntoView {
    let table = Memo::new(move |_| shown.stream.with(|stream: &Stream| stream.table().clone()));
    let columns = Memo::new(move |_| table.with(|table| table.columns.clone()));
    let rows = Memo::new(move |_| table.with(|table| table.rows.len()));
    let left_out = Memo::new(move |_| table.with(Table::left_out_words));
    let is_cut = Memo::new(move |_| left_out.with(Option::is_some));
    view! {
        <div class="rows" tabindex="0" role="region" aria-label=shown.name()>
            <table>
                <thead><tr>{follow(move || parts(columns.get().into_iter().map(heading)))}</tr></thead>
                <tbody>
                    {follow(move || {
                        let columns = columns.get();
                        numbered(rows, move |row| line(table, row, &columns).into_any()).into_any()
                    })}
                </tbody>
            </table>
        </div>
        {when(is_cut, move || view! { <p class="note">{left_out}" "<AllData shown table /></p> })}
    }
}

/// Shows a button that opens the newest publication as JSON, with everything that the table leaves out.
#[component]
fn AllData(shown: Shown, table: Memo<Table>) -> impl IntoView {
    let id = format!("all-{}", shown.name().get_untracked());
    view! {
        <button class="link" type="button" popovertarget=id.clone()>"Show all as JSON"</button>
        <div class="pop" id=id popover="auto" data-testid="all-data">
            <pre>{follow(move || table.with(|table| table.all.clone()))}</pre>
        </div>
    }
}

fn heading(column: Column) -> impl IntoView {
    view! { <th scope="col" class:text=!column.numeric>{column.name}</th> }
}

/// Shows one row of the table. A cell is updated only when its own text has changed.
fn line(table: Memo<Table>, row: usize, columns: &[Column]) -> impl IntoView + use<> {
    let cell = |(index, column): (usize, &Column)| {
        let text = Memo::new(move |_| table.with(|table| text(table, row, index)));
        view! { <td class:text=!column.numeric>{text}</td> }
    };
    let cells = parts(columns.iter().enumerate().map(cell));
    view! { <tr>{cells}</tr> }
}

fn text(table: &Table, row: usize, column: usize) -> String {
    table.rows.get(row).and_then(|cells| cells.get(column)).cloned().unwrap_or_default()
}
