//! The events that the page knows.

use std::cell::RefCell;

use leptos::prelude::Notify;
use shared::{Millis, Topic};

use crate::board::Board;
use board_model::events::Events;
use board_model::stream::Stream;

thread_local! {
    pub(super) static EVENTS: RefCell<Events> = RefCell::default();
}

/// Returns the time by which the events of a topic are moved, because the clock of their publisher is ahead. An event may be
/// published late on purpose, so a clock does not count as behind.
pub(super) fn error_ms(stream: &Stream) -> Millis {
    stream.clock_error_ms().unwrap_or(0).max(0)
}

/// Adds events of a topic: the number, the time and the words of each. Redraws the charts if there are new ones.
pub(super) fn add(board: Board, topic: &Topic, found: impl Iterator<Item = (u64, Millis, String)>) {
    let is_new = EVENTS.with_borrow_mut(|events| {
        // `count` is used instead of `any`, because every event has to be added.
        found.filter(|(number, ts_ms, text)| events.add(topic.as_str(), *number, *ts_ms, text)).count() > 0
    });
    if is_new {
        board.time.events.notify();
    }
}
