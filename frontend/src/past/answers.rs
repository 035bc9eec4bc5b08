//! The answers of the server to requests for the past, and the words in the corner of a panel that shows it.

use std::ops::Range;

use leptos::prelude::*;
use shared::{Millis, Topic};
use tickertape_session::Event;

use crate::board::Board;
use crate::cell::Cell;
use board_model::arrival::Conditions;
use board_model::buckets::TopicPast;
use board_model::buckets::topic_past::MOST_ITEMS;
use board_model::chip::Chip;
use board_model::kind::Kind;
use board_model::past_chip;

/// Applies an answer of the server. Other events are ignored.
pub(super) fn handle_event(board: Board, event: Event) {
    if let Event::Buckets { id, reply } = event {
        let topic = reply.topic.clone();
        past(board, &topic, |past, _| past.answered(id, *reply));
    } else if let Event::PastItems { id, topic, items, .. } = event {
        let now = board.server_now();
        past(board, &topic, |past, most| past.answered_items(id, items, most, now));
    } else if let Event::PastFailed { id, topic, refused } = event {
        let now = board.server_now();
        past(board, &topic, |past, _| past.failed(id, refused.map(|refused| refused.message), now));
    }
}

/// Changes what is loaded of a topic's past by calling `change` with it and with the number of publications that the
/// panel shows. If it returns true, the panel is updated.
fn past(board: Board, topic: &Topic, change: impl FnOnce(&mut TopicPast, usize) -> bool) {
    let Some(cell) = board.cell(topic) else { return };
    let is_table = cell.with_basis(|stream, _| stream.kind() == Some(Kind::Table));
    let most = if is_table { 1 } else { MOST_ITEMS };
    if cell.past.try_update_value(|past| change(past, most)) == Some(true) {
        board.past_loaded.notify();
    }
}

/// Returns the text in the corner of a panel that shows this stretch of the past.
pub(super) fn chip(board: Board, cell: &Cell, stretch: Range<Millis>, conditions: Conditions) -> Chip {
    board.past_loaded.track();
    let crosshair = board.time.crosshair.get().filter(|at| stretch.contains(at));
    let scene = past_chip::Scene {
        at: crosshair.unwrap_or(stretch.end.min(conditions.now)),
        stretch,
        now: conditions.now,
        cut_off_since: conditions.cut_off_since,
        is_recording: conditions.is_recording,
        is_unjudged: conditions.is_unjudged,
        clock: board.clock.get(),
    };
    let (stream, series) = (&cell.stream, &cell.series);
    stream.with_untracked(|stream| {
        let past = |past: &TopicPast| {
            series.with_untracked(|series| past_chip::past_chip(stream, series, past, &scene))
        };
        cell.past.with_value(past)
    })
}
