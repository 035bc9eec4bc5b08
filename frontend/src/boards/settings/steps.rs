//! The steps by which the series of a panel are computed, as rows that can be added, changed and removed.

use leptos::prelude::*;
use shared::Topic;
use shared::board::fields::{MOST_STEPS, RATES};

use super::super::state::State;
use super::parts::{fault_words, focus_on, select};
use crate::follow::{click, follow, numbered, parts, when};
use crate::signal::{Memo, RwSignal, StoredValue};
use board_model::document::Edit;
use board_model::document::steps::{MEAN, PERCENTILE, Place, RATE, StepRow, differ, with_steps};

/// The rows as they are written. Those that are no steps are not in the document.
#[derive(Clone, Copy)]
struct Rows {
    state: State,
    topic: StoredValue<Topic>,
    place: Place,
    rows: RwSignal<Vec<StepRow>>,
    /// Index of a row that is no step, and what to write instead.
    fault: RwSignal<Option<(usize, String)>>,
}

/// Shows the steps of a panel: those of each of its topics if there are several, and those of all together.
pub(super) fn show(state: State, topic: &Topic) -> AnyView {
    let panel = state.panel(topic);
    let is_one = panel.sources.len() == 1;
    let own = panel.sources.iter().enumerate().filter_map(|(index, source)| {
        let heading = format!("Computed from {} alone", source.topic.as_ref()?);
        // Steps of a single topic mean the same wherever they are, so that one list is enough for new ones.
        (!is_one || !source.derive.is_empty()).then_some((Place::Source(index), heading))
    });
    let of_all = if is_one { "Computed from the data" } else { "Computed from all topics together" };
    let places = own.chain([(Place::All, of_all.to_owned())]);
    parts(places.map(|(place, heading)| list(state, topic, place, heading))).into_any()
}

fn list(state: State, topic: &Topic, place: Place, heading: String) -> AnyView {
    let rows = Rows {
        state,
        topic: StoredValue::new(topic.clone()),
        place,
        rows: RwSignal::new(StepRow::all(&state.panel(topic), place)),
        fault: RwSignal::new(None),
    };
    rows.follow_document();
    let count = Memo::new(move |_| rows.rows.with(Vec::len));
    let is_full = follow(move || count.get() >= MOST_STEPS);
    let add_id = add_id(place);
    let label = ["Add a step to: ", &heading].concat();
    let hint = (place == Place::All)
        .then(|| view! { <small>"Steps are applied one after the other. Nothing is computed across a gap of the data."</small> });
    view! {
        <fieldset class="steps">
            <legend>{heading}</legend>
            {hint}
            {numbered(count, move |index| row(rows, index))}
            <button class="tool" type="button" disabled=is_full aria-label=label on:click=click(move || rows.add()) id=add_id.clone() data-testid=add_id>"Add a step"</button>
        </fieldset>
    }
    .into_any()
}

impl Rows {
    fn panel(self) -> shared::board::Panel {
        self.topic.with_value(|topic| self.state.panel(topic))
    }

    /// Shows the steps of the document again when they were changed elsewhere, such as by an undo.
    fn follow_document(self) {
        Effect::new(move |_| {
            let panel = self.panel();
            if self.rows.with_untracked(|rows| differ(&panel, self.place, rows)) {
                self.fault.set(None);
                self.rows.set(StepRow::all(&panel, self.place));
            }
        });
    }

    fn read<T>(self, index: usize, read: impl FnOnce(&StepRow) -> T) -> Option<T> {
        self.rows.with(|rows| rows.get(index).map(read))
    }

    /// Changes a row, and the document if all rows are steps.
    fn change(self, index: usize, change: impl FnOnce(&mut StepRow)) {
        self.rows.update(|rows| {
            if let Some(row) = rows.get_mut(index) {
                change(row);
            }
        });
        self.apply();
    }

    fn apply(self) {
        let panel = untrack(|| self.panel());
        let read = self.rows.with_untracked(|rows| with_steps(&panel, self.place, rows));
        self.fault.set(read.as_ref().err().cloned());
        if let Ok((name, value)) = read {
            self.state.edit(&Edit::Set(self.topic.get_value(), name, value));
        }
    }

    fn add(self) {
        self.rows.update(|rows| rows.push(StepRow::default()));
        self.apply();
        let last = self.rows.with_untracked(Vec::len).saturating_sub(1);
        request_animation_frame(move || focus_on(&id(self.place, last, "operation")));
    }

    fn remove(self, index: usize) {
        self.rows.update(|rows| drop((index < rows.len()).then(|| rows.remove(index))));
        self.apply();
        focus_on(&add_id(self.place));
    }
}

fn add_id(place: Place) -> String {
    match place {
        Place::All => "add-step".to_owned(),
        Place::Source(index) => format!("add-step-{index}"),
    }
}

fn id(place: Place, index: usize, part: &str) -> String {
    match place {
        Place::All => format!("step-{index}-{part}"),
        Place::Source(source) => format!("step-{source}-{index}-{part}"),
    }
}

fn row(rows: Rows, index: usize) -> AnyView {
    let id = move |part: &str| id(rows.place, index, part);
    let name = format!("Step {}", index + 1);
    let label = |part: &str| format!("{name}: {part}");
    let chosen = Memo::new(move |_| rows.read(index, |row| row.operation.clone()));
    let operation = move || chosen.get();
    let is = move |wanted: &'static [&'static str]| {
        Memo::new(move |_| operation().is_some_and(|operation| wanted.contains(&operation.as_str())))
    };
    let fault = RwSignal::new(String::new());
    Effect::new(move |_| {
        let words = rows.fault.get().filter(|(row, _)| *row == index).map(|(_, words)| words);
        fault.set(words.unwrap_or_default());
    });
    let (labels, fault_id) = ([label("time of the rate"), label("percent"), label("time")], id("fault"));
    let [per_label, percent_label, time_label] = labels.map(StoredValue::new);
    let per = move || per(rows, index, id("per"), per_label.get_value());
    let percent = move || percent(rows, index, id("percent"), percent_label.get_value(), fault);
    // The choices depend on the operation.
    let times = move || {
        follow(move || {
            operation();
            untrack(|| over(rows, index, id("over"), time_label.get_value()))
        })
    };
    let choices = untrack(|| rows.read(index, StepRow::operations)).unwrap_or_default();
    let choose = move |value: String| rows.change(index, |row| row.choose(&value));
    let remove_label = format!("Remove step {}", index + 1);
    view! {
        <div class="step" role="group" aria-label=name.clone() data-testid="step">
            {select(id("operation"), label("operation"), choices, operation, choose)}
            {when(is(&[RATE]), per)}
            {when(is(&[PERCENTILE]), percent)}
            {when(is(&[MEAN, PERCENTILE]), times)}
            <button class="tool" type="button" id=id("remove") aria-label=remove_label on:click=click(move || rows.remove(index))>"Remove"</button>
            {fault_words(fault_id, fault)}
        </div>
    }
    .into_any()
}

fn per(rows: Rows, index: usize, id: String, label: String) -> AnyView {
    let choices = RATES.iter().map(|per| ((*per).to_owned(), ["for each ", per].concat())).collect();
    let per = move || rows.read(index, |row| row.per.clone());
    select(id, label, choices, per, move |value| rows.change(index, |row| row.per = value))
}

fn over(rows: Rows, index: usize, id: String, label: String) -> AnyView {
    let choices = rows.read(index, StepRow::times).unwrap_or_default();
    let over = move || rows.read(index, |row| row.over_ms.clone());
    select(id, label, choices, over, move |value| rows.change(index, |row| row.over_ms = value))
}

fn percent(rows: Rows, index: usize, id: String, label: String, fault: RwSignal<String>) -> AnyView {
    let fault_id = self::id(rows.place, index, "fault");
    view! {
        <input
            class="filter"
            id=id.clone()
            aria-label=label
            inputmode="decimal"
            autocomplete="off"
            aria-describedby=fault_id
            aria-invalid=follow(move || fault.with(|fault| !fault.is_empty()).to_string())
            prop:value=follow(move || rows.read(index, |row| row.percent.clone()).unwrap_or_default())
            on:change:target=move |event| rows.change(index, |row| row.percent = event.target().value())
            data-testid=id
        />
    }
    .into_any()
}
