//! The body of a line panel: a chart of several series. The sparkline of a number panel.

use leptos::prelude::*;

use super::shown::Shown;
use crate::chart::Chart;
use crate::follow::effect;
use crate::prefs;
use crate::signal::RwSignal;
use board_model::chart::draw::Shape;
use board_model::chart::{Hidden, Look};

pub(super) fn body(shown: Shown) -> impl IntoView {
    chart(shown, None, remembered(shown))
}

/// Shows the chart of a number panel, which stands below its value.
pub(super) fn sparkline(shown: Shown) -> impl IntoView {
    view! {
        <Chart
            name=shown.name()
            look=Look::Sparkline
            series=shown.series
            now_ms=shown.now_ms()
            window_ms=shown.window_ms()
            unit=shown.unit()
            bounds=shown.bounds()
            hole_ms=shown.hole_ms()
            stale=shown.stale()
            clock=shown.board.clock
            stream=shown.stream
        />
    }
}

/// Shows the chart of a panel with axes and a legend. `shape` is the way in which the series are drawn; `None` for lines.
pub(super) fn chart(shown: Shown, shape: Option<Shape>, hidden: RwSignal<Hidden>) -> impl IntoView {
    view! {
        <Chart
            name=shown.name()
            shape
            series=shown.series
            now_ms=shown.now_ms()
            window_ms=shown.window_ms()
            unit=shown.unit()
            bounds=shown.bounds()
            hole_ms=shown.hole_ms()
            stale=shown.stale()
            clock=shown.board.clock
            stream=shown.stream
            hidden
        />
    }
}

/// Returns a signal with the series of the topic that the reader has switched off. It is read from the browser's
/// storage, and stored there again whenever it changes.
pub(super) fn remembered(shown: Shown) -> RwSignal<Hidden> {
    let topic = shown.stream.with_untracked(|stream| stream.topic().clone());
    let hidden = RwSignal::new(prefs::hidden(&topic));
    let mut has_run = false;
    effect(move || {
        let has_changed = std::mem::replace(&mut has_run, true);
        hidden.with(|hidden| has_changed.then(|| prefs::keep_hidden(&topic, hidden)));
    });
    hidden
}
