//! The body of a log panel: texts and events, the newest first.

use leptos::prelude::*;
use leptos::tachys::view::keyed::keyed;

use super::shown::Shown;
use crate::follow::follow;
use board_model::chart::LocalClock;
use board_model::lines::{Level, Line, Lines};

/// Lines in the page. More are kept in the model.
const MOST_SHOWN: usize = 100;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let lines =
        move || shown.stream.with(|stream| stream.lines().newest(MOST_SHOWN).cloned().collect::<Vec<_>>());
    let clock = move || shown.board.clock.get();
    // Not `For`: it keeps memory for every row that was ever added, and a log never stops adding rows.
    let rows = follow(move || {
        let clock = clock();
        // The time zone is part of the key, so that lines are written again when it changes.
        keyed(
            lines(),
            move |line| (line.number, clock.offset_ms),
            move |_, line| (drop::<usize>, row(line, clock).into_any()),
        )
    });
    let left_out = follow(move || shown.stream.with(|stream| left_out(stream.lines())));
    view! { <ul class="log" tabindex="0" aria-label="Newest lines first">{rows}</ul><p class="note">{left_out}</p> }
}

/// The number of lines that the page does not show: those that the model keeps, and those that it has dropped.
fn left_out(lines: &Lines) -> Option<String> {
    let kept = lines.len().saturating_sub(MOST_SHOWN) as u64;
    match kept + lines.left_out() {
        0 => None,
        1 => Some("1 older line is not shown".to_owned()),
        count => Some(format!("{count} older lines are not shown")),
    }
}

fn row(line: Line, clock: LocalClock) -> impl IntoView {
    view! { <li class=class(line.level)><time>{clock.milliseconds(line.ts_ms)}</time><span>{line.text}</span></li> }
}

fn class(level: Level) -> &'static str {
    match level {
        Level::Plain => "",
        Level::Warning => "is-warning",
        Level::Error => "is-error",
    }
}
