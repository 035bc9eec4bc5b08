//! The sheet with the settings of one panel, which is open while a person arranges the board. Its code is loaded when it is first
//! opened.
//!
//! The sheet lies over the board, on the side where its panel is not. Changes are seen at once, and are kept in the browser.
//! [`thresholds`] shows the thresholds, [`series`] the choice of series, [`steps`] what is computed from them; [`parts`] has what they
//! share.

mod parts;
mod series;
mod steps;
mod thresholds;

use leptos::prelude::*;
use shared::Topic;
use shared::board::fields::Field;

use super::panels;
use super::state::State;
use crate::follow::{self, click, follow, when};
use crate::late;
use crate::signal::{Memo, RwSignal};
use board_model::document::{Edit, settings};
use parts::{fault_words, focus_on};

/// Width of the page in CSS pixels below which the sheet covers the lower part of the page. The style sheet has it too.
const PHONE_PX: f64 = 760.0;

/// Returns the place of the sheet in the page.
pub(super) fn place(state: State) -> AnyView {
    let is_open = Memo::new(move |_| state.sheet.get().is_some());
    when(is_open, move || load_sheet(state)).into_any()
}

late::part!(load_sheet, State, sheet, quiet);

/// Opens the settings of a panel.
pub(super) fn open(state: State, topic: Topic) {
    state.sheet.set(Some(topic));
}

/// Closes the sheet, and moves the focus to its panel.
pub(super) fn close(state: State) {
    let topic = state.sheet.try_update(Option::take).flatten();
    request_animation_frame(move || panels::focus(topic.as_ref()));
}

fn sheet(state: State) -> AnyView {
    let topic = Memo::new(move |_| state.sheet.get());
    follow(move || topic.get().map(|topic| untrack(|| form(state, topic)))).into_any()
}

fn form(state: State, topic: Topic) -> AnyView {
    let is_left = is_right_of_middle(&topic);
    // The sheet is in the page after this frame.
    request_animation_frame(|| focus_on("setting-title"));
    let cannot_undo = follow(move || state.draft.with(|draft| !draft.can_undo()));
    let hide = {
        let topic = topic.clone();
        click(move || {
            state.edit(&Edit::Hide(topic.clone()));
            close(state);
        })
    };
    let fields = follow::parts(settings::fields().into_iter().map(|field| control(state, &topic, field)));
    let name = ["Settings of ", topic.as_str()].concat();
    let heading = name.clone();
    view! {
        <section class="settings" class:is-left=is_left role="dialog" aria-label=name data-testid="settings">
            <div class="settings-top">
                <h2>{heading}</h2>
                <button class="tool" type="button" disabled=cannot_undo on:click=click(move || state.undo()) data-testid="settings-undo">"Undo"</button>
                <button class="tool primary" type="button" on:click=click(move || close(state)) data-testid="settings-close">"Close"</button>
            </div>
            <div class="settings-body">
                {fields}
                {series::show(state, &topic)}
                {steps::show(state, &topic)}
                {thresholds::show(state, &topic)}
                <button class="tool" type="button" on:click=hide data-testid="settings-hide">"Hide this panel"</button>
            </div>
        </section>
    }
    .into_any()
}

/// Shows a field with its label, its meaning, and the fault of what was written last.
fn control(state: State, topic: &Topic, field: &'static Field) -> AnyView {
    let (id, fault) = (["setting-", field.name].concat(), RwSignal::new(String::new()));
    let (hint_id, fault_id) = ([&id, "-hint"].concat(), [&id, "-fault"].concat());
    let described = [hint_id.as_str(), " ", &fault_id].concat();
    let own = topic.clone();
    let value = Memo::new(move |_| settings::text(&state.panel(&own), field.name));
    let own = topic.clone();
    let change = move |text: String| {
        let read = settings::read(&untrack(|| state.panel(&own)), field, &text);
        fault.set(read.as_ref().err().cloned().unwrap_or_default());
        if let Ok(read) = read {
            let is_group = field.name == "group";
            let edit = || Edit::Set(own.clone(), field.name, read);
            state.edit(&if is_group { Edit::Group(own.clone(), text.trim().to_owned()) } else { edit() });
        }
    };
    let invalid = follow(move || fault.with(|fault| !fault.is_empty()).to_string());
    let choices = settings::choices(field);
    let input = if choices.is_empty() {
        let is_number = !matches!(field.shape, shared::board::fields::Shape::Text(_));
        view! {
            <input
                class="filter"
                id=id.clone()
                inputmode=is_number.then_some("decimal")
                autocomplete="off"
                aria-describedby=described
                aria-invalid=invalid
                prop:value=follow(move || value.get())
                on:change:target=move |event| change(event.target().value())
                data-testid=id.clone()
            />
        }
        .into_any()
    } else {
        let option = move |(word, name): (String, String)| {
            let own = word.clone();
            view! { <option value=word selected=follow(move || value.with(|value| *value == own))>{name}</option> }
        };
        view! {
            <select
                class="filter"
                id=id.clone()
                aria-describedby=described
                aria-invalid=invalid
                on:change:target=move |event| change(event.target().value())
                data-testid=id.clone()
            >
                {follow::parts(choices.into_iter().map(option))}
            </select>
        }
        .into_any()
    };
    view! {
        <div class="setting">
            <label for=id>{settings::label(field)}</label>
            {input}
            <small id=hint_id>{field.about}</small>
            {fault_words(fault_id, fault)}
        </div>
    }
    .into_any()
}

/// Returns true if most of a panel is in the right half of the page, so that the sheet stands at the left. On a phone the sheet covers
/// the lower part of the page, and the panel is scrolled to the upper one.
fn is_right_of_middle(topic: &Topic) -> bool {
    let panel = panels::panels().into_iter().find(|panel| panels::topic_of(panel).as_ref() == Some(topic));
    let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(0.0);
    panel.is_some_and(|panel| {
        if width < PHONE_PX {
            let panel = panel.clone();
            request_animation_frame(move || request_animation_frame(move || panel.scroll_into_view()));
        }
        let rectangle = panel.get_bounding_client_rect();
        rectangle.left() + rectangle.width() / 2.0 > width / 2.0
    })
}
