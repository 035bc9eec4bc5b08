//! Loads the past for the panels that can be seen, and shows it in them.

use std::ops::Range;

use leptos::prelude::*;
use shared::{Millis, Topic};
use tickertape_session::PastRequest;

use crate::arrangement::Arrangement;
use crate::board::Board;
use crate::cell::{Cell, Composed};
use crate::sight;
use board_model::buckets::nearness::nearness;
use board_model::buckets::step::step_ms;
use board_model::buckets::topic_past::MOST_ITEMS;
use board_model::buckets::{TopicPast, Wanted};
use board_model::kind::Kind;
use board_model::placement::Place;
use board_model::sorted::sort_by;
use board_model::view::View;

/// Maximum number of requests for the past that are not answered yet.
const MOST_REQUESTS: usize = 12;
/// Maximum number of buckets that are kept of all topics. If there are more, those of panels out of sight are dropped.
const MOST_BUCKETS: usize = 300_000;
/// Time in milliseconds after the end of a stretch in which its newest publications may still arrive.
const ARRIVING_MS: Millis = 5_000;

/// A panel near the visible part of the page.
struct Near {
    distance: i32,
    topic: Topic,
    cell: Cell,
    place: Place,
    /// Time in milliseconds before the stretch that is needed too.
    reach_ms: Millis,
}

/// Shows the past in every panel that can be seen and, if `may_ask` is true, requests what is missing.
pub(super) fn refresh(board: Board, arrangement: Arrangement, may_ask: bool) {
    let view = board.time.view.get_untracked();
    let (now, stretch) = (board.server_now(), board.time.stretch_untracked());
    let paused_at = board.paused_at.get_untracked();
    let panels = panels(board, arrangement);
    let is_recording = board.is_recording.get_untracked();
    let may_ask = may_ask && board.link.with_untracked(|link| link.state.is_connected());
    let asked = panels.iter().filter(|near| near.cell.past.with_value(|past| past.is_asked(now))).count();
    let mut room = MOST_REQUESTS.saturating_sub(asked);
    for near in &panels {
        let Some(wanted) = wanted(near, view, &stretch, paused_at) else { continue };
        // The server has nothing more of a topic that was deleted.
        if may_ask && !near.cell.is_deleted.get_untracked() && room > 0 && ask(board, near, &wanted, now) {
            room -= 1;
        }
        let is_changed = near.cell.show_past(&composed(near, view, &wanted, now), &wanted, is_recording);
        if is_changed {
            near.cell.notify();
        }
    }
    drop_excess(board, &panels);
    learn_oldest(board);
}

/// Returns the panels that can be seen, and those within the height of a page from them, the nearest first.
fn panels(board: Board, arrangement: Arrangement) -> Vec<Near> {
    let (top, height) = sight::screen();
    let length_ms = untrack(|| board.time.length_ms());
    let near = |(topic, cell): (Topic, Cell)| {
        // A topic may be shown in several panels. It is loaded for the nearest one.
        let mut keys = board.boards.holders(&topic, length_ms);
        keys.push((topic.clone(), 0));
        let reach_ms = keys.iter().map(|(_, reach_ms)| *reach_ms).max().unwrap_or(0);
        let places = keys.iter().filter_map(|(key, _)| arrangement.place(key));
        let place =
            places.filter(|place| place.width > 0).min_by_key(|place| nearness(*place, top, height))?;
        let distance = nearness(place, top, height);
        (distance <= height).then_some(Near { distance, topic, cell, place, reach_ms })
    };
    let mut panels: Vec<Near> = untrack(|| board.every_cell().into_iter().filter_map(near).collect());
    sort_by(&mut panels, |near| (i64::from(near.distance) << 32) + i64::from(near.place.top));
    panels
}

/// Returns what a panel shows; `None` if it shows live data also in a long window.
fn wanted(near: &Near, view: View, stretch: &Range<Millis>, paused_at: Option<Millis>) -> Option<Wanted> {
    near.cell.with_basis(|stream, series| {
        let span_ms = stretch.end - stretch.start;
        let step = step_ms(span_ms, near.place.width, series.series().len());
        let (step_ms, items) = match stream.kind()? {
            Kind::Log => (None, MOST_ITEMS),
            Kind::Table => (None, 1),
            _ => (Some(step), 0),
        };
        let is_shown = step_ms.is_some() || view.past().is_some();
        // Values before the stretch are needed for buckets alone.
        let reach_ms = if step_ms.is_some() { near.reach_ms } else { 0 };
        is_shown.then(|| Wanted {
            stretch: stretch.start - reach_ms..stretch.end,
            step_ms,
            items,
            raw_from: stream.complete_from(),
            paused_at,
            newest_at: stream.last_received(),
        })
    })
}

/// Returns the facts on which the shown state of a panel depends. If they are the same as before, nothing is computed.
fn composed(near: &Near, view: View, wanted: &Wanted, now: Millis) -> Composed {
    // A panel of a long window follows the live data at a pace that suits its buckets.
    let pace_ms = wanted.step_ms.map_or(1_000, |step| (step / 4).clamp(1_000, 5_000) as Millis);
    let now = wanted.paused_at.map_or(now, |paused_at| now.min(paused_at));
    let arrived_at = match view.past() {
        Some(past) => now.min(past.end + ARRIVING_MS),
        None => now,
    };
    Composed {
        step_ms: wanted.step_ms,
        version: near.cell.past.with_value(TopicPast::version),
        meta_version: near.cell.with_basis(|stream, _| stream.meta_version()),
        turn: arrived_at / pace_ms,
        stretch: wanted.step_ms.is_none().then(|| wanted.stretch.clone()),
    }
}

/// Requests the next missing part of what a panel shows. Returns true if a request was sent.
fn ask(board: Board, near: &Near, wanted: &Wanted, now: Millis) -> bool {
    let next = near.cell.past.try_update_value(|past| past.next(wanted, now)).flatten();
    let Some(ask) = next else { return false };
    let request = PastRequest {
        topic: near.topic.clone(),
        from_ms: Some(ask.from_ms),
        to_ms: Some(ask.to_ms),
        step_ms: ask.step_ms,
        since: ask.since.clone(),
        limit: ask.limit,
    };
    // There is no number if the connection has just been lost. The next refresh requests it again.
    let id = board.read_past(request);
    id.into_iter().for_each(|id| near.cell.past.update_value(|past| past.asked(id, ask.clone(), now)));
    id.is_some()
}

/// Drops the buckets of panels that are far from the visible part of the page, if there are too many buckets.
fn drop_excess(board: Board, panels: &[Near]) {
    let cells = board.every_cell();
    let count = |cell: &Cell| cell.past.with_value(TopicPast::len);
    if cells.iter().map(|(_, cell)| count(cell)).sum::<usize>() > MOST_BUCKETS {
        let is_far = |topic: &Topic| panels.iter().all(|near| near.topic != *topic);
        let far = cells.iter().filter(|(topic, cell)| count(cell) > 0 && is_far(topic));
        far.for_each(|(_, cell)| cell.forget_past());
    }
}

/// Tells the timeline the time of the oldest data that the server keeps of any topic, and of the oldest that a chart shows.
fn learn_oldest(board: Board) {
    let cells = board.every_cell();
    let kept = cells.iter().filter_map(|(_, cell)| cell.past.with_value(TopicPast::kept_from)).min();
    let shown =
        cells.iter().filter_map(|(_, cell)| cell.series.with_untracked(|series| series.time(0))).min();
    board.time.learn_oldest(kept, shown);
}
