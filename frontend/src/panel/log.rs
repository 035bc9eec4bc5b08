//! The body of a log panel: texts and events, the newest at the top.

use leptos::prelude::*;
use leptos::tachys::view::keyed::keyed;

use super::shown::Shown;
use crate::follow::{click, follow, when};
use board_model::chart::LocalClock;
use board_model::lines::{Level, Line, Lines};

/// Maximum number of lines of a log panel that are in the page at first. The model keeps more, which a button shows.
const MOST_SHOWN: usize = 100;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let all = RwSignal::new(false);
    let most = move || if all.get() { usize::MAX } else { MOST_SHOWN };
    let lines =
        move || shown.stream.with(|stream| stream.lines().newest(most()).cloned().collect::<Vec<_>>());
    let clock = move || shown.board.clock.get();
    // `For` is not used, because it keeps memory for every row that was ever added, and rows are always added to a log.
    let rows = follow(move || {
        let clock = clock();
        // The key contains the time zone, so that all lines are written again when the time zone changes.
        keyed(
            lines(),
            move |line| (line.number, clock.offset_at(line.ts_ms)),
            move |_, line| (drop::<usize>, row(line, clock).into_any()),
        )
    });
    let left_out = follow(move || shown.stream.with(|stream| left_out(stream.lines(), most())));
    let can_show_more =
        Memo::new(move |_| !all.get() && shown.stream.with(|stream| stream.lines().len() > MOST_SHOWN));
    view! {
        <ul class="log" tabindex="0" aria-label="Newest lines first">{rows}</ul>
        <p class="note">
            {left_out}
            {when(can_show_more, move || view! {
                " "<button class="link" type="button" on:click=click(move || all.set(true))>"Show more"</button>
            })}
        </p>
    }
}

/// Returns a sentence with the number of older lines that the panel does not show, because they are beyond `most` or
/// no longer kept. Returns `None` if all lines are shown.
fn left_out(lines: &Lines, most: usize) -> Option<String> {
    let kept = lines.len().saturating_sub(most) as u64;
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
