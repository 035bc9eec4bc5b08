//! Runs work after a pause. Work that is due at about the same time runs together, so that the browser shows all that it changes in one
//! frame.

use std::cell::{Cell, RefCell};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::now::now;

/// Time for which work waits for other work that is due soon, in milliseconds.
const WAIT_MS: u64 = 4;

/// Work and the time at which it is due, in milliseconds of the monotonic clock.
type Due = (u64, Box<dyn FnOnce()>);

struct Alarm {
    waiting: RefCell<Vec<Due>>,
    /// Timer of the browser, and the time for which it is set, in milliseconds of the monotonic clock; `None` if there is none.
    timer: Cell<Option<(i32, u64)>>,
    ring: Closure<dyn FnMut()>,
}

thread_local! {
    static ALARM: Alarm = Alarm {
        waiting: RefCell::default(),
        timer: Cell::new(None),
        ring: Closure::new(|| take_due().into_iter().for_each(|(_, work)| work())),
    };
}

/// Runs `work` after `pause_ms` milliseconds, or a few milliseconds later.
pub fn after(pause_ms: u64, work: impl FnOnce() + 'static) {
    ALARM.with(|alarm| {
        let now_ms = now().mono_ms;
        alarm.waiting.borrow_mut().push((now_ms + pause_ms, Box::new(work)));
        alarm.set(now_ms);
    });
}

/// Returns the work that is due, after the alarm has been set for the rest.
fn take_due() -> Vec<Due> {
    ALARM.with(|alarm| {
        let now_ms = now().mono_ms;
        let (due, waiting) = alarm.waiting.take().into_iter().partition(|(due_ms, _)| *due_ms <= now_ms);
        alarm.waiting.replace(waiting);
        alarm.timer.set(None);
        alarm.set(now_ms);
        due
    })
}

impl Alarm {
    /// Sets the timer for the work that is due first, unless it is set for an earlier time.
    fn set(&self, now_ms: u64) {
        let first_ms = self.waiting.borrow().iter().map(|(due_ms, _)| due_ms + WAIT_MS).min();
        let (Some(first_ms), Some(window)) = (first_ms, web_sys::window()) else { return };
        match self.timer.get() {
            Some((_, set_ms)) if set_ms <= first_ms => return,
            Some((timer, _)) => window.clear_timeout_with_handle(timer),
            None => {}
        }
        let pause_ms = i32::try_from(first_ms.saturating_sub(now_ms)).unwrap_or(i32::MAX);
        let ring = self.ring.as_ref().unchecked_ref();
        // This fails only while the page is being closed.
        let timer = window.set_timeout_with_callback_and_timeout_and_arguments_0(ring, pause_ms).ok();
        self.timer.set(timer.map(|timer| (timer, first_ms)));
    }
}
