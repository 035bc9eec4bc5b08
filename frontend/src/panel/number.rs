//! The body of a number panel: the newest value in large type, over a sparkline.

use leptos::prelude::*;
use shared::Millis;

use super::shown::Shown;
use crate::chart::Chart;
use crate::follow::follow;
use board_model::chart::{Format, Look, SeriesSet, Unit};

pub(super) fn body(shown: Shown) -> impl IntoView {
    let (unit, now_ms) = (shown.unit(), shown.now_ms());
    let figure = Memo::new(move |_| shown.series.with(|series| figure(series, &unit.get(), now_ms.get())));
    view! {
        <div class="big" data-testid="value">
            {follow(move || figure.get().0)}" "<small>{follow(move || figure.get().1)}</small>
        </div>
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
        />
    }
}

/// The newest number as text, and its unit. Decimals come and go with the series, not with each number.
fn figure(series: &SeriesSet, unit: &Unit, now: Millis) -> (String, String) {
    let value = series.latest(0, now).map_or(f64::NAN, |(_, value)| value);
    let whole = series.extent(0, 0..series.len()).is_some_and(|extent| extent.whole);
    let format = Format::for_range(unit, value, value, whole);
    (format.number(value), format.suffix().to_owned())
}
