//! Keeps the last data of a wall, and shows it.

use std::cell::RefCell;
use std::time::Duration;

use leptos::prelude::*;
use shared::server::Publications;
use tickertape_session::Event;
use wasm_bindgen::JsValue;

use super::{NOTED, Noted, show_cut_off};
use crate::board::Board;
use crate::http;
use board_model::picture::Picture;
use board_model::stream::Origin;

/// Address under which the service worker answers with the last data.
const ADDRESS: &str = "last-picture";
/// Time between two times that the data is kept.
const KEEP_EVERY: Duration = Duration::from_secs(15);

thread_local! {
    /// The newest data of each topic, since wall mode was switched on.
    static PICTURE: RefCell<Picture> = RefCell::default();
}

/// Keeps the data of the board from time to time while the board is connected, until the Leptos owner that is running is
/// removed. If the server could not be reached when the page was loaded, shows the last data.
pub(crate) fn keep(board: Board) {
    PICTURE.set(Picture::default());
    if let Noted::Waiting(events) = NOTED.replace(Noted::By(note)) {
        events.iter().for_each(note);
    }
    let send = move || {
        let text = PICTURE.with_borrow(|picture| picture.write(board.now.get_untracked()));
        if board.link.with_untracked(|link| link.state.is_connected()) {
            post(&text);
        }
    };
    // This fails only if there is no window.
    let running = set_interval_with_handle(send, KEEP_EVERY).ok();
    on_cleanup(move || {
        running.into_iter().for_each(|running| running.clear());
        NOTED.set(Noted::Nothing);
        PICTURE.set(Picture::default());
    });
    Effect::new(move |_| {
        if board.is_cut_off_at_start.get() {
            crate::task::spawn(show(board));
        }
    });
}

fn note(event: &Event) {
    PICTURE.with_borrow_mut(|picture| picture.note(event));
}

/// Shows the last data, with its time.
async fn show(board: Board) {
    let text = http::text(ADDRESS).await.unwrap_or_default();
    let (at, topics) = Picture::read(&text).unwrap_or_default();
    let at = (!topics.is_empty()).then_some(at);
    for part in topics {
        restore(board, part);
    }
    show_cut_off(board, at);
    if let Some(at) = at {
        board.edge.set(at);
    }
}

fn restore(board: Board, part: Publications) {
    board.change(&part.topic, |stream, series| {
        stream.tell(part.meta.unwrap_or_default(), series);
        let last = part.items.last().map_or(0, |item| item.received_at);
        stream.take(&part.items, Origin::Replayed, series, last);
    });
}

/// Sends a text to the service worker, which keeps it. Does nothing if the page has none.
fn post(text: &str) {
    let navigator = window().navigator();
    // The property exists only for pages from HTTPS or localhost.
    if !js_sys::Reflect::has(&navigator, &JsValue::from_str("serviceWorker")).unwrap_or(false) {
        return;
    }
    if let Some(worker) = navigator.service_worker().controller() {
        // This fails only for a value that cannot be copied.
        let _sent = worker.post_message(&JsValue::from_str(text));
    }
}
