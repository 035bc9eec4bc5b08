//! The body of a number panel: the newest value in large type above a sparkline.

use leptos::prelude::*;

use super::big::font_size;
use super::shown::Shown;
use crate::chart::Chart;
use crate::follow::follow;
use board_model::chart::Look;
use board_model::figure::Figure;
use board_model::placement::Rest;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let (unit, now_ms) = (shown.unit(), shown.now_ms());
    let clock = shown.board.clock;
    let figure = Memo::new(move |_| {
        shown.stream.with(|stream| shown.series.with(|series| Figure::of(stream, series, clock.get())))
    });
    let size = font_size(shown, Rest::Sparkline, move || {
        figure.with(|figure| (figure.text.clone(), figure.unit.clone()))
    });
    view! {
        <div class="big" style:font-size=size data-testid="value">
            {follow(move || figure.get().text)}<small>" "{follow(move || figure.get().unit)}</small>
        </div>
        <div class="note last-number">{follow(move || figure.get().note)}</div>
        <Chart
            name=shown.name()
            look=Look::Sparkline
            series=shown.series
            now_ms
            window_ms=shown.window_ms()
            unit
            bounds=shown.bounds()
            hole_ms=shown.hole_ms()
            stale=shown.stale()
            clock=shown.board.clock
        />
    }
}
