//! Actions of a legend and of the list of series: to show a series alone, and to hide it. Also the classes of a series in CSS.

use leptos::prelude::*;

use super::state::State;
use crate::signal::{Memo, Signal};
use board_model::chart::readout::Readout;
use board_model::chart::stroke::COLOURS;

/// The legend of a chart, and the list of all its series.
#[derive(Clone, Copy)]
pub(super) struct KeySet {
    pub state: State,
    pub readout: Memo<Readout>,
    /// Name of the chart.
    pub name: Signal<String>,
}

impl KeySet {
    /// Returns the names of all series.
    pub fn names(self) -> Vec<String> {
        self.readout.with(|readout| readout.readings.iter().map(|reading| reading.name.clone()).collect())
    }

    /// Shows only one series or, if it is alone already, all.
    pub fn isolate(self, column: usize) {
        let Some(name) = self.state.name_of(column) else { return };
        let names = untrack(|| self.names());
        self.state.hidden().update(|hidden| hidden.isolate(&name, names.iter().map(String::as_str)));
    }

    /// Hides a series, or shows it again.
    pub fn toggle(self, column: usize) {
        let Some(name) = self.state.name_of(column) else { return };
        self.state.hidden().update(|hidden| hidden.toggle(&name));
    }
}

/// Returns the CSS classes of an element about the series with the index `column`: `first`, and one that gives it its colour.
pub(super) fn classes(first: &str, column: usize) -> String {
    [first, " c", &(column % COLOURS + 1).to_string()].concat()
}
