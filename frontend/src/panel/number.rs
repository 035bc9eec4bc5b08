//! The body of a number panel: the newest value in large type above a sparkline.

use leptos::prelude::*;

use super::big::font_size;
use super::charts::{self, Charted};
use super::shown::Shown;
use crate::follow::follow;
use crate::signal::Memo;
use board_model::figure::Figure;
use board_model::placement::Rest;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let clock = shown.board.clock;
    let figure = Memo::new(move |_| {
        let (past, clock) = (shown.past(), clock.get());
        // Until the code for the past is loaded, the panel shows live data.
        let past = past.zip(shown.board.past_code.get());
        shown.stream.with(|stream| {
            shown.series.with(|series| match past {
                Some((past, code)) => (code.figure)(stream, series, past, clock),
                None => Figure::of(stream, series, clock),
            })
        })
    });
    let size = font_size(shown, Rest::Sparkline, move || {
        figure.with(|figure| (figure.text.clone(), figure.unit.clone()))
    });
    view! {
        <div class="big" style:font-size=size title=follow(move || figure.with(hint)) data-testid="value">
            {follow(move || figure.get().text)}<small>" "{follow(move || figure.get().unit)}</small>
        </div>
        <div class="note last-number" title=follow(move || figure.get().note)>{follow(move || figure.get().note)}</div>
        {charts::show(Charted::Sparkline, shown)}
    }
}

/// Returns what a figure does not show, or has no room for: its exact value, and the text about it.
fn hint(figure: &Figure) -> Option<String> {
    let parts: Vec<&str> = figure.exact.iter().chain(&figure.note).map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
