//! Loads older events from the server. They are few, so the whole topic is read back to the beginning of the stretch that is shown,
//! and not only that stretch: an event that was published late is then found too.

use std::cell::RefCell;
use std::collections::HashMap;

use gloo_net::http::Method;
use leptos::prelude::*;
use shared::server::ServerMessage;
use shared::{Millis, Publication, Topic};

use super::store;
use crate::board::Board;
use crate::cell::Cell;
use crate::http;
use crate::recorder::Recorder;
use board_model::digits::Digits;
use board_model::reading;

/// Maximum number of requests for a topic, each for a thousand events.
const MOST_REQUESTS: u32 = 5;
/// Time after a failed request in which none is sent, in milliseconds.
const PAUSE_MS: Millis = 10_000;

/// The part of a topic that was requested.
#[derive(Clone, Copy)]
struct Read {
    /// Time of receipt of the oldest event that is loaded; `None` before the first answer.
    oldest: Option<Millis>,
    /// True if there is nothing older to request.
    is_complete: bool,
    is_asked: bool,
    requests: u32,
    /// Time before which nothing is requested.
    not_before: Millis,
}

thread_local! {
    static READ: RefCell<HashMap<Topic, Read>> = RefCell::default();
}

/// Requests older events of a topic, unless those from `from` on are loaded.
pub(super) fn ask(board: Board, recorder: Recorder, topic: Topic, cell: Cell, from: Millis) {
    let now = board.server_now();
    let server = recorder.server().filter(|_| !board.is_recording.get_untracked());
    let Some((server, token)) = server else { return };
    let next = READ.with_borrow_mut(|read| {
        let nothing =
            Read { oldest: None, is_complete: false, is_asked: false, requests: 0, not_before: Millis::MIN };
        let read = read.entry(topic.clone()).or_insert(nothing);
        let has_enough = read.is_complete || read.oldest.is_some_and(|oldest| oldest <= from);
        let may_ask = !read.is_asked && read.requests < MOST_REQUESTS && read.not_before <= now;
        read.is_asked |= may_ask && !has_enough;
        (may_ask && !has_enough).then_some(read.oldest)
    });
    let Some(before) = next else { return };
    let until = before.map(|oldest| format!("&to_ms={}", oldest + 1)).unwrap_or_default();
    let url = format!("{}/topics/{topic}?limit=1000{until}", server.http);
    crate::task::spawn(async move {
        let items = fetch(&url, token.as_deref()).await;
        note(&topic, before, items.as_deref(), now);
        for item in items.unwrap_or_default() {
            show(board, &topic, &cell, &item);
        }
        board.time.events.notify();
    });
}

/// Notes the answer of the server.
fn note(topic: &Topic, before: Option<Millis>, items: Option<&[Publication]>, now: Millis) {
    READ.with_borrow_mut(|read| {
        let Some(read) = read.get_mut(topic) else { return };
        read.is_asked = false;
        let Some(items) = items else {
            read.not_before = now + PAUSE_MS;
            return;
        };
        read.requests += 1;
        let oldest = items.iter().map(|item| item.received_at).min();
        let is_first = items.first().is_none_or(|item| item.offset <= 1);
        read.is_complete = is_first || oldest.zip(before).is_some_and(|(oldest, before)| oldest >= before);
        read.oldest = oldest.or(read.oldest);
    });
}

async fn fetch(url: &str, token: Option<&str>) -> Option<Vec<Publication>> {
    let response = http::request(Method::GET, url, token).await.filter(gloo_net::http::Response::ok)?;
    let text = response.text().await.ok()?;
    // The answer has the fields of a message of the server, so it is read by the same code.
    let text = ["{\"type\":\"publications\",", text.trim_start().strip_prefix('{')?].concat();
    match ServerMessage::from_json(&text).ok()? {
        ServerMessage::Publications(publications) => Some(publications.items),
        _ => None,
    }
}

fn show(board: Board, topic: &Topic, cell: &Cell, item: &Publication) {
    let data = item.data.value();
    let text = reading::text(&data, &Digits::of(&data, item.data.text()));
    let found = cell
        .with_known(|stream, _| (stream.order_of(item).sequence(), item.ts - store::error_ms(stream), text));
    store::add(board, topic, std::iter::once(found));
}
