//! The last data of a wall. The page's service worker (`worker.js`) keeps it, and a page that is loaded while the server
//! cannot be reached shows it.
//!
//! It is kept in wall mode only, because it stays on the machine when the tab is closed.
//!
//! * This file: the events of the session on their way, and the wait for the server.
//! * `kept`: keeps and shows the data. It belongs to the part of the wall (`crate::wall`), whose code is loaded later.

pub(crate) mod kept;

use std::cell::RefCell;
use std::time::Duration;

use leptos::prelude::*;
use tickertape_session::{Banner, Cause, Event, State};

use crate::board::Board;
use crate::config;
use crate::wall::handle::Wall;
use board_model::link::Link;

/// Time between two attempts to reach the server.
const RETRY: Duration = Duration::from_secs(2);
/// Maximum number of events that wait for the code of the wall. If there are more, the oldest data is not kept.
const MOST_WAITING: usize = 5_000;

thread_local! {
    static NOTED: RefCell<Noted> = const { RefCell::new(Noted::Nothing) };
}

/// The use of the session's events for the last data.
enum Noted {
    /// They are not used, because wall mode is off.
    Nothing,
    /// They wait for the code of the wall.
    Waiting(Vec<Event>),
    /// The code is loaded, and this function adds an event to the data.
    By(fn(&Event)),
}

/// Stores the session's events until the code of the wall is loaded, if wall mode is chosen.
pub fn note_from_start(wall: Wall) {
    if untrack(|| wall.is_chosen()) {
        NOTED.set(Noted::Waiting(Vec::new()));
    }
}

/// Adds the data of an event of the session.
pub fn note(event: &Event) {
    NOTED.with_borrow_mut(|noted| match noted {
        Noted::Nothing => {}
        Noted::Waiting(events) if events.len() < MOST_WAITING => events.push(event.clone()),
        Noted::Waiting(events) => events.clear(),
        Noted::By(note) => note(event),
    });
}

/// Shows that the server cannot be reached, and loads the page again as soon as it can. A wall shows its last data until
/// then, and says its time at once.
pub fn await_server(board: Board, wall: Wall) {
    if untrack(|| wall.is_chosen()) {
        board.is_cut_off_at_start.set(true);
    } else {
        show_cut_off(board, None);
    }
    retry(board);
}

/// Shows that the server cannot be reached, and that the data is of the time `at`.
fn show_cut_off(board: Board, at: Option<shared::Millis>) {
    let banner = Banner {
        state: State::Waiting,
        cause: Some(Cause::Unreachable),
        failure: None,
        last_heard_at: at,
        retry_at_mono_ms: None,
    };
    let link = Link { state: State::Waiting, banner: Some(banner), last_data_at: at, ..Link::default() };
    board.link.set(Link { cut_off_since: at, ..link });
}

fn retry(board: Board) {
    let attempt = move || {
        board.now.set(crate::now::now().wall_ms);
        crate::task::spawn(async move {
            match config::fetch().await {
                Some(_) => board.retry(),
                None => {
                    // The code of the wall cannot be reached either, if it has shown nothing by now.
                    if board.link.with_untracked(|link| link.banner.is_none()) {
                        show_cut_off(board, None);
                    }
                    retry(board);
                }
            }
        });
    };
    set_timeout(attempt, RETRY);
}
