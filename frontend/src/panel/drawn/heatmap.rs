//! The body of a heat map: a row of cells for each series, and the scale of their colour.

use leptos::prelude::*;

use super::super::line;
use super::super::shown::Shown;
use super::signals::seconds;
use crate::follow::{follow, parts};
use crate::signal::{Memo, RwSignal};
use board_model::chart::axes::Wanted;
use board_model::chart::geometry::Surface;
use board_model::chart::{Hidden, length, shapes};

/// Size of a canvas on which nothing is drawn. The ends of the colours do not depend on it.
const NO_SURFACE: Surface = Surface { width: 1.0, height: 1.0, density: 1.0, font_px: 1.0, digit_px: 1.0 };

pub(super) fn body(shown: Shown) -> impl IntoView {
    let seconds = seconds(shown);
    let ends = Memo::new(move |_| {
        seconds.track();
        ends(shown)
    });
    let about = Memo::new(move |_| {
        seconds.track();
        let window = shown.board.time.stretch();
        let cell_ms = shown.series.with_untracked(|set| shapes::heat::cell_ms(set, &window));
        cell_ms.map(|ms| format!("highest of each {}", length(ms)))
    });
    view! {
        {line::chart(shown, Some(shapes::heatmap()), RwSignal::default())}
        <p class="note heat-scale" data-testid="heat-scale">
            {follow(move || parts(ends.get().into_iter().map(|(low, high)| view! {
                <span>{low}</span><i class="ramp" role="img" aria-label="from light to strong"></i><span>{high}</span>
            })))}
            <span>{follow(move || about.get())}</span>
        </p>
    }
}

/// Returns the values at the ends of the colours, for each unit.
fn ends(shown: Shown) -> Vec<(String, String)> {
    let (unit, bounds, window) = (shown.unit().get(), shown.bounds().get(), shown.board.time.stretch());
    let hidden = Hidden::new();
    let axes = shown.series.with_untracked(|set| {
        shapes::heat::fit(
            &Wanted { set, hidden: &hidden, window, unit: &unit, bounds, surface: NO_SURFACE },
            None,
        )
    });
    let text = |axis: &board_model::chart::axes::Axis, value: f64| {
        axis.scale.format.for_steps(axis.scale.step).text(value)
    };
    let drawn = axes.0.iter().filter(|axis| !axis.columns.is_empty());
    drawn.map(|axis| (text(axis, axis.scale.min), text(axis, axis.scale.max))).collect()
}
