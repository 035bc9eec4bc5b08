//! Work that the page does in several tasks of the browser, so that it answers the reader and draws in between.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use leptos::prelude::set_timeout;

/// Maximum number of pieces of work in a task. The largest is a chart, which takes about five milliseconds.
const IN_A_TASK: usize = 4;

/// A piece of work.
pub type Work = Box<dyn FnOnce()>;

thread_local! {
    static WAITING: RefCell<VecDeque<Work>> = const { RefCell::new(VecDeque::new()) };
    /// True if a task will run.
    static IS_DUE: Cell<bool> = const { Cell::new(false) };
}

/// Does this work soon, after everything for which this was called before.
pub fn queue(work: Work) {
    WAITING.with_borrow_mut(|waiting| waiting.push_back(work));
    if !IS_DUE.replace(true) {
        set_timeout(run, Duration::ZERO);
    }
}

fn run() {
    for _ in 0..IN_A_TASK {
        let Some(work) = WAITING.with_borrow_mut(VecDeque::pop_front) else { break };
        work();
    }
    let has_more = WAITING.with_borrow(|waiting| !waiting.is_empty());
    IS_DUE.set(has_more);
    if has_more {
        set_timeout(run, Duration::ZERO);
    }
}
