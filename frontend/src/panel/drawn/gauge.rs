//! The body of a gauge: the newest number on an arc between two ends, with a mark at the target.

use leptos::prelude::*;

use super::super::shown::Shown;
use super::signals::{target, unit_of};
use crate::follow::{current, follow};
use crate::signal::Memo;
use board_model::chart::readout::last_row;
use board_model::figure::Figure;
use board_model::gauge::{Gauge, HEIGHT, RADIUS, THICK, Wanted, arc, at, tick};

/// Width in units of the drawing that the figure may take.
const ROOM: f64 = 106.0;
/// Largest font size of the figure in units of the drawing.
const LARGEST: f64 = 42.0;
/// Width of a digit as a multiple of the font size.
const DIGIT_EM: f64 = 0.62;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let target = target(shown);
    let figure = Memo::new(move |_| figure(shown));
    let gauge = Memo::new(move |_| gauge(shown, target.get()));
    let words = move || {
        let figure = figure.get();
        let value = [figure.text, figure.unit].join(" ");
        format!("{}, {}", value.trim(), gauge.with(Gauge::words))
    };
    let note = move || {
        let others = shown.series.with(|set| set.series().len()).saturating_sub(1);
        let others = (others > 0).then(|| format!("{others} more series not shown"));
        let (target, beyond) =
            gauge.with(|gauge| (gauge.target_words.clone(), gauge.beyond.map(str::to_owned)));
        let parts = figure.get().note.into_iter().chain(beyond).chain(target).chain(others);
        parts.collect::<Vec<_>>().join(" · ")
    };
    let size = move || {
        let chars = figure.with(|figure| figure.text.chars().count()).max(1) as f64;
        format!("{:.1}px", (ROOM / (chars * DIGIT_EM)).min(LARGEST))
    };
    let end = |place: f64| format!("{:.1}", at(place, RADIUS).x);
    view! {
        <div
            class="gauge"
            role="meter"
            aria-label=current(shown.name())
            aria-valuemin=follow(move || gauge.with(|gauge| gauge.ends.0.to_string()))
            aria-valuemax=follow(move || gauge.with(|gauge| gauge.ends.1.to_string()))
            aria-valuenow=follow(move || gauge.with(now))
            aria-valuetext=follow(words)
            title=follow(move || figure.get().exact)
            data-testid="gauge"
        >
            <svg viewBox=format!("0 0 200 {HEIGHT}") aria-hidden="true">
                <path class="track" d=arc(0.0, 1.0) stroke-width=THICK.to_string() />
                <path class="arc" d=follow(move || arc(0.0, gauge.with(|gauge| gauge.value.unwrap_or(0.0)))) stroke-width=THICK.to_string() />
                <path class="tick" d=follow(move || gauge.with(|gauge| gauge.target.map(tick))) />
                <text class="figure" x="100" y="86" style:font-size=follow(size) data-testid="value">{follow(move || figure.get().text)}</text>
                <text x="100" y="103">{follow(move || figure.get().unit)}</text>
                <text x=end(0.0) y="104">{follow(move || gauge.get().lowest)}</text>
                <text x=end(1.0) y="104">{follow(move || gauge.get().highest)}</text>
            </svg>
        </div>
        <p class="note" data-testid="gauge-note">{follow(note)}</p>
    }
}

fn figure(shown: Shown) -> Figure {
    let (past, clock) = (shown.past(), shown.board.clock.get());
    shown.stream.with(|stream| {
        shown.series.with(|series| match past {
            Some(past) => Figure::at(stream, series, past, clock),
            None => Figure::of(stream, series, clock),
        })
    })
}

/// Returns the scale for the value that the figure shows.
fn gauge(shown: Shown, target: Option<f64>) -> Gauge {
    let (unit, bounds, window, past) =
        (unit_of(shown, 0), shown.bounds().get(), shown.board.time.stretch(), shown.past());
    shown.series.with(|set| {
        let value = match past {
            Some((from, at)) => {
                last_row(set, 0, &(from..at)).filter(|_| from <= at).map(|row| set.value(0, row))
            }
            None => set.newest(0).and_then(|newest| newest.field.value()),
        };
        Gauge::of(&Wanted { value, extent: set.extent(0, &window), unit: &unit, bounds, target })
    })
}

/// Returns the value for screen readers, inside the ends of the scale.
fn now(gauge: &Gauge) -> Option<String> {
    let (min, max) = gauge.ends;
    gauge.value.map(|place| (min + place * (max - min)).to_string())
}
