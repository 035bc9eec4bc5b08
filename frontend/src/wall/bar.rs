//! The words of the wall, and the bar at the bottom that shows the pages.

use leptos::prelude::*;

use super::handle::Wall;
use crate::board::Board;
use crate::follow::{current, follow, parts, when};
use crate::signal::Memo;
use board_model::wall::{PAGE_MS, Setting};

/// Shows the faults of the address and the bar at the bottom, and writes the words in the header.
pub(super) fn show(board: Board, wall: Wall) -> impl IntoView {
    write_words(board, wall);
    (faults(wall), page_bar(wall))
}

/// Writes the number of panels in trouble, the page, and the times between which charts show data.
fn write_words(board: Board, wall: Wall) {
    let trouble = Memo::new(move |_| match wall.show.with(|show| show.troubles()) {
        0 => String::new(),
        troubles => format!("{troubles} in trouble"),
    });
    let page = Memo::new(move |_| {
        wall.show.with(|show| match (show.count(), show.is_held()) {
            (0 | 1, _) => String::new(),
            (count, false) => format!("page {} of {count}", show.index() + 1),
            (count, true) => format!("page {} of {count}, held", show.index() + 1),
        })
    });
    let times = Memo::new(move |_| {
        let (stretch, clock) = (board.time.stretch(), board.clock.get());
        format!("{} to {}", clock.minutes_beside(stretch.start, stretch.end), clock.minutes(stretch.end))
    });
    Effect::new(move |_| wall.words.set([trouble.get(), page.get(), times.get()]));
}

/// Shows sentences about values in the page's address that are not valid.
fn faults(wall: Wall) -> impl IntoView {
    let faults = Memo::new(move |_| {
        let faults = wall.setting.with(|setting| setting.as_ref().map(Setting::words).unwrap_or_default());
        let is_too_far = wall.is_on() && wall.letters.with(|letters| letters.is_too_far);
        let too_far = "Text that is legible from this distance does not fit on this screen.";
        faults + if is_too_far { too_far } else { "" }
    });
    let is_shown = Memo::new(move |_| faults.with(|faults| !faults.is_empty()));
    when(
        is_shown,
        move || view! { <p class="banner" role="status" data-testid="wall-faults">{current(faults)}</p> },
    )
}

/// Shows a bar with a part for each page. The parts of earlier pages are full, and that of the page that
/// is shown fills until the page turns.
fn page_bar(wall: Wall) -> impl IntoView {
    let count = Memo::new(move |_| wall.show.with(|show| show.count()));
    let is_shown = Memo::new(move |_| wall.is_on() && count.get() > 1);
    let label = Memo::new(move |_| {
        wall.show.with(|show| {
            let (page, count) = (show.index() + 1, show.count());
            match show.is_held() {
                true => format!("Page {page} of {count}, held"),
                false => format!("Page {page} of {count}, next in {} s", show.left_ms().div_ceil(1_000)),
            }
        })
    });
    let width = move |part: usize| {
        follow(move || {
            wall.show.with(|show| {
                let percent = match part.cmp(&show.index()) {
                    std::cmp::Ordering::Less => 100,
                    std::cmp::Ordering::Equal => 100 - show.left_ms() * 100 / PAGE_MS,
                    std::cmp::Ordering::Greater => 0,
                };
                format!("{percent}%")
            })
        })
    };
    let part = move |number: usize| view! { <i><u style:width=width(number)></u></i> };
    when(is_shown, move || {
        view! {
            <div class="pages" role="progressbar" aria-label=current(label) data-testid="wall-pages">
                {follow(move || parts((0..count.get()).map(part)))}
            </div>
        }
    })
}
