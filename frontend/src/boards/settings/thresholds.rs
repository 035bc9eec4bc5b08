//! The thresholds of a panel as rows that can be added, changed and removed.

use leptos::prelude::*;
use shared::Topic;

use super::super::state::State;
use super::super::together;
use super::parts::{fault_words, focus_on, owned, select};
use crate::follow::{click, follow, numbered, when};
use crate::signal::{Memo, RwSignal, StoredValue};
use board_model::document::settings::{Row, has_none, thresholds, value_of};
use board_model::document::{Edit, settings};

/// The rows as they are written. Those that are not complete are not in the document.
#[derive(Clone, Copy)]
struct Rows {
    state: State,
    topic: StoredValue<Topic>,
    rows: RwSignal<Vec<Row>>,
    /// True if no threshold counts, not even those of the publisher.
    is_none: RwSignal<bool>,
    /// Index of a row that is not a threshold, and what to write instead.
    fault: RwSignal<Option<(usize, String)>>,
}

/// Shows the thresholds of a panel.
pub(super) fn show(state: State, topic: &Topic) -> AnyView {
    let panel = state.panel(topic);
    let rows = Rows {
        state,
        topic: StoredValue::new(topic.clone()),
        rows: RwSignal::new(Row::all(&panel)),
        is_none: RwSignal::new(has_none(&panel)),
        fault: RwSignal::new(None),
    };
    rows.follow_document();
    let series = series_names(state, topic);
    let count = Memo::new(move |_| rows.rows.with(Vec::len));
    let is_full = follow(move || count.get() >= shared::limits::BOARD_THRESHOLDS);
    let can_be_none = publishes_thresholds(state, topic) || has_none(&panel);
    let offers_none = Memo::new(move |_| can_be_none && count.get() == 0);
    view! {
        <fieldset class="thresholds">
            <legend>"Thresholds"</legend>
            <small>"Values from which a number counts as trouble, or as a warning. Charts show them as lines. They take the place of those that the publisher has set."</small>
            {when(offers_none, move || none(rows))}
            {numbered(count, move |index| row(rows, index, &series))}
            <button class="tool" type="button" disabled=is_full on:click=click(move || rows.add()) id="add-threshold" data-testid="add-threshold">"Add a threshold"</button>
        </fieldset>
    }
    .into_any()
}

/// Returns the names of the series of a topic, if there are several.
fn series_names(state: State, topic: &Topic) -> Vec<String> {
    let names: Option<Vec<String>> = state.board.shown_cell(topic).map(|cell| {
        cell.with_known(|_, series| series.series().iter().map(|series| series.name().to_owned()).collect())
    });
    names.filter(|names| names.len() > 1).unwrap_or_default()
}

/// Returns true if the panel shows a topic as it is, whose publisher has set thresholds.
fn publishes_thresholds(state: State, topic: &Topic) -> bool {
    let cell = state.board.cell(topic).filter(|_| together::cell(topic).is_none());
    cell.is_some_and(|cell| {
        cell.with_known(|stream, _| {
            let thresholds = stream.published_meta().thresholds.as_deref();
            thresholds.and_then(|list| list.as_array()).is_some_and(|list| !list.is_empty())
        })
    })
}

/// Shows the box with which the thresholds of the publisher do not count.
fn none(rows: Rows) -> AnyView {
    view! {
        <label class="series">
            <input
                type="checkbox"
                prop:checked=follow(move || rows.is_none.get())
                on:change:target=move |event| {
                    rows.is_none.set(event.target().checked());
                    rows.apply();
                }
                data-testid="no-thresholds"
            />
            <span>"No thresholds: those of the publisher do not count"</span>
        </label>
    }
    .into_any()
}

impl Rows {
    fn panel(self) -> shared::board::Panel {
        self.topic.with_value(|topic| self.state.panel(topic))
    }

    /// Shows the thresholds of the document again when they were changed elsewhere, such as by an undo.
    fn follow_document(self) {
        Effect::new(move |_| {
            let panel = self.panel();
            let is_none = self.is_none.get_untracked();
            let is_other = self.rows.with_untracked(|rows| {
                thresholds(&panel, rows, is_none).is_ok_and(|written| written != value_of(&panel))
            });
            if is_other {
                self.fault.set(None);
                self.rows.set(Row::all(&panel));
                self.is_none.set(has_none(&panel));
            }
        });
    }

    fn read<T>(self, index: usize, read: impl FnOnce(&Row) -> T) -> Option<T> {
        self.rows.with(|rows| rows.get(index).map(read))
    }

    /// Changes a row, and the document if all rows are thresholds.
    fn change(self, index: usize, change: impl FnOnce(&mut Row)) {
        self.rows.update(|rows| {
            if let Some(row) = rows.get_mut(index) {
                change(row);
            }
        });
        self.apply();
    }

    fn apply(self) {
        let panel = untrack(|| self.panel());
        let is_none = self.is_none.get_untracked();
        let read = self.rows.with_untracked(|rows| settings::thresholds(&panel, rows, is_none));
        self.fault.set(read.as_ref().err().cloned());
        if let Ok(value) = read {
            self.state.edit(&Edit::Set(panel_topic(self), "thresholds", value));
        }
    }

    fn add(self) {
        self.rows.update(|rows| rows.push(Row::default()));
        let last = self.rows.with_untracked(Vec::len) - 1;
        request_animation_frame(move || focus_on(&id(last, "bound")));
    }

    fn remove(self, index: usize) {
        self.rows.update(|rows| drop((index < rows.len()).then(|| rows.remove(index))));
        self.apply();
        focus_on("add-threshold");
    }
}

fn panel_topic(rows: Rows) -> Topic {
    rows.topic.get_value()
}

fn id(index: usize, part: &str) -> String {
    format!("threshold-{index}-{part}")
}

fn row(rows: Rows, index: usize, series: &[String]) -> AnyView {
    let fault = RwSignal::new(String::new());
    Effect::new(move |_| {
        let words = rows.fault.get().filter(|(row, _)| *row == index).map(|(_, words)| words);
        fault.set(words.unwrap_or_default());
    });
    let invalid = follow(move || fault.with(|fault| !fault.is_empty()).to_string());
    let name = format!("Threshold {}", index + 1);
    let label = |part: &str| format!("{name}: {part}");
    let ways = [("above", "above"), ("below", "below")].map(owned).to_vec();
    let meanings = [("bad", "is trouble"), ("warning", "is a warning")].map(owned).to_vec();
    let way = move || rows.read(index, |row| if row.is_below { "below" } else { "above" }.to_owned());
    let meaning = move || rows.read(index, |row| if row.is_warning() { "warning" } else { "bad" }.to_owned());
    let of = move || rows.read(index, |row| row.series().to_owned());
    let all = [owned(("", "all series"))].into_iter();
    let choices = all.chain(series.iter().map(|name| (name.clone(), name.clone()))).collect();
    let choose_series = (!series.is_empty()).then(|| {
        let choose = move |value: String| rows.change(index, |row| row.choose(&value));
        select(id(index, "series"), label("series"), choices, of, choose)
    });
    let (fault_id, text_label) = (id(index, "fault"), label("words while it is crossed"));
    view! {
        <div class="threshold" role="group" aria-label=name.clone() data-testid="threshold">
            {choose_series}
            {select(id(index, "way"), label("direction"), ways, way, move |value| rows.change(index, |row| row.is_below = value == "below"))}
            <input
                class="filter"
                id=id(index, "bound")
                aria-label=label("value")
                placeholder="value"
                inputmode="decimal"
                autocomplete="off"
                aria-describedby=fault_id.clone()
                aria-invalid=invalid
                prop:value=follow(move || rows.read(index, |row| row.bound.clone()).unwrap_or_default())
                on:change:target=move |event| rows.change(index, |row| row.bound = event.target().value())
                data-testid=id(index, "bound")
            />
            {select(id(index, "means"), label("meaning"), meanings, meaning, move |value| rows.change(index, |row| row.warn(value == "warning")))}
            <input
                class="filter"
                id=id(index, "words")
                aria-label=text_label
                placeholder="words, such as: too slow"
                autocomplete="off"
                prop:value=follow(move || rows.read(index, |row| row.words().to_owned()).unwrap_or_default())
                on:change:target=move |event| rows.change(index, |row| row.say(&event.target().value()))
                data-testid=id(index, "words")
            />
            <button class="tool" type="button" aria-label=format!("Remove threshold {}", index + 1) on:click=click(move || rows.remove(index)) data-testid=id(index, "remove")>"Remove"</button>
            {fault_words(fault_id, fault)}
        </div>
    }
    .into_any()
}
