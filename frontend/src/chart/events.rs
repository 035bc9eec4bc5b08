//! The place of events in charts. The code that knows them is a part that is loaded when there are any; it registers its functions here.

use std::cell::Cell;

use board_model::chart::draw::{Mark, Scene};

/// Functions of the part that is loaded.
#[derive(Clone, Copy)]
pub(crate) struct Functions {
    /// Adds the marks of the events in the window of a chart.
    pub mark: fn(&Scene<'_>, &mut Vec<Mark>),
    /// Returns the events near the crosshair in words, or all in the window of the chart if the last argument is true.
    pub words: fn(&Scene<'_>, bool) -> Vec<String>,
}

thread_local! {
    /// They are not in a signal of their own type, which would make the first picture larger.
    static FUNCTIONS: Cell<Option<Functions>> = const { Cell::new(None) };
}

/// Shows events by these functions from now on.
pub(crate) fn show_by(functions: Functions) {
    FUNCTIONS.set(Some(functions));
}

/// Adds the marks of the events in the window of a chart.
pub(super) fn mark(scene: &Scene<'_>, marks: &mut Vec<Mark>) {
    if let Some(functions) = FUNCTIONS.get() {
        (functions.mark)(scene, marks);
    }
}

/// Returns the events near the crosshair in words, or all in the window of the chart if `all` is true.
pub(super) fn words(scene: &Scene<'_>, all: bool) -> Vec<String> {
    FUNCTIONS.get().map(|functions| (functions.words)(scene, all)).unwrap_or_default()
}
