//! The past, in the panels that can be seen. Used while the board shows a stretch of the past, or a window that is too long
//! for publications.
//!
//! * This file: the times at which it is loaded and shown. Everything else is a part whose code is loaded when the past is
//!   needed for the first time.
//! * `load`: requests it, and shows it.
//! * `answers`: what the server answers, and the words in the corner of a panel.
//! * `damaged`: an address whose stretch of time is not valid.

mod answers;
mod damaged;
mod load;

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::*;

use crate::arrangement::Arrangement;
use crate::board::{Board, PastFunctions};
use crate::chart::frame::{FrameTask, Step};
use crate::follow::{context, effect, when};
use crate::late;
use crate::signal::{Memo, StoredValue};
use board_model::figure::Figure;

/// Time for which the stretch has to stay the same before something is requested, so that a drag or a wheel does not
/// request everything on its way.
const REST: Duration = Duration::from_millis(120);

/// Shows the past in every panel that can be seen and, if the last argument is true, requests what is missing.
type Refresh = fn(Board, Arrangement, bool);

thread_local! {
    /// The function of the part that is loaded; `None` until then.
    static REFRESH: Cell<Option<Refresh>> = const { Cell::new(None) };
}

/// Loads the code for the past when it is needed for the first time. Shows nothing, unless the code cannot be loaded or the
/// page's address asks for a stretch that is not valid.
#[component]
pub fn Past() -> impl IntoView {
    let board: Board = context();
    let is_needed = Memo::new(move |before: Option<&bool>| {
        before == Some(&true) || board.has_damaged_address.get() || board.time.view.get().has_buckets()
    });
    when(is_needed, move || load_past(board))
}

late::part!(load_past, Board, provide, quiet);

fn provide(board: Board) -> AnyView {
    REFRESH.set(Some(show));
    board.past_code.set(Some(PastFunctions {
        handle_event: answers::handle_event,
        figure: Figure::at,
        chip: answers::chip,
    }));
    damaged::show(board)
}

/// Loads and shows the past whenever the stretch, the data or the page changes, until the page is closed.
pub fn follow(board: Board, arrangement: Arrangement) {
    let rested_at = StoredValue::new(0_u64);
    let task = StoredValue::new(FrameTask::new(Step::Update, move || {
        refresh(board, arrangement, crate::now::now().mono_ms >= rested_at.get_value());
    }));
    let request = move || task.with_value(FrameTask::request);
    effect(move || {
        board.time.view.track();
        rested_at.set_value(crate::now::now().mono_ms + REST.as_millis() as u64);
        request();
        set_timeout(request, REST);
    });
    effect(move || {
        board.now.track();
        board.past_loaded.track();
        board.past_code.track();
        arrangement.track();
        request();
    });
    let scrolled = window_event_listener(leptos::ev::scroll, move |_| request());
    on_cleanup(move || scrolled.remove());
}

/// Shows the past or live data, whichever is chosen. Until the code for the past is loaded, all panels show live data and stay as
/// they are.
fn refresh(board: Board, arrangement: Arrangement, may_ask: bool) {
    board.keep_publications();
    board.remove_deleted();
    if let Some(refresh) = REFRESH.get() {
        refresh(board, arrangement, may_ask);
    }
}

/// Shows the past or live data, as the part for the past does. It is not called by the main part, which would then contain the code.
fn show(board: Board, arrangement: Arrangement, may_ask: bool) {
    if board.time.view.get_untracked().has_buckets() {
        load::refresh(board, arrangement, may_ask);
    } else {
        board.show_live();
    }
}
