//! The recording that is being made.
//!
//! The recorder has a session and a connection of its own. So a recording begins with everything that a board needs, and
//! contains exactly what the server has sent for it.

use leptos::prelude::*;
use shared::recording::{Entry, Header, Writer};
use shared::{Filter, Millis};
use tickertape_session::{Event, Session, Settings};
use wasm_bindgen::JsValue;

use super::handle::Recorder;
use crate::board::Board;
use crate::signal::StoredValue;
use crate::socket::Connection;
use crate::{file, now};

/// Maximum length of a recording in bytes. Beyond it, the recording ends and is downloaded.
const MOST_BYTES: usize = 64 << 20;

/// A handle to the recording that is being made. It can be copied.
#[derive(Clone, Copy)]
struct Recording {
    recorder: Recorder,
    tape: StoredValue<Option<Tape>>,
}

/// Makes a recording, until the Leptos owner that is running is removed. The recording is then downloaded.
pub(super) fn record(board: Board, recorder: Recorder) {
    let Some((server, token)) = recorder.server() else { return };
    let recording = Recording { recorder, tape: StoredValue::new(None) };
    recording.start(board, server, token);
    on_cleanup(move || recording.stop());
}

/// A recording that is being made.
struct Tape {
    writer: Writer,
    /// The lines. They are stored by the browser and not in WebAssembly's memory, which never shrinks.
    lines: js_sys::Array,
    connection: Option<Connection>,
}

impl Recording {
    fn start(self, board: Board, server: shared::board_config::Addresses, token: Option<String>) {
        let started_at = now::now().wall_ms;
        let header = Header { started_at, filter: Filter::All, server: server.ws.clone() };
        let (writer, first) = Writer::new(&header, MOST_BYTES);
        let lines = js_sys::Array::of1(&JsValue::from_str(&first));
        self.tape.set_value(Some(Tape { writer, lines, connection: None }));
        self.recorder.since.set(Some(started_at));
        let session = Session::new(Settings::default().with_token(token), now::seed());
        let connection = Connection::tapped(
            server,
            session,
            move |event| self.note(event),
            move |entry| self.write(&entry),
        );
        self.tape.update_value(|tape| {
            if let Some(tape) = tape {
                tape.connection = Some(connection.clone());
            }
        });
        let rewind = board.time.window().rewind();
        // With a token that allows some topics only, the server refuses a subscription to all.
        let allowed = board.allowed.get_untracked();
        let filters = if allowed.is_empty() { vec![Filter::All] } else { allowed };
        connection.act(|session, now| {
            filters.into_iter().for_each(|filter| session.subscribe(filter, Some(rewind), now));
            session.open(now);
        });
    }

    fn stop(self) {
        let tape = self.tape.try_update_value(Option::take).flatten();
        let started_at = self.recorder.since.get_untracked().unwrap_or_default();
        self.recorder.since.set(None);
        let Some(tape) = tape else { return };
        tape.connection.iter().for_each(|connection| connection.act(Session::close));
        download(&tape.lines, started_at);
    }

    fn note(self, event: Event) {
        if let Event::Gap { topic, from, to, from_ts, to_ts } = event {
            self.write(&Entry::Gap { topic, from, to, from_ts, to_ts });
        }
    }

    fn write(self, entry: &Entry) {
        let is_full = self.tape.try_update_value(|tape| {
            let Some(tape) = tape else { return false };
            match tape.writer.line(now::now().wall_ms, entry) {
                Some(line) => drop(tape.lines.push(&JsValue::from_str(&line))),
                None => return true,
            }
            false
        });
        if is_full == Some(true) {
            self.stop();
            self.recorder.is_wanted.set(false);
        }
    }
}

/// Offers the lines of a recording as a file, which the browser stores among its downloads.
fn download(lines: &js_sys::Array, started_at: Millis) {
    let at: String = js_sys::Date::new(&(started_at as f64).into()).to_iso_string().into();
    // `2026-11-29T14:20:00.000Z`; a colon is not allowed in names of files on some systems.
    let name = format!("tickertape-{}.ttr", at.get(..19).unwrap_or_default().replace(':', "-"));
    if !file::offer_text(&name, lines) {
        leptos::logging::warn!("the recording could not be stored");
    }
}
