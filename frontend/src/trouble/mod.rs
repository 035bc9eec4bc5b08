//! Trouble finds people: the number of topics in trouble in the title of the page, its icon, and notifications of the browser.
//!
//! * This file: title and icon. `notify`: notifications, if the reader has asked for them.

pub(crate) mod notify;

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::Topic;
use wasm_bindgen::JsCast;
use web_sys::HtmlLinkElement;

use crate::board::Board;
use crate::boards::state::title_of_board;
use crate::follow::effect;
use crate::signal::Memo;
use crate::tools::Tools;
use board_model::arrival::Conditions;
use board_model::query::Query;
use board_model::trouble::{Trouble, once_each, title, trouble_words};

/// Title of a board that has none.
const TITLE: &str = "Tickertape";

/// Shows trouble in the title and the icon of the tab, and by notifications, until the page is closed.
pub(crate) fn follow(board: Board, tools: Tools) {
    let connection = Memo::new(move |_| board.link.with(|link| link.banner.is_some().then(|| link.word())));
    // It is computed once a second, also in a tab that is not shown, as often as the browser runs timers there.
    let troubles = Memo::new(move |_| troubles(board));
    let count = Memo::new(move |_| troubles.with(Vec::len));
    let name = Memo::new(move |_| title_of_board(board).unwrap_or_else(|| TITLE.to_owned()));
    effect(move || {
        let connection = connection.get();
        document().set_title(&name.with(|name| title(name, count.get(), connection.as_deref())));
        choose_icon(connection.is_some() || count.get() > 0);
    });
    notify::follow(board, tools, troubles, connection);
}

/// Returns the topics of the board that are in trouble now. A recording has no trouble of the present.
fn troubles(board: Board) -> Vec<Trouble> {
    let now = board.now.get();
    if board.is_recording.get() {
        return Vec::new();
    }
    let (cut_off_since, frame_every_ms) = board.link.with(|link| (link.cut_off_since, link.frame_every_ms));
    let conditions = Conditions {
        now,
        cut_off_since,
        paused_at: board.paused_at.get(),
        behind_ms: board.delay.get().behind_ms,
        is_recording: false,
        frame_every_ms,
        is_unjudged: false,
    };
    let window_ms = board.time.window().ms();
    let shown = board.with_layout(|layout| board.boards.groups(layout, &Query::default()));
    let trouble = |topic: &Topic, is_unjudged: bool| {
        let conditions = Conditions { is_unjudged, ..conditions };
        let cell = board.cell(topic)?;
        let words = cell.with_known(|stream, series| trouble_words(stream, series, window_ms, conditions))?;
        Some(Trouble::of(topic, words))
    };
    // A panel may show several topics, and a topic may be in several panels. A panel that shows not exactly what one topic contains judges
    // thresholds itself, for what it shows.
    let (mut found, mut parts) = (Vec::new(), BTreeSet::new());
    for key in shown.iter().flat_map(|group| &group.topics) {
        match board.boards.topics(key) {
            Some(topics) => {
                found.extend(board.boards.crossed(key));
                parts.extend(topics);
            }
            None => found.extend(trouble(key, false)),
        }
    }
    found.extend(parts.iter().filter_map(|topic| trouble(topic, true)));
    once_each(found)
}

/// Shows the icon for trouble if `is_trouble` is true, and otherwise the usual icon. A browser shows the link element with the
/// relation `icon`.
fn choose_icon(is_trouble: bool) {
    for link in icons() {
        let is_for_trouble = link.href().contains("trouble");
        link.set_rel(if is_for_trouble == is_trouble { "icon" } else { "x-icon" });
    }
}

fn icons() -> Vec<HtmlLinkElement> {
    let Ok(found) = document().query_selector_all("link[rel$=icon]") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}
