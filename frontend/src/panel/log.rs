//! Texts and events, the newest on top.

use leptos::prelude::*;

use super::Shown;
use crate::model::lines::Level;

/// Lines in the page; more are kept, and nobody scrolls that far.
const MOST_SHOWN: usize = 100;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let lines =
        move || shown.stream.with(|stream| stream.lines().newest(MOST_SHOWN).cloned().collect::<Vec<_>>());
    let clock = shown.board.clock;
    view! {
        <ul class="log" tabindex="0" aria-label="Newest lines first">
            <For each=lines key=|line| line.number let:line>
                <li class=class(line.level)><time>{clock.milliseconds(line.ts_ms)}</time><span>{line.text}</span></li>
            </For>
        </ul>
    }
}

fn class(level: Level) -> &'static str {
    match level {
        Level::Plain => "",
        Level::Warning => "is-warning",
        Level::Error => "is-error",
    }
}
