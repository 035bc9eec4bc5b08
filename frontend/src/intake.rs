//! Applies the events of the session (the client's side of the protocol) to the board.

use shared::{Publication, Topic};
use tickertape_session::{Event, Session};

use crate::board::Board;
use crate::last_picture;
use board_model::link::Link;
use board_model::stream::Origin;
use board_model::watched::Watched;

/// Applies one event of the session (the client's side of the protocol) to the board.
pub fn handle_event(board: Board, event: Event) {
    last_picture::note(&event);
    board.note_answer(&event);
    match event {
        Event::Publications { topic, items, replay, left_out, .. } => {
            take(board, &topic, &items, Origin::of(replay, left_out));
        }
        Event::Earlier { topic, items, .. } => fill_in(board, &topic, &items),
        Event::Topic { topic, meta } => board.change(&topic, |stream, series| stream.tell(meta, series)),
        Event::TopicGone { topic, .. } => board.remove(&topic),
        Event::Gap { topic, from_ts, to_ts, .. } => {
            board.change(&topic, |stream, series| stream.lose(from_ts, to_ts, series));
        }
        Event::EpochChanged { topic, .. } => board.change(&topic, |stream, series| stream.start_anew(series)),
        Event::Conditions { conditions } => board.conditions.set(conditions),
        Event::Disconnected { .. } => interrupt(board),
        Event::Subscribed { .. }
        | Event::Occupancy { .. }
        | Event::StateChanged { .. }
        | Event::BannerChanged
        | Event::Failed { .. }
        | Event::AttemptFailed { .. } => {
            update_link(board);
        }
        Event::SubscribeRefused { allowed, refused, .. } => {
            warn(&refused.message);
            board.show_allowed(allowed);
        }
        Event::Error { refused } => warn(&refused.message),
        Event::ProtocolError { message } => warn(&message),
        Event::Buckets { .. } | Event::PastItems { .. } | Event::PastFailed { .. } => {
            if board.boards.answer(&event, board.server_now()) {
                return;
            }
            // The code for the past has sent the request, so it is there.
            if let Some(code) = board.past_code.get_untracked() {
                (code.handle_event)(board, event);
            }
        }
        // The board does not publish or unsubscribe, and the banner shows that a token is needed. A failed request
        // for older data is repeated some seconds later.
        Event::EarlierFailed { .. }
        | Event::Unsubscribed { .. }
        | Event::Published { .. }
        | Event::PublishRefused { .. }
        | Event::Dropped { .. }
        | Event::TokenWanted
        | Event::Refreshed { .. } => {}
    }
}

/// Reads the connection's state from the session, and notifies the page if the state has changed.
pub fn update_link(board: Board) {
    let viewers = board.watched.with_value(Watched::viewers);
    let last_data_at = board.link.with_untracked(|link| link.last_data_at);
    let left_out_percent = board.left_out_percent();
    let seen =
        board.view_session(|session, now| link_of(session, now, viewers, last_data_at, left_out_percent));
    if let Some(link) = seen.filter(|link| board.link.with_untracked(|known| known != link)) {
        board.link.set(link);
    }
}

fn link_of(
    session: &Session,
    now: tickertape_session::Now,
    viewers: Option<u64>,
    last_data_at: Option<i64>,
    left_out_percent: u64,
) -> Link {
    let banner = session.banner(now);
    let cut_off_ms = session.cut_off_ms(now).filter(|_| banner.is_some());
    Link {
        state: session.state(),
        banner,
        viewers,
        latency: session.latency(now),
        stats: session.stats(),
        last_data_at,
        frame_every_ms: session.frame_every_ms(),
        left_out_percent,
        has_token: session.has_token(),
        cut_off_since: cut_off_ms.map(|ms| session.server_now(now).saturating_sub_unsigned(ms)),
    }
}

fn take(board: Board, topic: &Topic, items: &[Publication], origin: Origin) {
    let now = board.server_now();
    board.change(topic, |stream, series| stream.take(items, origin, series, now));
    if origin.is_live() {
        items.last().into_iter().for_each(|last| board.measure_delay(last.received_at, now));
    }
    // The page is not notified now, but by the next `update_link`.
    board.link.update_untracked(|link| link.last_data_at = Some(crate::now::now().wall_ms));
    if board.paused.get_untracked() {
        board.waiting.update(|waiting| *waiting += items.len() as u64);
    }
}

fn fill_in(board: Board, topic: &Topic, items: &[Publication]) {
    let now = board.server_now();
    board.fill_in(topic, |stream, series| stream.take(items, Origin::Past, series, now));
}

fn interrupt(board: Board) {
    for (_, cell) in board.every_cell() {
        cell.change(|stream, _| stream.interrupt());
    }
    update_link(board);
}

fn warn(message: &str) {
    leptos::logging::warn!("message from the server: {message}");
}
