//! The body of a table panel: one row for each object, one column for each field. The reader can sort the rows by a column and
//! search them. Rows do not change their order while the reader points at them.

use std::collections::{BTreeMap, BTreeSet};

use leptos::ev;
use leptos::prelude::*;

use super::shown::Shown;
use super::trail_store;
use crate::follow::{Entry, click, current, follow, list, parts, when};
use crate::signal::{Memo, RwSignal, StoredValue};
use board_model::sorting::Sorting;
use board_model::stream::Stream;
use board_model::table::{Column, Table};
use board_model::table_view::{Rows, TableView, names};
use board_model::trails::Trails;

/// Number of rows from which on a table has a search field.
const SEARCH_FROM_ROWS: usize = 9;
/// Width and height of the small chart in a cell, in the units of its own drawing.
const TRAIL_WIDTH: f64 = 60.0;
const TRAIL_HEIGHT: f64 = 14.0;

/// The state of one table panel.
#[derive(Clone, Copy)]
struct Body {
    table: Memo<Table>,
    view: RwSignal<TableView>,
    /// The row with each name.
    places: Memo<BTreeMap<String, usize>>,
    /// Name of the topic, under which the earlier values of its cells are kept.
    topic: StoredValue<String>,
    /// The columns in which a value has changed; none if the panel shows the past.
    changed: Memo<BTreeSet<String>>,
}

pub(super) fn body(shown: Shown) -> impl IntoView {
    let table = Memo::new(move |_| shown.stream.with(|stream: &Stream| stream.table().clone()));
    let view = RwSignal::new(TableView::default());
    let places = Memo::new(move |_| table.with(|table| names(table).into_iter().zip(0..).collect()));
    let topic = StoredValue::new(shown.stream.with_untracked(|stream| stream.topic().to_string()));
    let body = Body { table, view, places, topic, changed: changed(shown) };
    let is_held = RwSignal::new(false);
    let rows = Memo::new(move |before: Option<&Rows>| {
        let held = before.filter(|_| is_held.get());
        table.with(|table| view.with(|view| view.rows(table, held)))
    });
    let columns = Memo::new(move |_| table.with(|table| table.columns.clone()));
    let left_out = Memo::new(move |_| table.with(Table::left_out_words));
    let is_cut = Memo::new(move |_| left_out.with(Option::is_some));
    let is_long = Memo::new(move |before: Option<&bool>| {
        before == Some(&true) || table.with(|table| table.rows.len() >= SEARCH_FROM_ROWS)
    });
    let has_note = Memo::new(move |_| is_cut.get() || is_long.get());
    let found = move || found_words(rows.with(|rows| rows.rows.len()), table.with(|table| table.rows.len()));
    view! {
        <div
            class="rows"
            tabindex="0"
            role="region"
            aria-label=current(shown.name())
        >
            <table>
                <thead><tr>{follow(move || parts(columns.get().into_iter().map(|column| heading(body, column))))}</tr></thead>
                <tbody
                    on:pointerenter=move |_| is_held.set(true)
                    on:pointerleave=move |_| is_held.set(false)
                >
                    {follow(move || {
                        let columns = columns.get();
                        let entry = move |name: String| {
                            let (key, columns) = (name.clone(), columns.clone());
                            Entry::new(key, move || line(body, &name, &columns))
                        };
                        list(move || rows.get().names.into_iter().map(&entry).collect())
                    })}
                </tbody>
            </table>
        </div>
        {when(has_note, move || view! {
            <div class="note foot">
                {when(is_cut, move || view! { <span>{current(left_out)}" "<AllData shown table /></span> })}
                <span role="status">{follow(found)}</span>
                {when(is_long, move || view! { <Search view /> })}
            </div>
        })}
    }
}

/// Returns the columns in which a value has changed, and keeps the values of the table. Whatever reads it is notified of every table.
fn changed(shown: Shown) -> Memo<BTreeSet<String>> {
    let compute = move |_: Option<&BTreeSet<String>>| {
        shown.stream.with(|stream| {
            trail_store::observe(stream);
            let topic = stream.topic().to_string();
            let changed = trail_store::read(&topic, Trails::changed).unwrap_or_default();
            if stream.look_back().is_some() { BTreeSet::new() } else { changed }
        })
    };
    Memo::new_each_time(compute)
}

#[component]
fn Search(view: RwSignal<TableView>) -> impl IntoView {
    let seek = move |event: ev::Event| view.update(|view| view.sought = event_target_value(&event));
    view! {
        <input class="find" type="search" placeholder="Find rows" aria-label="Find rows" on:input=seek data-testid="find-rows" />
    }
}

/// Returns a text about the rows that are not shown because they do not contain the text that is sought.
fn found_words(found: usize, all: usize) -> Option<String> {
    (found < all).then(|| format!("{found} of {all} rows"))
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

fn heading(body: Body, column: Column) -> impl IntoView {
    let (name, numeric) = (column.name.clone(), column.numeric);
    let press = click(move || {
        let name = name.clone();
        body.view.update(|view| view.sorting = Sorting::press(view.sorting.as_ref(), name, numeric));
    });
    let name = column.name.clone();
    let direction = follow(move || body.view.with(|view| Sorting::word(view.sorting.as_ref(), &name)));
    view! {
        <th scope="col" class:text=!column.numeric aria-sort=direction>
            <button class="sort" type="button" on:click=press>{column.name}</button>
        </th>
    }
}

/// Shows the row with this name. A cell is updated only when its own text has changed.
fn line(body: Body, name: &str, columns: &[Column]) -> impl IntoView + use<> {
    let own = name.to_owned();
    let row = Memo::new(move |_| body.places.with(|places| places.get(&own).copied()));
    let cell = |(index, column): (usize, &Column)| {
        let text =
            Memo::new(move |_| row.get().and_then(|row| body.table.with(|table| text(table, row, index))));
        let trail = column.numeric.then(|| trail(body, name.to_owned(), column.name.clone()));
        view! { <td class:text=!column.numeric>{trail}{current(text)}</td> }
    };
    let cells = parts(columns.iter().enumerate().map(cell));
    view! { <tr>{cells}</tr> }
}

/// Shows a small chart of the earlier values of a cell, if any value of its column has changed.
fn trail(body: Body, row: String, column: String) -> AnyView {
    let name = column.clone();
    let is_shown = Memo::new(move |_| body.changed.with(|changed| changed.contains(&name)));
    let drawn = Memo::new(move |_| {
        body.changed.track();
        let drawn = |trails: &Trails| {
            let trail = trails.trail(&row, &column)?;
            Some((trail.path(TRAIL_WIDTH, TRAIL_HEIGHT), trail.words()))
        };
        body.topic.with_value(|topic| trail_store::read(topic, drawn)).flatten()
    });
    when(is_shown, move || {
        let path = follow(move || drawn.get().map(|(path, _)| path).unwrap_or_default());
        let words = follow(move || drawn.get().and_then(|(_, words)| words).unwrap_or_default());
        let title = follow(move || drawn.get().and_then(|(_, words)| words));
        view! {
            <span class="trail" title=title>
                <svg viewBox="-1 -1 62 16" aria-hidden="true"><path d=path></path></svg>
                <span class="visually-hidden">{words}": "</span>
            </span>
        }
    })
    .into_any()
}

fn text(table: &Table, row: usize, column: usize) -> Option<String> {
    table.rows.get(row)?.get(column).cloned()
}
