//! Counts the series that the legends of a wall have no room for. On a page they can be scrolled into view, but nobody
//! scrolls on a wall. The number is written on the button that opens the list of all series.

use web_sys::HtmlElement;

use super::seen::{every, every_in, note_hidden};

/// Writes on the button of every legend that is shown the number of series that the legend has no room for.
pub(super) fn count_hidden() {
    every(".legend:has(.key)").iter().for_each(mark);
}

fn mark(legend: &HtmlElement) {
    // Keys that do not fit are in a line below the part of the legend that is seen.
    let bottom = every_in(legend, ".keys").first().map_or(0, |keys| keys.offset_top() + keys.client_height());
    let below = every_in(legend, ".keys > .key").iter().filter(|key| key.offset_top() >= bottom).count();
    // The legend of many series lists only the first of them.
    let Some(more) = every_in(legend, ".more").into_iter().next() else { return };
    let text = more.text_content();
    let unlisted: usize = text.and_then(|text| text.trim_start_matches('+').parse().ok()).unwrap_or(0);
    let hidden = below + unlisted;
    note_hidden(&more, (hidden > 0).then(|| format!("{hidden} more")));
}
