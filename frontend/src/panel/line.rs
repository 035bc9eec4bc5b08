//! The body of a line panel: a chart of several series.

use leptos::prelude::*;

use super::shown::Shown;
use crate::chart::Chart;
use crate::prefs;
use board_model::chart::Hidden;

pub(super) fn body(shown: Shown) -> impl IntoView {
    view! {
        <Chart
            name=shown.name()
            series=shown.series
            now_ms=shown.now_ms()
            window_ms=shown.window_ms()
            unit=shown.unit()
            bounds=shown.bounds()
            hole_ms=shown.hole_ms()
            stale=shown.stale()
            clock=shown.board.clock
            hidden=remembered(shown)
        />
    }
}

/// Returns a signal with the series of the topic that the reader has switched off. It is read from the browser's
/// storage, and stored there again whenever it changes.
fn remembered(shown: Shown) -> RwSignal<Hidden> {
    let topic = shown.stream.with_untracked(|stream| stream.topic().clone());
    let hidden = RwSignal::new(prefs::hidden(&topic));
    Effect::new(move |before: Option<()>| {
        let has_changed = before.is_some();
        hidden.with(|hidden| has_changed.then(|| prefs::keep_hidden(&topic, hidden)));
    });
    hidden
}
