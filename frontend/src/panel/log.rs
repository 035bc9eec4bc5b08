//! The body of a log panel: texts and events, the newest first.

use leptos::prelude::*;
use leptos::tachys::view::keyed::keyed;

use super::shown::Shown;
use crate::follow::follow;
use board_model::chart::LocalClock;
use board_model::lines::{Level, Line};

/// Lines in the page. More are kept in the model.
const MOST_SHOWN: usize = 100;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let lines =
        move || shown.stream.with(|stream| stream.lines().newest(MOST_SHOWN).cloned().collect::<Vec<_>>());
    let clock = shown.board.clock;
    // Not `For`: it keeps memory for every row that was ever added, and a log never stops adding rows.
    let rows = follow(move || {
        keyed(lines(), |line| line.number, move |_, line| (drop::<usize>, row(line, clock).into_any()))
    });
    view! { <ul class="log" tabindex="0" aria-label="Newest lines first">{rows}</ul> }
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
