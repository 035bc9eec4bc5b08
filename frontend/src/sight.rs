//! The panels that are in the page, and those of them that can be seen. On a large board, a panel far from the visible part of the page
//! is not in it ([`board_model::sight`]).

use std::collections::HashSet;
use std::time::Duration;

use js_sys::{Function, Object, Reflect};
use leptos::prelude::*;
use shared::Topic;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

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
/// Time between two notifications of the panels that are out of sight.
const UNSEEN_EVERY: Duration = Duration::from_secs(1);

/// Chooses the panels whenever the page is scrolled or panels change their places, and notifies those out of sight once a second, until
/// the page is closed. The board has a timer of its own for this, since a recording has no server and not the page's timer.
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
    // This fails only if there is no window.
    let _running = set_interval_with_handle(move || board.notify_unseen(), UNSEEN_EVERY);
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
        let focused = focused();
        board.present.set(topics);
        focused.into_iter().for_each(keep_focus);
    }
    board.see(seen);
    chosen.is_partial
}

/// Returns the topic of the panel that had the keyboard focus last or was looked for since then.
fn held(board: Board) -> Option<Topic> {
    let panel = focused().and_then(|element| element.closest(".panel").ok()?);
    let topic = panel.and_then(|panel| Topic::new(&panel.get_attribute("data-topic")?).ok());
    if topic.is_some() {
        board.sought.set_value(topic);
    }
    board.sought.get_value()
}

/// Returns the element in a panel that has the keyboard focus; `None` if it is elsewhere.
fn focused() -> Option<HtmlElement> {
    let element = document().active_element()?;
    element.closest(".panel").ok()??;
    element.dyn_into().ok()
}

/// Gives an element the keyboard focus again in the next animation frame, if no other has it then. A list moves entries when others come
/// or go, and a browser takes the focus from an element that is moved.
fn keep_focus(element: HtmlElement) {
    request_animation_frame(move || {
        if element.is_connected() && document().active_element() == document().body().map(Into::into) {
            // This fails only for an element that is not in the page.
            let _focused = focus_in_place(&element);
        }
    });
}

/// Gives an element the keyboard focus without scrolling to it.
fn focus_in_place(element: &HtmlElement) -> Result<JsValue, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"preventScroll".into(), &JsValue::TRUE)?;
    Reflect::get(element, &"focus".into())?.unchecked_into::<Function>().call1(element, &options)
}
