//! The work of every second that the page does once the views are there: it requests missing history, measures how busy the browser is,
//! and asks the server to leave out publications that the page cannot show.

use shared::{Millis, Topic};

use crate::board::Board;
use crate::cell::Cell;

/// Maximum number of requests for history in one second. It is large enough to fill a board quickly, and small enough
/// not to delay live data.
const MOST_REQUESTS: usize = 8;

/// Does it once. `now` is the present time by the server's clock.
pub fn run(board: Board, cells: &[(Topic, Cell)], now: Millis) {
    board.thin_out();
    board.beat();
    if board.link.with_untracked(|link| link.state.is_connected()) {
        fill_in(board, cells, now);
    }
}

fn fill_in(board: Board, cells: &[(Topic, Cell)], now: Millis) {
    let from = board.edge.get_untracked() - board.time.window().raw_ms();
    let fetches = cells.iter().filter_map(|(topic, cell)| {
        let from = from - board.reach_ms(topic);
        let fetch = match cell.is_past() {
            true => cell.with_known(|stream, _| stream.next_fetch(from, now)),
            false => cell.stream.with_untracked(|stream| stream.next_fetch(from, now)),
        };
        Some((topic, cell, fetch?))
    });
    for (topic, cell, fetch) in fetches.take(MOST_REQUESTS) {
        if cell.is_past() {
            cell.change(|stream, _| stream.asked(fetch, now));
        } else {
            cell.change_shown(|stream, _| stream.asked(fetch, now));
        }
        board.with_session(|session, at| {
            // This fails without a connection. The next tick requests it again.
            let _asked = session.fetch_earlier(topic, fetch.before, fetch.count, at);
        });
    }
}
