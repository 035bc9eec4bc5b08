//! Performs work at most once per animation frame, regardless of the number of messages that arrive.
//!
//! A frame has two steps: first updates, which change signals, and then drawings. Between the two, the browser runs
//! the effects of those signals, which request drawings. So a publication is drawn in the same frame in which its
//! panel is notified, and not one frame later. This relies on two rules of the HTML standard. Callbacks that are
//! registered before a frame run in that frame in the order of registration. Microtasks, in which Leptos runs
//! effects, run after each of these callbacks.
//!
//! A browser runs no animation frames while the page is hidden, so nothing is drawn then. Work that is requested in
//! this time is performed once, when the page is shown again.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::alarm;

/// Work that is performed on request, at most once per animation frame. Dropping this value cancels a request that
/// has not been performed.
pub struct FrameTask {
    task: Rc<Task>,
    step: Step,
}

/// One of the two steps of an animation frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The first step, in which signals are changed.
    Update,
    /// The second step, in which canvases are drawn.
    Draw,
}

impl FrameTask {
    /// Creates a task for this step. It does nothing before it is requested.
    pub fn new(step: Step, work: impl Fn() + 'static) -> Self {
        Self { task: Rc::new(Task::new(work)), step }
    }

    /// Requests that the work is performed in the next animation frame after `pause_ms` milliseconds, or in the next one at all if that is
    /// 0. A request that is waiting for its pause is kept, unless the work is performed for another reason before.
    pub fn request_after(&self, pause_ms: u64) {
        if self.task.due_ms.get().is_some() {
            return;
        }
        if pause_ms == 0 {
            return self.request();
        }
        let due_ms = Some(crate::now::now().mono_ms + pause_ms);
        self.task.due_ms.set(due_ms);
        let (task, step) = (Rc::downgrade(&self.task), self.step);
        let request = move || {
            // If the task was dropped or performed before, there is nothing to do any more.
            if let Some(task) = task.upgrade().filter(|task| task.due_ms.get() == due_ms) {
                Self { task, step }.request();
            }
        };
        alarm::after(pause_ms, request);
    }

    /// Requests that the work is performed in the next animation frame. A drawing that is requested during the first
    /// step of a frame is performed in the second step of the same frame.
    pub fn request(&self) {
        FRAMES.with(|frames| {
            if frames.steps.request(self.step, &self.task) {
                frames.schedule();
            }
        });
    }
}

thread_local! {
    static FRAMES: Frames = Frames {
        steps: Steps::default(),
        update: Closure::new(|| FRAMES.with(|frames| frames.steps.run(Step::Update))),
        draw: Closure::new(|| FRAMES.with(|frames| frames.steps.run(Step::Draw))),
    };
}

struct Frames {
    steps: Steps,
    update: Closure<dyn FnMut()>,
    draw: Closure<dyn FnMut()>,
}

impl Frames {
    fn schedule(&self) {
        let Some(window) = web_sys::window() else { return };
        for step in [&self.update, &self.draw] {
            // This fails only while the page is being closed, when nothing has to be drawn.
            let _refused_when_unloading = window.request_animation_frame(step.as_ref().unchecked_ref());
        }
    }
}

struct Task {
    /// True while the work is to be performed in the next animation frame.
    is_requested: Cell<bool>,
    /// Time at which the work will be requested, in milliseconds of the monotonic clock; `None` if it does not wait for a pause.
    due_ms: Cell<Option<u64>>,
    work: Box<dyn Fn()>,
}

impl Task {
    fn new(work: impl Fn() + 'static) -> Self {
        Self { is_requested: Cell::new(false), due_ms: Cell::new(None), work: Box::new(work) }
    }
}

/// The tasks that were requested for the two steps of the next animation frame.
#[derive(Default)]
struct Steps {
    updates: Queue,
    drawings: Queue,
    /// True while a frame is requested from the browser and has not been drawn yet. It becomes false when the drawing,
    /// which is the last step of a frame, begins.
    is_scheduled: Cell<bool>,
}

impl Steps {
    /// Adds a task to a step of the next frame. Returns true if no frame is requested yet, so that the caller must
    /// request one from the browser.
    fn request(&self, step: Step, task: &Rc<Task>) -> bool {
        self.queue(step).request(task);
        !self.is_scheduled.replace(true)
    }

    /// Performs the tasks that were requested for a step of the present frame. An update that is requested after the
    /// updates have run requires another frame, which is requested after the drawings.
    fn run(&self, step: Step) {
        if step == Step::Draw {
            self.is_scheduled.set(false);
        }
        self.queue(step).run();
        if step == Step::Draw && !self.updates.is_empty() && !self.is_scheduled.replace(true) {
            FRAMES.with(Frames::schedule);
        }
    }

    fn queue(&self, step: Step) -> &Queue {
        match step {
            Step::Update => &self.updates,
            Step::Draw => &self.drawings,
        }
    }
}

/// The tasks that were requested for one step of an animation frame.
#[derive(Default)]
struct Queue {
    due: RefCell<Vec<Weak<Task>>>,
}

impl Queue {
    fn request(&self, task: &Rc<Task>) {
        if !task.is_requested.replace(true) {
            self.due.borrow_mut().push(Rc::downgrade(task));
        }
    }

    /// Performs the requested tasks. Tasks that are requested during this call are kept for the next one.
    fn run(&self) {
        let due = self.due.take();
        for task in due.iter().filter_map(Weak::upgrade) {
            task.is_requested.set(false);
            task.due_ms.set(None);
            (task.work)();
        }
    }

    fn is_empty(&self) -> bool {
        self.due.borrow().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting() -> (Rc<Task>, Rc<Cell<u32>>) {
        let done = Rc::new(Cell::new(0));
        let counter = Rc::clone(&done);
        (Rc::new(Task::new(move || counter.set(counter.get() + 1))), done)
    }

    fn run_frame(steps: &Steps) {
        steps.run(Step::Update);
        steps.run(Step::Draw);
    }

    #[test]
    fn a_task_requested_many_times_is_done_once() {
        let (steps, (task, drawn)) = (Steps::default(), counting());
        let frames = (0..100).filter(|_| steps.request(Step::Draw, &task)).count();
        run_frame(&steps);
        assert_eq!((frames, drawn.get()), (1, 1));
    }

    #[test]
    fn tasks_share_one_frame() {
        let steps = Steps::default();
        let ((a, done_a), (b, done_b)) = (counting(), counting());
        assert!(steps.request(Step::Draw, &a));
        assert!(!steps.request(Step::Update, &b));
        run_frame(&steps);
        assert_eq!((done_a.get(), done_b.get()), (1, 1));
    }

    #[test]
    fn a_task_can_be_requested_again_after_its_frame() {
        let (steps, (task, drawn)) = (Steps::default(), counting());
        for _ in 0..2 {
            assert!(steps.request(Step::Draw, &task));
            run_frame(&steps);
        }
        assert_eq!(drawn.get(), 2);
    }

    #[test]
    fn a_drawing_that_an_update_causes_is_in_the_same_frame() {
        let (steps, (drawing, drawn), (update, _)) = (Steps::default(), counting(), counting());
        assert!(steps.request(Step::Update, &update));
        steps.run(Step::Update);
        assert!(!steps.request(Step::Draw, &drawing), "no further frame");
        steps.run(Step::Draw);
        assert_eq!(drawn.get(), 1);
    }

    #[test]
    fn a_task_dropped_before_its_frame_is_not_done() {
        let (steps, (task, drawn)) = (Steps::default(), counting());
        steps.request(Step::Draw, &task);
        drop(task);
        run_frame(&steps);
        assert_eq!(drawn.get(), 0);
    }
}
