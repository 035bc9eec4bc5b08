//! The choice of the series that a panel shows.

use leptos::prelude::*;
use shared::Topic;

use super::super::state::State;
use super::parts::fault_words;
use crate::follow::{follow, parts};
use crate::signal::{Memo, RwSignal};
use board_model::document::{Edit, settings};

/// Shows a checkbox for each series that the topics of a panel have now. Shows nothing if there is only one.
pub(super) fn show(state: State, topic: &Topic) -> AnyView {
    let sources: Vec<(usize, Topic, Vec<String>)> = state
        .panel(topic)
        .sources
        .iter()
        .enumerate()
        .filter_map(|(index, source)| {
            let topic = source.topic.clone()?;
            let names = names(state, &topic);
            Some((index, topic, names))
        })
        .collect();
    let is_choice = sources.iter().map(|(.., names)| names.len()).sum::<usize>() > 1;
    let is_one = sources.len() == 1;
    let source = |(index, of, names): (usize, Topic, Vec<String>)| {
        let heading = if is_one { "Series".to_owned() } else { format!("Series of {of}") };
        boxes(state, topic, index, heading, names)
    };
    is_choice.then(|| parts(sources.into_iter().map(source))).into_any()
}

fn names(state: State, topic: &Topic) -> Vec<String> {
    let names = state.board.cell(topic).map(|cell| {
        cell.with_known(|_, series| series.series().iter().map(|series| series.name().to_owned()).collect())
    });
    names.unwrap_or_default()
}

fn boxes(state: State, topic: &Topic, source: usize, heading: String, names: Vec<String>) -> AnyView {
    let fault = RwSignal::new(String::new());
    let of_panel = topic.clone();
    let shown = Memo::new(move |_| {
        let panel = state.panel(&of_panel);
        panel.sources.get(source).map(|source| source.series.clone()).unwrap_or_default()
    });
    let one = |name: &String| {
        let (own, topic, all, label) = (name.clone(), topic.clone(), names.clone(), name.clone());
        let is_on = move || shown.with(|shown| settings::is_shown(shown, &own));
        let name = name.clone();
        let change = move |is_on: bool| {
            let panel = untrack(|| state.panel(&topic));
            let changed = settings::with_series(&panel, source, &all, &name, is_on);
            fault.set(changed.as_ref().err().cloned().unwrap_or_default());
            let is_refused = changed.is_err();
            if let Ok(value) = changed {
                state.edit(&Edit::Set(topic.clone(), "sources", value));
            }
            is_refused
        };
        view! {
            <label class="series">
                <input
                    type="checkbox"
                    prop:checked=follow(is_on)
                    on:change:target=move |event| {
                        let field = event.target();
                        if change(field.checked()) {
                            // The box shows again what holds.
                            field.set_checked(!field.checked());
                        }
                    }
                    data-testid="setting-series"
                />
                <span>{label}</span>
            </label>
        }
    };
    let fault_id = format!("setting-series-{source}-fault");
    view! {
        <fieldset>
            <legend>{heading}</legend>
            {parts(names.iter().map(one))}
            {fault_words(fault_id, fault)}
        </fieldset>
    }
    .into_any()
}
