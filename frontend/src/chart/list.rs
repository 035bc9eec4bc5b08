//! The list of all series of a chart, with the lowest, the mean, the highest and the last value of each in the window. It can be
//! sorted and searched. Its rows do not move while the reader points at them.

use leptos::ev;
use leptos::prelude::*;

use super::key_set::{KeySet, classes};
use crate::follow::{Click, Entry, click, current, follow, parts};
use crate::list_style;
use crate::signal::{Memo, RwSignal};
use board_model::chart::length;
use board_model::chart::readout::Readout;
use board_model::chart::statistics::{Quantity, Statistics};
use board_model::sorting::{Key, Sorting, order};

/// A column of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Last,
    Min,
    Mean,
    Max,
}

impl Column {
    const NUMBERS: [Self; 4] = [Self::Last, Self::Min, Self::Mean, Self::Max];

    fn word(self) -> &'static str {
        match self {
            Self::Name => "series",
            Self::Last => "last",
            Self::Min => "min",
            Self::Mean => "mean",
            Self::Max => "max",
        }
    }

    fn quantity(self, of: &Statistics) -> &Quantity {
        match self {
            Self::Name | Self::Last => &of.last,
            Self::Min => &of.min,
            Self::Mean => &of.mean,
            Self::Max => &of.max,
        }
    }
}

/// The state of an open list.
#[derive(Clone, Copy)]
struct List {
    keys: KeySet,
    statistics: Memo<Vec<Statistics>>,
    sorting: RwSignal<Option<Sorting<Column>>>,
    sought: RwSignal<String>,
    /// True while the reader points at a row, or the focus is in one.
    is_held: RwSignal<bool>,
}

impl List {
    fn key(self, column: usize, name: &str) -> Key {
        match self.sorting.get().map(|sorting| sorting.column) {
            None => Key::Number(column as f64),
            Some(Column::Name) => Key::Text(name.to_owned()),
            Some(number) => self
                .statistics
                .with(|all| all.get(column).map_or(Key::Nothing, |found| number.quantity(found).key())),
        }
    }

    /// Returns the series in the order of the rows. `before` is the order that is shown now.
    fn rows(self, before: Option<&Vec<usize>>) -> Vec<usize> {
        let (names, sought) = (self.keys.names(), self.sought.get().to_lowercase());
        let is_found = |column: &usize| names[*column].to_lowercase().contains(&sought);
        if let Some(before) = before.filter(|_| self.is_held.get()) {
            let added = (0..names.len()).filter(|column| !before.contains(column) && is_found(column));
            let kept = before.iter().copied().filter(|column| *column < names.len());
            return kept.chain(added).collect();
        }
        let is_descending = self.sorting.get().is_some_and(|sorting| sorting.is_descending);
        let keys: Vec<Key> = names.iter().enumerate().map(|(column, name)| self.key(column, name)).collect();
        order(&keys, is_descending).into_iter().filter(is_found).collect()
    }

    fn press(self, column: Column) {
        self.sorting.update(|now| *now = Sorting::press(now.as_ref(), column, column != Column::Name));
    }
}

/// Shows the list.
pub(super) fn show(keys: KeySet) -> AnyView {
    list_style::adopt();
    let statistics = Memo::new(move |_| {
        keys.state.track_seconds();
        keys.state.track_look();
        let count = keys.readout.with(|readout| readout.readings.len());
        keys.state.with_scene(|scene| (0..count).map(|column| Statistics::of(scene, column)).collect())
    });
    let list = List {
        keys,
        statistics,
        sorting: RwSignal::new(None),
        sought: RwSignal::new(String::new()),
        is_held: RwSignal::new(false),
    };
    let rows = Memo::new(move |before: Option<&Vec<usize>>| list.rows(before));
    let hidden = keys.state.hidden();
    let columns = [Column::Name].into_iter().chain(Column::NUMBERS);
    view! {
        <h4>{follow(move || keys.readout.with(all_words))}</h4>
        <p>{follow(move || about(list))}</p>
        <div class="list-tools">
            <input
                class="find"
                type="search"
                placeholder="Find a series"
                aria-label="Find a series"
                on:input=move |event: ev::Event| list.sought.set(event_target_value(&event))
            />
            <button
                class="tool"
                type="button"
                disabled=follow(move || hidden.with(|hidden| hidden.is_empty()))
                on:click=click(move || hidden.update(|hidden| hidden.clear()))
            >
                "Show all"
            </button>
        </div>
        <table aria-label=current(keys.name)>
            <thead><tr>{parts(columns.map(move |column| heading(list, column)))}<td></td></tr></thead>
            <tbody
                on:pointerenter=move |_| list.is_held.set(true)
                on:pointerleave=move |_| list.is_held.set(false)
                on:focusin=move |_| list.is_held.set(true)
                on:focusout=move |_| list.is_held.set(false)
            >
                {crate::follow::list(move || rows.get().into_iter().map(|column| entry(list, column)).collect())}
            </tbody>
        </table>
        <p role="status">{follow(move || found_words(rows.with(Vec::len), keys.names().len()))}</p>
    }
    .into_any()
}

/// Returns the heading of the list: `40 series`, followed by the number of further series that the chart does not draw.
fn all_words(readout: &Readout) -> String {
    match readout.left_out {
        0 => format!("{} series", readout.readings.len()),
        more => format!("{} series; {more} more are not drawn", readout.readings.len()),
    }
}

/// Returns sentences about the values: the length of the window, and why there is no mean.
fn about(list: List) -> String {
    let length = list.keys.readout.with(|readout| length(readout.window.end - readout.window.start));
    let has_buckets = list.statistics.with(|all| all.iter().any(|found| found.has_buckets));
    let mean = match has_buckets {
        true => {
            "There is no mean of what is in buckets, which tell only their lowest, highest, first and last value."
        }
        false => "The mean is computed by the page, with one digit more than was sent.",
    };
    format!("Values in this window of {length}. {mean}")
}

fn found_words(found: usize, all: usize) -> Option<String> {
    (found < all).then(|| format!("{found} of {all} series have this text in their names"))
}

fn heading(list: List, column: Column) -> impl IntoView {
    let press: Click = click(move || list.press(column));
    view! {
        <th scope="col" aria-sort=follow(move || list.sorting.with(|now| Sorting::word(now.as_ref(), &column)))>
            <button class="sort" type="button" on:click=press>{column.word()}</button>
        </th>
    }
}

fn entry(list: List, column: usize) -> Entry {
    Entry::new(column.to_string(), move || row(list, column))
}

fn row(list: List, column: usize) -> impl IntoView {
    let keys = list.keys;
    let name = keys.state.name_of(column).unwrap_or_default();
    let only = ["Show only ", &name].concat();
    let cell = |number: Column| {
        let read = move |part: fn(&Statistics, Column) -> String| {
            list.statistics.with(|all| all.get(column).map(|found| part(found, number)).unwrap_or_default())
        };
        let text = Memo::new(move |_| {
            let text = read(|found, number| number.quantity(found).text.clone());
            if text.is_empty() { "–".to_owned() } else { text }
        });
        let title = move || {
            (number == Column::Mean).then(|| read(|found, _| format!("mean of {} values", found.count)))
        };
        view! { <td title=follow(title)>{current(text)}</td> }
    };
    let cells = parts(Column::NUMBERS.map(cell));
    let is_shown = follow(move || {
        keys.state.hidden().track();
        !keys.state.is_hidden(column)
    });
    view! {
        <tr class=classes("series", keys.state.number(column)) data-n=column.to_string()>
            <th scope="row">
                <label>
                    <input type="checkbox" prop:checked=is_shown on:change=move |_| keys.toggle(column) />
                    <i inner_html=keys.state.swatch(column)></i>
                    <span>{name}</span>
                </label>
            </th>
            {cells}
            <td><button class="only link" type="button" aria-label=only.clone() title=[&only, " (i)"].concat()>"only"</button></td>
        </tr>
    }
}
