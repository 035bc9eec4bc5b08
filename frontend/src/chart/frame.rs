//! One drawing per animation frame, however many messages came; all charts share the frame.
//!
//! A browser calls no animation frame while the page is hidden, so nothing is drawn then either; what was asked for
//! meanwhile is drawn once when the page is shown again.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Something that is drawn on request, at most once a frame, until it is dropped.
pub struct FrameTask {
    task: Rc<Task>,
}

impl FrameTask {
    /// A task that has not been requested yet.
    pub fn new(draw: impl Fn() + 'static) -> Self {
        Self { task: Rc::new(Task { due: Cell::new(false), draw: Box::new(draw) }) }
    }

    /// Draws with the next frame.
    pub fn request(&self) {
        SHARED.with(|shared| {
            if shared.queue.request(&self.task) {
                shared.schedule();
            }
        });
    }
}

thread_local! {
    static SHARED: Frames = Frames {
        queue: Queue::default(),
        run: Closure::new(|| SHARED.with(|shared| shared.queue.run())),
    };
}

struct Frames {
    queue: Queue,
    run: Closure<dyn FnMut()>,
}

impl Frames {
    fn schedule(&self) {
        if let Some(window) = web_sys::window() {
            // Only a page that is going away refuses a frame, and it has nothing left to draw.
            let _refused_when_unloading = window.request_animation_frame(self.run.as_ref().unchecked_ref());
        }
    }
}

struct Task {
    due: Cell<bool>,
    draw: Box<dyn Fn()>,
}

/// What the next frame draws.
#[derive(Default)]
struct Queue {
    due: RefCell<Vec<Weak<Task>>>,
}

impl Queue {
    /// Whether this is the first request since the last run, so that a frame must be asked for.
    fn request(&self, task: &Rc<Task>) -> bool {
        if task.due.replace(true) {
            return false;
        }
        let mut due = self.due.borrow_mut();
        due.push(Rc::downgrade(task));
        due.len() == 1
    }

    /// Draws what is due; what is requested meanwhile waits for the frame after this one.
    fn run(&self) {
        let due = self.due.take();
        for task in due.iter().filter_map(Weak::upgrade) {
            task.due.set(false);
            (task.draw)();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting() -> (Rc<Task>, Rc<Cell<u32>>) {
        let drawn = Rc::new(Cell::new(0));
        let counter = Rc::clone(&drawn);
        let draw = Box::new(move || counter.set(counter.get() + 1));
        (Rc::new(Task { due: Cell::new(false), draw }), drawn)
    }

    #[test]
    fn a_task_requested_many_times_is_drawn_once() {
        let (queue, (task, drawn)) = (Queue::default(), counting());
        let frames = (0..100).filter(|_| queue.request(&task)).count();
        queue.run();
        assert_eq!((frames, drawn.get()), (1, 1));
    }

    #[test]
    fn tasks_share_one_frame() {
        let queue = Queue::default();
        let ((a, drawn_a), (b, drawn_b)) = (counting(), counting());
        assert!(queue.request(&a));
        assert!(!queue.request(&b));
        queue.run();
        assert_eq!((drawn_a.get(), drawn_b.get()), (1, 1));
    }

    #[test]
    fn a_task_can_be_requested_again_after_its_frame() {
        let (queue, (task, drawn)) = (Queue::default(), counting());
        for _ in 0..2 {
            assert!(queue.request(&task));
            queue.run();
        }
        assert_eq!(drawn.get(), 2);
    }

    #[test]
    fn a_task_dropped_before_its_frame_is_not_drawn() {
        let (queue, (task, drawn)) = (Queue::default(), counting());
        queue.request(&task);
        drop(task);
        queue.run();
        assert_eq!(drawn.get(), 0);
    }
}
