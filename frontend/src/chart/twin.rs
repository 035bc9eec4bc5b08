//! The chart's twin: the same numbers as a table.

use leptos::prelude::*;

use super::frame::FrameTask;
use super::reading::{Readout, Row};
use super::state::State;

/// As many rows as one would want to read.
const ROWS: usize = 60;

/// The youngest rows of the chart, youngest first.
#[component]
pub(super) fn Twin(state: State, name: Signal<String>, readout: Memo<Readout>) -> impl IntoView {
    let refresh = StoredValue::new_local(FrameTask::new(move || state.refresh()));
    Effect::new(move |_| {
        state.track();
        refresh.with_value(FrameTask::request);
    });
    let rows = Memo::new(move |_| state.rows(ROWS));
    let heads = move || {
        let names = readout
            .with(|readout| readout.readings.iter().map(|reading| reading.name.clone()).collect::<Vec<_>>());
        names.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view()
    };
    let caption = move || format!("{}, latest values in {}", name.get(), state.suffix());
    view! {
        <div class="twin" tabindex="0" role="region" aria-label=move || name.get()>
            <table>
                <caption class="visually-hidden">{caption}</caption>
                <thead><tr><th scope="col">"time"</th>{heads}</tr></thead>
                <tbody>{move || rows.get().into_iter().map(|row| line(state, row)).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn line(state: State, row: Row) -> impl IntoView {
    let numbers = row.numbers.into_iter().map(|number| view! { <td>{number}</td> }).collect_view();
    view! { <tr><th scope="row">{state.clock().seconds(row.ts_ms)}</th>{numbers}</tr> }
}
