//! The way to the panel of a topic, wherever it is: filtered, hidden, on another page of a wall, or below the visible part of the page.

use std::collections::HashSet;
use std::time::Duration;

use leptos::prelude::*;
use shared::Topic;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::actor::Actor;
use crate::board::Board;
use crate::boards::state::with_state;
use board_model::document::Edit;
use board_model::layout::Group;
use board_model::query::Query;

/// Time between two looks for a panel that is about to be shown.
const LOOK: Duration = Duration::from_millis(50);
/// Number of looks, after which the page says that there is no panel. A topic whose panel was left out has to be requested first.
const MOST_LOOKS: u32 = 100;

/// Returns all topics that the document of the board hides.
pub(super) fn hidden(board: Board) -> HashSet<Topic> {
    untrack(|| {
        let groups = board.with_layout(|layout| board.boards.groups(layout, &Query::default()));
        let shown: HashSet<Topic> = groups.into_iter().flat_map(|group| group.topics).collect();
        let window_ms = board.time.window().ms();
        let all =
            board.with_layout(|layout| layout.groups().to_vec()).into_iter().flat_map(|group| group.topics);
        all.filter(|topic| !shown.contains(topic) && board.boards.holders(topic, window_ms).is_empty())
            .collect()
    })
}

/// Returns the key of the panel that shows a topic, alone or with others; `None` if there is none.
pub(super) fn panel_of(board: Board, topic: &Topic) -> Option<Topic> {
    let has = |groups: &[Group]| groups.iter().any(|group| group.topics.contains(topic));
    let is_alone = || {
        board
            .with_layout(|layout| has(&board.boards.groups(layout, &Query::default())))
            .then(|| topic.clone())
    };
    untrack(|| {
        let holders = board.boards.holders(topic, board.time.window().ms());
        is_alone().or_else(|| holders.into_iter().next().map(|(key, _)| key))
    })
}

/// Shows the panel of a topic, scrolls to it, and moves the focus to it.
pub(crate) fn visit(actor: Actor, topic: Topic) {
    let board = actor.board;
    if board.is_left_out(&topic) {
        board.look_for(topic.to_string());
    } else if !Query::new(&board.filter.get_untracked()).finds(&topic) {
        board.look_for(String::new());
    }
    if hidden(board).contains(&topic) {
        let shown = topic.clone();
        with_state(board, move |state| state.edit(&Edit::Show(shown)));
    }
    let key = panel_of(board, &topic).unwrap_or(topic);
    actor.wall.turn_to(&key);
    board.seek(key.clone());
    look(actor, key, MOST_LOOKS, show);
}

/// Shows the panel of a topic, and opens its details.
pub(super) fn visit_details(actor: Actor, topic: Topic) {
    visit(actor, topic.clone());
    let key = panel_of(actor.board, &topic).unwrap_or(topic);
    look(actor, key, MOST_LOOKS, open_details);
}

/// Opens the details of a panel, with the focus on the button that closes them.
fn open_details(panel: &HtmlElement) {
    show(panel);
    let corner = panel.query_selector(".chip").ok().flatten();
    if let Some(corner) = corner.and_then(|corner| corner.dyn_into::<HtmlElement>().ok()) {
        // This fails only for an element that is not in the page.
        let _focused = corner.focus();
        corner.click();
    }
}

/// Looks for the panel now, and again if it is not shown yet.
fn look(actor: Actor, topic: Topic, looks: u32, found: fn(&HtmlElement)) {
    set_timeout(
        move || match (panel(&topic), looks) {
            (Some(panel), _) => found(&panel),
            (None, 0) => actor.tools.say(format!("{topic} has no panel here")),
            (None, _) => look(actor, topic.clone(), looks - 1, found),
        },
        LOOK,
    );
}

/// Returns the panel of a topic if it has a place on the page.
fn panel(topic: &Topic) -> Option<HtmlElement> {
    let found = document().query_selector_all(".panel:not(.is-elsewhere)").ok()?;
    let panels = (0..found.length()).filter_map(|index| found.item(index)?.dyn_into::<Element>().ok());
    let panel =
        panels.into_iter().find(|panel| panel.get_attribute("data-topic").as_deref() == Some(topic.as_str()));
    panel?.dyn_into().ok()
}

fn show(panel: &HtmlElement) {
    if !panel.has_attribute("tabindex") {
        // With -1, the panel can have the focus, but the Tab key goes to what is in it.
        let _set = panel.set_attribute("tabindex", "-1");
    }
    // The header lies over the upper edge of the page.
    let header = document().query_selector(".bar").ok().flatten().map_or(0, |bar| bar.client_height());
    let margin = format!("{}px", header + 40);
    let _set = panel.style().set_property("scroll-margin-block", &margin);
    // This fails only for an element that is not in the page.
    let _focused = panel.focus();
    panel.scroll_into_view();
}
