//! The body of a gauge: the newest number of each series on an arc between two ends, with a mark at the target.

use leptos::prelude::*;

use super::super::shown::Shown;
use super::signals::target;
use crate::chart::font_px;
use crate::follow::{follow, numbered};
use crate::signal::Memo;
use board_model::chart::readout::last_row;
use board_model::figure::Figure;
use board_model::gauge::{Gauge, Given, Grid, RADIUS, THICK, arc, at, tick};

/// Width in units of the drawing that the figure may take.
const ROOM: f64 = 106.0;
/// Largest font size of the figure in units of the drawing.
const LARGEST: f64 = 42.0;
/// Width of a digit as a multiple of the font size.
const DIGIT_EM: f64 = 0.62;
/// Width and height of the head, the note and the edges of a panel, which the gauges do not have, as multiples of the font size.
const AROUND_EM: (f64, f64) = (2.0, 4.9);
/// Font size of the page in CSS pixels, if it cannot be read.
const USUAL_PX: f64 = 14.0;

/// The value of one series on its arc.
#[derive(Clone, PartialEq)]
struct Dial {
    name: String,
    figure: Figure,
    gauge: Gauge,
}

pub(super) fn body(shown: Shown) -> impl IntoView {
    let target = target(shown);
    let series = Memo::new(move |_| shown.series.with(|set| set.series().len()));
    let arranged = Memo::new(move |_| {
        let place = shown.place().unwrap_or_default();
        // On a wall, the font size depends on the distance.
        let font_px = document().document_element().and_then(|page| font_px(&page)).unwrap_or(USUAL_PX);
        let (width, height) = AROUND_EM;
        let room = (f64::from(place.width) - width * font_px, f64::from(place.height) - height * font_px);
        Grid::of(series.get().max(1), room, font_px)
    });
    let count = Memo::new(move |_| arranged.get().shown);
    let dials = Memo::new(move |_| {
        let target = target.get();
        (0..count.get()).map(|column| dial(shown, column, target)).collect::<Vec<_>>()
    });
    let columns = move || format!("repeat({}, minmax(0, 1fr))", arranged.get().columns);
    let text = move || format!("{:.1}px", arranged.get().text);
    view! {
        <div class="gauges" style:grid-template-columns=follow(columns) style=("--text", follow(text))>
            {numbered(count, move |place| one(shown, (dials, arranged), place))}
        </div>
        <p class="note" data-testid="gauge-note">{follow(move || note(&dials.get(), series.get()))}</p>
    }
}

/// Shows one gauge. Those of several series have their names.
fn one(shown: Shown, (dials, arranged): (Memo<Vec<Dial>>, Memo<Grid>), place: usize) -> AnyView {
    let dial = Memo::new(move |_| dials.with(|dials| dials.get(place).cloned()));
    let is_one_of_several = move || dials.with(|dials| dials.len() > 1);
    let figure = move || dial.get().map(|dial| dial.figure).unwrap_or_default();
    let read = move |read: fn(&Gauge) -> String| {
        dial.with(|dial| dial.as_ref().map(|dial| read(&dial.gauge)).unwrap_or_default())
    };
    let name = move || dial.get().map(|dial| dial.name).filter(|_| is_one_of_several());
    let whole = shown.name();
    let label = move || name().unwrap_or_else(|| whole.get());
    let words = move || {
        let figure = figure();
        let value = [figure.text, figure.unit].join(" ");
        format!("{}, {}", value.trim(), read(Gauge::words))
    };
    let size = move || {
        let chars = figure().text.chars().count().max(1) as f64;
        format!("{:.1}px", (ROOM / (chars * DIGIT_EM)).min(LARGEST))
    };
    let end = |place: f64| format!("{:.1}", at(place, RADIUS).x);
    let view_box = move || format!("0 0 200 {:.1}", arranged.get().drawing_height());
    let foot = move || follow(move || format!("{:.1}", arranged.get().text_foot()));
    let now = move || dial.with(|dial| now(&dial.as_ref()?.gauge));
    let target = move || dial.with(|dial| dial.as_ref()?.gauge.target.map(tick));
    view! {
        <div
            class="gauge"
            role="meter"
            aria-label=follow(label)
            aria-valuemin=follow(move || read(|gauge| gauge.ends.0.to_string()))
            aria-valuemax=follow(move || read(|gauge| gauge.ends.1.to_string()))
            aria-valuenow=follow(now)
            aria-valuetext=follow(words)
            title=follow(move || figure().exact)
            data-testid="gauge"
        >
            <span class="of" aria-hidden="true">{follow(name)}</span>
            <svg viewBox=follow(view_box) aria-hidden="true">
                <path class="track" d=arc(0.0, 1.0) stroke-width=THICK.to_string() />
                <path class="arc" d=follow(move || read(|gauge| arc(0.0, gauge.value.unwrap_or(0.0)))) stroke-width=THICK.to_string() />
                <path class="tick" d=follow(target) />
                <text class="figure" x="100" y="86" style:font-size=follow(size) data-testid="value">{follow(move || figure().text)}</text>
                <text x="100" y=foot()>{follow(move || figure().unit)}</text>
                <text x=end(0.0) y=foot()>{follow(move || read(|gauge| gauge.lowest.clone()))}</text>
                <text x=end(1.0) y=foot()>{follow(move || read(|gauge| gauge.highest.clone()))}</text>
            </svg>
        </div>
    }
    .into_any()
}

/// Returns what the arcs do not show: words about each value, the target, and the number of series for which there is no room.
fn note(dials: &[Dial], series: usize) -> String {
    let about = |dial: &Dial| {
        let words: Vec<String> =
            dial.figure.note.clone().into_iter().chain(dial.gauge.beyond.map(str::to_owned)).collect();
        let words = (!words.is_empty()).then(|| words.join(" · "))?;
        Some(if dials.len() > 1 { [&dial.name, ": ", &words].concat() } else { words })
    };
    let left_out = series.saturating_sub(dials.len());
    let left_out = (left_out > 0).then(|| format!("{left_out} more series not shown"));
    let mut parts: Vec<String> = dials.iter().filter_map(about).collect();
    for words in dials.iter().filter_map(|dial| dial.gauge.target_words.clone()) {
        // Series with different units write the same target in different ways.
        if !parts.contains(&words) {
            parts.push(words);
        }
    }
    parts.extend(left_out);
    parts.join(" · ")
}

fn dial(shown: Shown, column: usize, target: Option<f64>) -> Dial {
    let name = shown.series.with(|set| set.series().get(column).map(|series| series.name().to_owned()));
    Dial {
        name: name.unwrap_or_default(),
        figure: figure(shown, column),
        gauge: gauge(shown, column, target),
    }
}

fn figure(shown: Shown, column: usize) -> Figure {
    let (past, clock) = (shown.past(), shown.board.clock.get());
    shown.stream.with(|stream| {
        shown.series.with(|series| match past {
            Some(past) => Figure::at_series((stream, series, column), past, clock),
            None => Figure::of_series((stream, series, column), clock),
        })
    })
}

/// Returns the scale for the value that the figure shows.
fn gauge(shown: Shown, column: usize, target: Option<f64>) -> Gauge {
    let (unit, bounds, window, past) =
        (shown.unit().get(), shown.bounds().get(), shown.board.time.stretch(), shown.past());
    shown.series.with(|set| {
        let value = match past {
            Some((from, at)) => {
                let row = last_row(set, column, &(from..at)).filter(|_| from <= at);
                row.map(|row| set.value(column, row))
            }
            None if set.stopped_ms(column, i64::MIN).is_some() => None,
            None => set.newest(column).and_then(|newest| newest.field.value()),
        };
        Gauge::of_series((set, column), value, &window, Given { unit: &unit, bounds, target })
    })
}

/// Returns the value for screen readers, inside the ends of the scale.
fn now(gauge: &Gauge) -> Option<String> {
    let (min, max) = gauge.ends;
    gauge.value.map(|place| (min + place * (max - min)).to_string())
}
