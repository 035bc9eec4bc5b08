//! Several series over time.

use leptos::prelude::*;

use super::Shown;
use crate::chart::Chart;

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
            paused=shown.paused()
        />
    }
}
