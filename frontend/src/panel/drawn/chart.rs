//! The body of a chart of areas, stacks, bars or steps, or with a logarithmic axis: the chart, and a text about what it shows and
//! leaves out.

use leptos::prelude::*;

use super::super::line::{self, remembered};
use super::super::shown::Shown;
use super::signals::seconds;
use crate::follow::follow;
use crate::signal::Memo;
use board_model::chart::draw::Shape;
use board_model::chart::{Hidden, SeriesSet, length, shapes};
use board_model::kind::Kind;

pub(super) fn body(shown: Shown, kind: Kind, is_log: bool, shape: Shape) -> AnyView {
    let hidden = remembered(shown);
    let seconds = seconds(shown);
    let note = Memo::new(move |_| {
        seconds.track();
        let window = shown.board.time.stretch();
        hidden.with(|hidden| shown.series.with_untracked(|set| note(set, hidden, window, (kind, is_log))))
    });
    view! {
        {line::chart(shown, Some(shape), hidden)}
        <p class="note" data-testid="chart-note" title=follow(move || note.get())>{follow(move || note.get())}</p>
    }
    .into_any()
}

/// Returns the text about what the chart shows and leaves out; `None` if that is plain.
fn note(
    set: &SeriesSet,
    hidden: &Hidden,
    window: std::ops::Range<i64>,
    (kind, is_log): (Kind, bool),
) -> Option<String> {
    let is_stacked = kind == Kind::Stacked;
    let left_out = is_log && !is_stacked;
    let left_out = left_out.then(|| shapes::log::LeftOut::of(set, hidden, &window).words()).flatten();
    let about = match kind {
        Kind::Bars => shapes::bar_ms(set, &window)
            .map(|ms| format!("Bars of {}: solid to the lowest value, light to the highest", length(ms))),
        Kind::Stacked => stack_words(set, hidden, &window, is_log),
        _ => None,
    };
    let parts: Vec<String> = left_out.into_iter().chain(about).collect();
    (!parts.is_empty()).then(|| parts.join(". "))
}

fn stack_words(
    set: &SeriesSet,
    hidden: &Hidden,
    window: &std::ops::Range<i64>,
    is_log: bool,
) -> Option<String> {
    let step = set
        .step_within(window)
        .and_then(|ms| i64::try_from(ms).ok())
        .map(|ms| format!("First and last values of each {}: peaks between them are not drawn", length(ms)));
    let is_negative =
        set.shown(hidden).any(|column| set.extent(column, window).is_some_and(|extent| extent.min < 0.0));
    let negative = is_negative.then(|| "Negative values are subtracted".to_owned());
    let linear = is_log.then(|| "A stack has no logarithmic axis".to_owned());
    let parts: Vec<String> = step.into_iter().chain(negative).chain(linear).collect();
    (!parts.is_empty()).then(|| parts.join(". "))
}
