//! The table that a chart can show instead of its lines. It contains the same numbers.

use leptos::prelude::*;

use super::frame::{FrameTask, Step};
use super::state::State;
use crate::follow::{follow, parts};
use board_model::chart::readout::{Reading, Readout, Row};

/// Maximum number of rows in the table of a chart.
const ROWS: usize = 60;

/// Shows the newest rows of a chart as a table, the newest first.
#[component]
pub(super) fn DataTable(state: State, name: Signal<String>, readout: Memo<Readout>) -> impl IntoView {
    let refresh = StoredValue::new_local(FrameTask::new(Step::Draw, move || state.refresh()));
    Effect::new(move |_| {
        state.track();
        refresh.with_value(FrameTask::request);
    });
    let rows = Memo::new(move |_| state.rows(ROWS));
    let heads = follow(move || {
        let heads = readout.with(|readout| readout.readings.iter().map(Reading::head).collect::<Vec<_>>());
        parts(heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }))
    });
    let caption = follow(move || format!("{}, latest values", name.get()));
    view! {
        <div class="twin" tabindex="0" role="region" aria-label=name>
            <table>
                <caption class="visually-hidden">{caption}</caption>
                <thead><tr><th scope="col">"time"</th>{heads}</tr></thead>
                <tbody>{follow(move || parts(rows.get().into_iter().map(|row| line(state, row))))}</tbody>
            </table>
        </div>
    }
}

fn line(state: State, row: Row) -> impl IntoView {
    let numbers = parts(row.numbers.into_iter().map(|number| view! { <td>{number}</td> }));
    view! { <tr><th scope="row">{state.clock().seconds(row.ts_ms)}</th>{numbers}</tr> }
}
