//! The charts of line and number panels. The page shows the values of the series until their code is there.

use std::cell::Cell;

use leptos::prelude::*;

use super::line;
use super::shown::Shown;
use crate::follow::{follow, parts};
use crate::late::{self, Part};
use crate::{chart, first_picture};
use board_model::chart::clock::LocalClock;
use board_model::chart::series::SeriesSet;
use board_model::figure::Figure;
use board_model::stream::Stream;

/// A body, or a part of one, that has a chart.
#[derive(Clone, Copy)]
pub(super) enum Charted {
    /// The whole body of a line panel.
    Line,
    /// The sparkline of a number panel.
    Sparkline,
}

late::part!(load_charts, (Charted, Shown), charts, before values);

thread_local! {
    /// The function of the part; `None` until its code has been used.
    static LOADED: Cell<Option<Part<(Charted, Shown)>>> = const { Cell::new(None) };
}

/// Loads the code of charts, and that of what the reader may do with them as soon as they are there.
pub(super) fn prepare() {
    late::load(load_charts::entrance());
    chart::prepare();
}

/// Shows a chart. Its code is loaded first.
pub(super) fn show(charted: Charted, shown: Shown) -> AnyView {
    match LOADED.get() {
        Some(part) => part((charted, shown)),
        None => load_charts((charted, shown)),
    }
}

fn charts((charted, shown): (Charted, Shown)) -> AnyView {
    LOADED.set(Some(charts));
    first_picture::note();
    match charted {
        Charted::Line => line::body(shown).into_any(),
        Charted::Sparkline => line::sparkline(shown).into_any(),
    }
}

/// Shows the newest value of each series, and the place of the chart.
fn values((charted, shown): (Charted, Shown)) -> AnyView {
    if matches!(charted, Charted::Sparkline) {
        return view! { <figure class="chart spark"></figure> }.into_any();
    }
    let keys = follow(move || {
        let clock = shown.board.clock.get();
        let keys = shown.stream.with(|stream| shown.series.with(|set| newest(stream, set, clock)));
        let keys = keys.into_iter();
        parts(keys.map(|[name, value]| view! { <span class="key"><span>{name}</span><b>{value}</b></span> }))
    });
    view! {
        <figure class="chart">
            // Not a status, because a screen reader would say it for every panel.
            <div class="plot"><p class="late">"Loading…"</p></div>
            <figcaption class="legend" data-testid="legend"><div class="keys">{keys}</div></figcaption>
        </figure>
    }
    .into_any()
}

/// Returns the name and the newest value of each series.
pub(super) fn newest(stream: &Stream, set: &SeriesSet, clock: LocalClock) -> Vec<[String; 2]> {
    let value = |column| {
        let figure = Figure::of_series((stream, set, column), clock);
        [&figure.text, " ", &figure.unit].concat()
    };
    let series = set.series().iter().enumerate();
    series.map(|(column, series)| [series.name().to_owned(), value(column)]).collect()
}
