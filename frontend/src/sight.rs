//! The panels that are in the page, and those of them that can be seen. On a large board, a panel far from the visible part of the page
//! is not in it ([`board_model::sight`]).

use std::collections::HashSet;

use leptos::prelude::*;
use shared::Topic;

use crate::arrangement::Arrangement;
use crate::board::Board;
use crate::chart::frame::{FrameTask, Step};
use crate::follow::effect;
use crate::signal::StoredValue;
use board_model::buckets::nearness::nearness;
use board_model::sight::{Candidate, Present};

/// Share of the height of the visible part of the page. A panel within this distance is updated as often as those that can be seen, so
/// that nothing old is seen when the reader scrolls to it.
const NEARBY: i32 = 4;

/// Chooses the panels whenever the page is scrolled or panels change their places, until the page is closed.
pub fn follow(board: Board, arrangement: Arrangement) {
    let task = StoredValue::new(None::<FrameTask>);
    let request = move || task.with_value(|task| task.iter().for_each(FrameTask::request));
    let step = move || {
        if look(board, arrangement) {
            request();
        }
    };
    task.set_value(Some(FrameTask::new(Step::Update, step)));
    effect(move || {
        arrangement.track();
        request();
    });
    let scrolled = window_event_listener(leptos::ev::scroll, move |_| request());
    on_cleanup(move || scrolled.remove());
}

/// Returns the position of the board's upper edge in the window, and the height of the window, in CSS pixels.
pub(crate) fn screen() -> (i32, i32) {
    let top = document().query_selector(".board").ok().flatten();
    let top = top.map_or(0.0, |board| board.get_bounding_client_rect().top()) as i32;
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0) as i32;
    (top, height)
}

/// Chooses the panels that are in the page. Returns true if more are to be added in the next animation frame.
fn look(board: Board, arrangement: Arrangement) -> bool {
    let ((top, height), held) = (screen(), held(board));
    let present = board.present.get_untracked();
    let (seen, chosen) = arrangement.groups.with_untracked(|groups| {
        let candidate = |topic| Candidate {
            topic,
            distance_px: untrack(|| arrangement.place(topic)).map(|place| nearness(place, top, height)),
            is_present: present.contains(topic),
            is_held: held.as_ref() == Some(topic),
        };
        let panels: Vec<_> = groups.iter().flat_map(|group| &group.topics).map(candidate).collect();
        let is_near = |panel: &&Candidate<'_>| panel.distance_px.is_some_and(|px| px <= height / NEARBY);
        let seen = panels.iter().filter(is_near).map(|panel| panel.topic.clone()).collect();
        (seen, Present::of(&panels, height))
    });
    let topics: HashSet<Topic> = chosen.topics.into_iter().collect();
    if present != topics {
        board.present.set(topics);
    }
    board.see(seen);
    chosen.is_partial
}

/// Returns the topic of the panel that has the keyboard focus or, if none has it, that of the panel that was looked for last.
fn held(board: Board) -> Option<Topic> {
    let focused = document().active_element().and_then(|element| element.closest(".panel").ok()?);
    let focused = focused.and_then(|panel| Topic::new(&panel.get_attribute("data-topic")?).ok());
    focused.or_else(|| board.sought.get_value())
}
