//! The table that a chart can show instead of its lines. It contains the same numbers. Its code is loaded when a reader
//! first opens such a table.

use leptos::prelude::*;

use super::frame::{FrameTask, Step};
use super::state::State;
use crate::follow::{current, follow, parts};
use crate::list_style;
use crate::signal::{Memo, Signal, StoredValue};
use board_model::chart::readout::{Reading, Readout, Row};

/// Maximum number of rows in the table of a chart.
const ROWS: usize = 60;

/// The chart whose numbers are shown.
#[derive(Clone, Copy)]
pub(super) struct Table {
    pub state: State,
    pub name: Signal<String>,
    pub readout: Memo<Readout>,
}

/// Shows the newest rows of a chart as a table, the newest first.
pub(super) fn show(Table { state, name, readout }: Table) -> AnyView {
    list_style::adopt();
    let refresh = StoredValue::new(FrameTask::new(Step::Draw, move || state.refresh()));
    Effect::new(move |_| {
        state.track_data();
        state.track_look();
        refresh.with_value(FrameTask::request);
    });
    let rows = Memo::new(move |_| state.rows(ROWS));
    let heads = follow(move || {
        let heads = readout.with(|readout| readout.readings.iter().map(Reading::head).collect::<Vec<_>>());
        parts(heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }))
    });
    let caption = follow(move || format!("{}, newest values first", name.get()));
    view! {
        <div class="twin" tabindex="0" role="region" aria-label=current(name)>
            <table>
                <caption class="visually-hidden">{caption}</caption>
                <thead><tr><th scope="col">"time"</th>{heads}</tr></thead>
                <tbody>{follow(move || parts(rows.get().into_iter().map(|row| line(state, row))))}</tbody>
            </table>
            {follow(move || events(state, rows))}
        </div>
    }
    .into_any()
}

/// Returns the events in the window of the chart; nothing if there are none.
fn events(state: State, rows: Memo<Vec<Row>>) -> Option<AnyView> {
    // The window moves with the rows, and changes when the reader chooses another one.
    rows.track();
    state.track_data();
    state.track_look();
    let events = state.events(true);
    (!events.is_empty()).then(|| {
        let line = |event: String| view! { <li>{event}</li> };
        view! { <h4>"Events"</h4><ul data-testid="chart-events">{parts(events.into_iter().map(line))}</ul> }
            .into_any()
    })
}

fn line(state: State, row: Row) -> impl IntoView {
    let cells = row.numbers.into_iter().zip(row.ranges);
    let numbers = parts(cells.map(|(number, range)| view! { <td>{number}<small>{range}</small></td> }));
    view! { <tr><th scope="row">{state.moment(row.ts_ms)}</th>{numbers}</tr> }
}
