//! Pointers and the wheel on a chart: they move the crosshair, select a stretch, move and zoom.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlCanvasElement, KeyboardEvent, PointerEvent, WheelEvent};

use super::listener::Listener;
use super::state::State;
use crate::signal::{RwSignal, StoredValue};
use board_model::chart::nearness::Nearness;
use board_model::gesture::{Gesture, Move, Press};
use board_model::travel::Travel;

/// Events of a chart that are handled here. They are not handlers in the view, because the code for each would make the
/// page larger by kilobytes.
const EVENTS: [&str; 8] =
    ["pointermove", "pointerdown", "pointerup", "pointercancel", "pointerleave", "wheel", "keydown", "blur"];
/// Height of a line in CSS pixels, for wheels that are measured in lines.
const LINE_PX: f64 = 16.0;

/// The pointers that are pressed on a chart.
#[derive(Clone, Copy)]
pub(super) struct Pointers {
    state: State,
    gesture: StoredValue<Option<Gesture>>,
    /// Distance of the pointer from the upper edge of the chart, in CSS pixels; `None` if no pointer is on it.
    pub y: RwSignal<Option<i64>>,
    /// True while the tooltip is shown.
    active: RwSignal<bool>,
    /// The listener, which is kept until the chart is removed.
    listener: StoredValue<Option<Listener>>,
}

impl Pointers {
    pub fn new(state: State, active: RwSignal<bool>) -> Self {
        Self {
            state,
            gesture: StoredValue::new(None),
            y: RwSignal::new(None),
            active,
            listener: StoredValue::new(None),
        }
    }

    /// Handles the events of the element around the canvas.
    pub fn listen(self, canvas: &HtmlCanvasElement) {
        let listen = |plot| Listener::new(plot, &EVENTS, move |event| self.handle(&event));
        self.listener.set_value(canvas.parent_element().map(listen));
    }

    fn handle(self, event: &Event) {
        match event.type_().as_str() {
            "pointermove" => self.moved(event.unchecked_ref()),
            "pointerdown" => self.down(event.unchecked_ref()),
            "pointerup" => self.up(event.unchecked_ref(), false),
            "pointercancel" => self.up(event.unchecked_ref(), true),
            "pointerleave" => self.left(event.unchecked_ref()),
            "wheel" => self.wheel(event.unchecked_ref()),
            "keydown" => self.key(event.unchecked_ref()),
            _ => self.leave(),
        }
    }

    /// Handles a pointer that is pressed. From then on, its events come to this chart even if it leaves the chart.
    fn down(self, event: &PointerEvent) {
        let is_touch = event.pointer_type() == "touch";
        if self.state.time().is_none() || event.button() != 0 {
            return self.point(event);
        }
        let press = match (is_touch, event.shift_key()) {
            (true, _) => Press::Touch,
            (false, true) => Press::Drag,
            (false, false) => Press::Brush,
        };
        let (id, x, ruler) = (event.pointer_id(), f64::from(event.offset_x()), self.state.ruler());
        self.gesture.update_value(|gesture| {
            let is_added = gesture.as_mut().is_some_and(|gesture| gesture.add(id, x, ruler.clone()));
            if !is_added {
                *gesture = Some(Gesture::begin(press, id, x, ruler));
            }
        });
        if let Some(plot) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
            // This fails only for a pointer that has just been released.
            let _captured = plot.set_pointer_capture(id);
        }
        self.point(event);
    }

    /// Handles a pointer that moves, pressed or not.
    fn moved(self, event: &PointerEvent) {
        let (id, x) = (event.pointer_id(), f64::from(event.offset_x()));
        let movement = self.gesture.try_update_value(|gesture| {
            gesture.as_mut().map_or(Move::Nothing, |gesture| gesture.drag(id, x))
        });
        let movement = movement.unwrap_or(Move::Nothing);
        if matches!(movement, Move::Show { .. }) {
            self.leave();
        } else {
            self.point(event);
        }
        self.state.time().into_iter().for_each(|time| time.make(movement.clone()));
    }

    /// Handles a pointer that is released, or taken by the browser for scrolling if `is_cancelled` is true.
    fn up(self, event: &PointerEvent, is_cancelled: bool) {
        let (id, ruler) = (event.pointer_id(), self.state.ruler());
        let movement = self.gesture.try_update_value(|gesture| {
            let (movement, goes_on) =
                gesture.as_mut().map_or((Move::Nothing, false), |gesture| gesture.release(id, ruler));
            gesture.take_if(|_| !goes_on);
            movement
        });
        let Some((time, movement)) = self.state.time().zip(movement) else { return };
        // A selection that was given up with Escape is not shown.
        let is_selected = time.brush.get_untracked().is_some();
        if is_cancelled {
            time.brush.set(None);
        } else if is_selected {
            time.make(movement);
        }
    }

    /// Hides the crosshair when a mouse leaves the chart. That of a finger stays until something else is touched.
    fn left(self, event: &PointerEvent) {
        if event.pointer_type() != "touch" {
            self.leave();
        }
    }

    /// Hides the crosshair and the tooltip.
    fn leave(self) {
        self.active.set(false);
        if self.y.get_untracked().is_some() {
            self.y.set(None);
            self.state.bring_out(None);
        }
        self.state.point(None);
    }

    /// Handles the wheel. It zooms with Ctrl (as a pinch on a trackpad is reported), on a chart that has the focus, and
    /// on a page that cannot be scrolled; otherwise it scrolls the page. A sideways movement moves the stretch.
    fn wheel(self, event: &WheelEvent) {
        let Some(time) = self.state.time() else { return };
        let unit = if event.delta_mode() == 0 { 1.0 } else { LINE_PX };
        let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
        let (dx, dy) = if event.shift_key() && dx == 0.0 { (dy, 0.0) } else { (dx, dy) };
        let ruler = self.state.ruler();
        if dx.abs() > dy.abs() {
            event.prevent_default();
            time.pan(ruler.time(dx) - ruler.time(0.0));
        } else if event.ctrl_key() || zooms(event) {
            event.prevent_default();
            // A pinch is reported with small distances.
            let pixels = if event.ctrl_key() { dy * 4.0 } else { dy };
            time.wheel(ruler.time(f64::from(event.offset_x())), pixels);
        }
    }

    /// Handles a key. A key without a function on a chart is left to the page.
    fn key(self, event: &KeyboardEvent) {
        if event.key() == "i" && self.y.get_untracked().is_some() {
            return self.isolate();
        }
        if !event.shift_key() && handle_key(self.state, &event.key()) {
            event.prevent_default();
            self.active.set(event.key() != "Escape");
        }
    }

    /// Returns the series with the nearest to the pointer first.
    pub fn nearness(self) -> Nearness {
        let y = self.y.get_untracked().map(|y| y as f64);
        self.state.with_scene(|scene| Nearness::of(scene, y))
    }

    /// Shows only the series that is nearest to the pointer or, if it is alone already, all.
    fn isolate(self) {
        let nearest = self.nearness().columns.first().copied();
        let name = nearest.and_then(|column| self.state.name_of(column));
        let names: Vec<String> = self
            .state
            .with_scene(|scene| scene.set.series().iter().map(|series| series.name().to_owned()).collect());
        let isolate = |name: String| {
            self.state.hidden().update(|hidden| hidden.isolate(&name, names.iter().map(String::as_str)));
        };
        name.into_iter().for_each(isolate);
    }

    fn point(self, event: &PointerEvent) {
        self.active.set(true);
        self.y.set(Some(i64::from(event.offset_y())));
        self.state.point_at(f64::from(event.offset_x()));
    }
}

/// Number of rows of data by which Page Up and Page Down move the crosshair.
const PAGE: isize = 10;

/// Handles a key press on a chart. Returns false if the key has no function there.
fn handle_key(state: State, key: &str) -> bool {
    match key {
        "ArrowLeft" | "ArrowDown" => state.step(-1),
        "ArrowRight" | "ArrowUp" => state.step(1),
        "PageDown" => state.step(-PAGE),
        "PageUp" => state.step(PAGE),
        "Home" => state.step(isize::MIN),
        "End" => state.step(isize::MAX),
        "Escape" => {
            let is_undone = state.time().is_some_and(|time| time.perform(Travel::Undo));
            if !is_undone {
                state.point(None);
            }
        }
        _ => return false,
    }
    true
}

/// Returns true if the wheel zooms without Ctrl, because the chart has the focus or the page cannot be scrolled.
fn zooms(event: &WheelEvent) -> bool {
    let plot = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    let has_focus = plot.is_some() && plot == document().active_element();
    let root = document().document_element();
    has_focus || root.is_some_and(|root| root.scroll_height() <= root.client_height())
}
