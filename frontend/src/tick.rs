//! The timer of the page. Every second it updates ages and the right edge of charts, and drops old data. When the views are there, it also
//! does what [`crate::upkeep`] describes.

use std::cell::Cell as Slot;

use shared::{Millis, Topic};
use tickertape_session::Session;

use crate::alarm;
use crate::board::Board;
use crate::cell::Cell;
use crate::intake::update_link;
use board_model::budget::keep_from;
use board_model::chart::pace;

/// Further work: it gets the board, all its topics, and the present time by the server's clock.
pub type Work = fn(Board, &[(Topic, Cell)], Millis);

thread_local! {
    /// The work that is done every second as well; `None` until its code is there.
    static MORE: Slot<Option<Work>> = const { Slot::new(None) };
}

/// Does this work every second, too.
pub fn add(work: Work) {
    MORE.set(Some(work));
}

/// Starts the timer, which runs until the page is closed. It keeps the steps of time in which panels change.
pub fn start(board: Board) {
    let run = move || {
        start(board);
        tick(board);
    };
    alarm::after(pace::until_next_ms(crate::now::now().mono_ms, pace::SECOND_HZ), run);
}

fn tick(board: Board) {
    // The session is called even if none of its timers has expired, so that it notices within a second that the
    // machine was asleep.
    board.with_session(Session::handle_timeout);
    update_link(board);
    let now = board.view_session(Session::server_now).unwrap_or_else(|| crate::now::now().wall_ms);
    board.now.set(now);
    board.time.update_clock();
    if !board.paused.get_untracked() {
        board.edge.set(now);
    }
    let cells = age_all(board, now);
    // `count` is used instead of `any`, because every topic has to record that it has turned late. One check of the
    // connection is enough for all topics.
    if cells.iter().filter(|(_, cell)| turns_late(cell, now)).count() > 0 {
        // The check shows if the publishers have paused or the connection is dead.
        board.with_session(Session::check_liveness);
    }
    MORE.get().into_iter().for_each(|work| work(board, &cells, now));
}

/// Drops data of all topics that is too old to be kept at the time `now`. Returns all topics.
fn age_all(board: Board, now: Millis) -> Vec<(Topic, Cell)> {
    let cells = board.every_cell();
    for (topic, cell) in &cells {
        age(board, (topic, cell), now, cells.len());
    }
    cells
}

fn age(board: Board, (topic, cell): (&Topic, &Cell), now: Millis, topics: usize) {
    let kept_ms = board.kept_ms.get_value() + board.reach_ms(topic);
    let has_settled = cell.change(|stream, series| {
        let from = keep_from(series, kept_ms, now, topics);
        stream.forget_before(from, series);
        stream.settle(series, now)
    });
    if has_settled == Some(true) && !board.paused.get_untracked() {
        cell.notify();
    }
}

fn turns_late(cell: &Cell, now: Millis) -> bool {
    cell.change(|stream, _| stream.turns_late(now)) == Some(true)
}
