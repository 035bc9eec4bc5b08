//! Keys and pointers on panels while a person arranges the board.
//!
//! The listeners are on the document, so that panels need no code of their own. They run before those of the page, which leave
//! events alone that were handled here.

use leptos::prelude::*;
use shared::Topic;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use super::panels::{focus, give_back_focus, panels, returning, topic_of};
use super::settings;
use super::state::State;
use crate::signal::StoredValue;
use board_model::document::{Direction, Edit};
use board_model::placement::Height;

/// Distance in CSS pixels by which a pointer has to move to drag a panel.
const DRAG_PX: i32 = 6;
/// Number of columns of a panel that has no usual width yet.
const SOME_COLUMNS: u32 = 4;
/// Largest number of columns that the keys choose.
const MOST_COLUMNS: u32 = shared::board::fields::MOST_COLUMNS as u32;

/// A panel that is being dragged.
#[derive(Clone)]
struct Drag {
    topic: Topic,
    from: (i32, i32),
    is_moving: bool,
}

/// Handles keys and pointers until the page is closed, and makes panels reachable by the Tab key while the board is arranged.
pub(super) fn listen(state: State) {
    let drag: StoredValue<Option<Drag>> = StoredValue::new(None);
    on("keydown", move |event| press(state, event));
    on("pointerdown", move |event| begin(state, drag, event));
    on("pointermove", move |event| follow(drag, event));
    on("pointerup", move |event| end(state, drag, event));
    on("pointercancel", move |_| stop(drag));
    on("focusin", move |event| choose(state, event));
    let boards = state.board.boards;
    Effect::new(move |_| {
        boards.track();
        let is_arranging = boards.is_arranging.get();
        // Panels are created and moved in the page after this effect.
        request_animation_frame(move || make_reachable(is_arranging));
    });
}

fn on(name: &str, act: impl FnMut(&Event) + 'static) {
    let mut act = act;
    let listener: Closure<dyn FnMut(Event)> = Closure::new(move |event: Event| act(&event));
    let handler: &js_sys::Function = listener.as_ref().unchecked_ref();
    // With `true`, this listener is called before those of the page. The call fails only for an object that is not a function.
    let _added = document().add_event_listener_with_callback_and_bool(name, handler, true);
    listener.forget();
}

fn make_reachable(is_arranging: bool) {
    for panel in panels() {
        let _changed = match is_arranging {
            true => panel.set_attribute("tabindex", "0"),
            false => panel.remove_attribute("tabindex"),
        };
    }
}

fn panel_around(event: &Event) -> Option<Element> {
    let element: Element = event.target()?.dyn_into().ok()?;
    element.closest(".panel").ok()?
}

fn is_arranging(state: State) -> bool {
    state.board.boards.is_arranging.get_untracked()
}

/// Notes the panel that has the focus, for the controls.
fn choose(state: State, event: &Event) {
    let topic = panel_around(event).and_then(|panel| topic_of(&panel));
    if topic.is_some() && is_arranging(state) {
        state.chosen.set(topic);
    }
}

/// Handles a key on a panel that has the focus.
fn press(state: State, event: &Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
    if !is_arranging(state) || key.ctrl_key() || key.meta_key() || key.alt_key() {
        return;
    }
    if key.key() == "Escape" && state.sheet.with_untracked(Option::is_some) {
        event.prevent_default();
        event.stop_propagation();
        return settings::close(state);
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if target.as_ref().is_some_and(|target| matches!(target.matches("select"), Ok(true))) {
        // A letter chooses an entry of the list, and must not also be a key of the page.
        return event.stop_propagation();
    }
    let panel = target.as_ref().filter(|target| matches!(target.matches(".panel"), Ok(true)));
    // A key that comes before a moved panel has its focus again is meant for that panel.
    let returning = || target.as_ref().filter(|target| target.tag_name() == "BODY").and_then(|_| returning());
    let Some(topic) = panel.and_then(topic_of).or_else(returning) else { return };
    let change = match (key.key().as_str(), key.shift_key()) {
        ("Enter" | "s", false) => {
            event.prevent_default();
            event.stop_propagation();
            return settings::open(state, topic);
        }
        ("ArrowLeft" | "ArrowUp", false) => Edit::Step(topic.clone(), Direction::Earlier),
        ("ArrowRight" | "ArrowDown", false) => Edit::Step(topic.clone(), Direction::Later),
        ("ArrowLeft", true) => widen(state, &topic, -1),
        ("ArrowRight", true) => widen(state, &topic, 1),
        ("ArrowUp", true) => heighten(state, &topic, false),
        ("ArrowDown", true) => heighten(state, &topic, true),
        ("h" | "Delete", _) => Edit::Hide(topic.clone()),
        ("u" | "U", _) => Edit::Split(topic.clone()),
        ("j" | "J", is_shifted) => {
            event.prevent_default();
            event.stop_propagation();
            return join(state, &topic, if is_shifted { Direction::Earlier } else { Direction::Later });
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let after = if matches!(change, Edit::Hide(_)) { next_panel(&topic) } else { Some(topic) };
    state.edit(&change);
    give_back_focus(after);
}

/// Joins a panel with the next one or the one before, and moves the focus to the panel that shows both: the one that stands first.
pub(super) fn join(state: State, key: &Topic, direction: Direction) {
    let Some(neighbour) = state.neighbour(key, direction) else {
        let edge = if direction == Direction::Earlier { "before" } else { "after" };
        return state.said.set(format!("There is no panel {edge} {key}"));
    };
    let (first, second) = match direction {
        Direction::Earlier => (neighbour, key.clone()),
        Direction::Later => (key.clone(), neighbour),
    };
    if state.join(&second, &first) {
        state.chosen.set(Some(first.clone()));
        give_back_focus(Some(first));
    }
}

/// Returns the change that makes a panel wider or narrower by a column.
pub(super) fn widen(state: State, topic: &Topic, by: i32) -> Edit {
    let usual =
        state.board.shown_cell(topic).and_then(|cell| cell.size()).map_or(SOME_COLUMNS, |size| size.wish);
    let columns = state.panel(topic).columns.unwrap_or(usual);
    Edit::Columns(topic.clone(), columns.saturating_add_signed(by).clamp(1, MOST_COLUMNS))
}

/// Returns the change that makes a panel higher or lower by a step.
pub(super) fn heighten(state: State, topic: &Topic, is_higher: bool) -> Edit {
    let usual = state.board.shown_cell(topic).and_then(|cell| cell.size()).map(|size| size.height);
    let words = ["half", "whole", "double"];
    let now = match state.panel(topic).height.as_deref() {
        Some("half") => 0,
        Some("double") => 2,
        Some("whole") => 1,
        _ => match usual {
            Some(Height::Half) => 0,
            Some(Height::Double) => 2,
            Some(Height::Whole) | None => 1,
        },
    };
    let next = if is_higher { (now + 1).min(2) } else { usize::saturating_sub(now, 1) };
    Edit::Height(topic.clone(), words[next])
}

fn next_panel(topic: &Topic) -> Option<Topic> {
    let topics: Vec<Topic> = panels().iter().filter_map(topic_of).collect();
    let place = topics.iter().position(|other| other == topic)?;
    topics.get(place + 1).or_else(|| topics.get(place.checked_sub(1)?)).cloned()
}

/// Begins to drag the panel whose head is pressed.
fn begin(state: State, drag: StoredValue<Option<Drag>>, event: &Event) {
    let Some(pointer) = event.dyn_ref::<PointerEvent>().filter(|_| is_arranging(state)) else { return };
    let Some(panel) = panel_around(event) else { return };
    let Some(topic) = topic_of(&panel).filter(|_| pointer.button() == 0) else { return };
    event.prevent_default();
    event.stop_propagation();
    state.chosen.set(Some(topic.clone()));
    focus(Some(&topic));
    drag.set_value(Some(Drag { topic, from: (pointer.client_x(), pointer.client_y()), is_moving: false }));
}

fn follow(drag: StoredValue<Option<Drag>>, event: &Event) {
    let Some(pointer) = event.dyn_ref::<PointerEvent>() else { return };
    let Some(mut moving) = drag.get_value() else { return };
    event.prevent_default();
    event.stop_propagation();
    let (dx, dy) = (pointer.client_x() - moving.from.0, pointer.client_y() - moving.from.1);
    moving.is_moving |= dx.abs().max(dy.abs()) >= DRAG_PX;
    if moving.is_moving {
        mark(place_under(pointer, &moving.topic).as_ref());
    }
    drag.set_value(Some(moving));
}

fn end(state: State, drag: StoredValue<Option<Drag>>, event: &Event) {
    let Some(dropped) = drag.get_value() else { return };
    stop(drag);
    event.stop_propagation();
    let Some(pointer) = event.dyn_ref::<PointerEvent>().filter(|_| dropped.is_moving) else { return };
    let Some((panel, side)) = place_under(pointer, &dropped.topic) else { return };
    let Some(onto) = topic_of(&panel) else { return };
    match side {
        Side::Edge(direction) => state.edit(&Edit::Drop(dropped.topic, onto, direction)),
        Side::Middle => {
            state.join(&dropped.topic, &onto);
        }
    }
}

fn stop(drag: StoredValue<Option<Drag>>) {
    drag.set_value(None);
    mark(None);
}

/// Part of a panel onto which another one is dragged.
#[derive(Clone, Copy)]
enum Side {
    /// The dragged panel would stand before or after this one.
    Edge(Direction),
    /// The two panels would become one.
    Middle,
}

/// Share of the width of a panel, at its middle, onto which another panel is dragged to be joined with it.
const MIDDLE: f64 = 0.34;

/// Returns the panel under the pointer, and the part of it.
fn place_under(pointer: &PointerEvent, dragged: &Topic) -> Option<(Element, Side)> {
    let (x, y) = (pointer.client_x() as f32, pointer.client_y() as f32);
    let panel = document().element_from_point(x, y)?.closest(".panel").ok()??;
    let rectangle = panel.get_bounding_client_rect();
    let from_middle = (f64::from(x) - rectangle.left()) / rectangle.width() - 0.5;
    let side = match from_middle {
        _ if from_middle.abs() < MIDDLE / 2.0 => Side::Middle,
        _ if from_middle < 0.0 => Side::Edge(Direction::Earlier),
        _ => Side::Edge(Direction::Later),
    };
    (topic_of(&panel)? != *dragged).then_some((panel, side))
}

/// Shows at which side of a panel the dragged panel would stand, or that the two would become one.
fn mark(place: Option<&(Element, Side)>) {
    for panel in panels().into_iter().filter_map(|panel| panel.dyn_into::<HtmlElement>().ok()) {
        let shadow = match place.filter(|(target, _)| target.is_same_node(Some(panel.as_ref()))) {
            Some((_, Side::Middle)) => "inset 0 0 0 4px var(--accent)",
            Some((_, Side::Edge(Direction::Earlier))) => "inset 4px 0 0 var(--accent)",
            Some((_, Side::Edge(Direction::Later))) => "inset -4px 0 0 var(--accent)",
            None => "",
        };
        let _set = panel.style().set_property("box-shadow", shadow);
    }
}
