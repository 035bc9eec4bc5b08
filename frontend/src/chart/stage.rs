//! A canvas in the page. It is adapted to its size in the layout, and is not drawn while it is out of sight.

use std::cell::Cell;
use std::rc::Rc;

use board_model::chart::geometry::Surface;
use board_model::chart::pace;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    HtmlCanvasElement, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
    ResizeObserver,
};

use super::canvas::Canvas;
use super::frame::{FrameTask, Step};
use super::theme;

/// Margin around the visible part of the page in which canvases are drawn too, so that a canvas has been drawn when
/// the reader scrolls to it.
const NEARBY: &str = "25% 0px";

/// Number of canvases up to which each is drawn as soon as it exists. Of more canvases, most are out of sight, so each is drawn when the
/// browser has said that it is in sight, a frame later.
const FEW: usize = 40;

thread_local! {
    /// Number of canvases of the page.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// A canvas that is drawn on request while it is in sight. Dropping this value stops the observers of its size and
/// visibility.
pub struct Stage {
    actor: Rc<Actor>,
    task: Rc<FrameTask>,
    resize: Option<ResizeObserver>,
    sight: Option<IntersectionObserver>,
    _on_resize: Closure<dyn FnMut()>,
    _on_sight: Closure<dyn FnMut(js_sys::Array)>,
}

struct Actor {
    canvas: Canvas,
    in_sight: Cell<bool>,
    fits: Cell<bool>,
    /// Time of the last drawing by the monotonic clock, in milliseconds.
    drawn_ms: Cell<Option<u64>>,
    draw: Box<dyn Fn(&Canvas)>,
}

impl Stage {
    /// Observes the size and the visibility of a canvas element, and draws it with `draw`. Returns `None` if the
    /// browser has no 2D context.
    pub fn mount(element: HtmlCanvasElement, draw: impl Fn(&Canvas) + 'static) -> Option<Self> {
        let canvas = Canvas::new(element.clone())?;
        let actor = Rc::new(Actor {
            canvas,
            in_sight: Cell::new(COUNT.with(Cell::get) < FEW),
            fits: Cell::new(false),
            drawn_ms: Cell::new(None),
            draw: Box::new(draw),
        });
        let acting = Rc::clone(&actor);
        let task = Rc::new(FrameTask::new(Step::Draw, move || acting.draw()));
        let on_resize = on_resize(&actor);
        let on_sight = on_sight(&actor, &task);
        let resize = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
        let nearby = IntersectionObserverInit::new();
        nearby.set_root_margin(NEARBY);
        let sight = IntersectionObserver::new_with_options(on_sight.as_ref().unchecked_ref(), &nearby).ok();
        resize.iter().for_each(|observer| observer.observe(&element));
        sight.iter().for_each(|observer| observer.observe(&element));
        if sight.is_none() {
            actor.in_sight.set(true);
        }
        task.request();
        COUNT.with(|count| count.set(count.get() + 1));
        Some(Self { actor, task, resize, sight, _on_resize: on_resize, _on_sight: on_sight })
    }

    /// Requests that the canvas is drawn in the current or the next animation frame. Nothing is drawn if the canvas
    /// is out of sight.
    pub fn request(&self) {
        self.task.request();
    }

    /// Requests that the canvas is drawn with new data, at most `rate_hz` times a second.
    pub fn request_at(&self, rate_hz: u64) {
        let left_ms = pace::left_ms(self.actor.drawn_ms.get(), crate::now::now().mono_ms, rate_hz);
        self.task.request_after(left_ms);
    }

    /// Returns the size of the canvas when it was last read.
    pub fn surface(&self) -> Surface {
        self.actor.canvas.surface()
    }

    /// Returns true if the canvas is in the visible part of the page or near to it.
    pub fn is_in_sight(&self) -> bool {
        self.actor.in_sight.get()
    }

    /// Requests that the size and the font of the canvas are read again and the canvas is drawn.
    pub fn refit(&self) {
        self.actor.fits.set(false);
        self.task.request();
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        COUNT.with(|count| count.set(count.get().saturating_sub(1)));
        self.resize.iter().for_each(ResizeObserver::disconnect);
        self.sight.iter().for_each(IntersectionObserver::disconnect);
    }
}

impl Actor {
    fn draw(&self) {
        if !self.in_sight.get() {
            return;
        }
        self.drawn_ms.set(Some(crate::now::now().mono_ms));
        if !self.fits.replace(true) {
            self.canvas.fit(&theme::palette());
        }
        (self.draw)(&self.canvas);
    }
}

/// Returns the handler for a changed size of the canvas, which draws immediately. The browser reports a size after
/// layout and before it paints, so no frame shows the previous drawing at the wrong size.
fn on_resize(actor: &Rc<Actor>) -> Closure<dyn FnMut()> {
    let actor = Rc::clone(actor);
    Closure::new(move || {
        actor.fits.set(false);
        actor.draw();
    })
}

fn on_sight(actor: &Rc<Actor>, task: &Rc<FrameTask>) -> Closure<dyn FnMut(js_sys::Array)> {
    let (actor, task) = (Rc::clone(actor), Rc::clone(task));
    Closure::new(move |entries: js_sys::Array| {
        let latest = entries.pop().dyn_into::<IntersectionObserverEntry>();
        let in_sight = latest.is_ok_and(|entry| entry.is_intersecting());
        if actor.in_sight.replace(in_sight) != in_sight {
            task.request();
        }
    })
}
