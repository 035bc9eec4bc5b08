//! Tests that the memory of the model does not grow: after an hour it uses hardly more than after ten minutes. A wall
//! display is never reloaded, so growth would never end.
//!
//! This test is a program of its own, because it counts every byte that the program has allocated. It runs natively
//! only, because in WebAssembly the allocator belongs to the test runner.
#![cfg(not(target_arch = "wasm32"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use board_model::budget::{MOST_ROWS, keep_from};
use board_model::chart::{LocalClock, SeriesSet};
use board_model::stream::{Origin, Stream};
use board_model::things::Keeper;
use board_model::things_strip::{Time, rows};
use board_model::window::Window;
use serde_json::{Value, json};
use shared::limits::Announced;
use shared::{Filter, Publication, Topic};
use tickertape_session::{Effect, Event, Now, Session, Settings, SocketId};

const MINUTE: u64 = 60;
/// Maximum memory after an hour, as a multiple of that after ten minutes. It is above 1, because the changes of a
/// state are kept for longer than the window.
const MOST_GROWTH: f64 = 1.05;
const BORN_MS: i64 = 1_790_000_000_000;

/// An allocator that passes all calls to the system's allocator and counts the allocated bytes.
struct Counting;

static HELD_BYTES: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[allow(unsafe_code, reason = "an allocator can only be written so; this one hands everything on")]
// SAFETY: every call is passed to the system's allocator with unchanged arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD_BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD_BYTES.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(at, layout) }
    }
}

/// A session, and the models of its topics, which are filled by the session's events as in the page.
struct Page {
    session: Session,
    socket: SocketId,
    topics: Vec<(Topic, Stream, SeriesSet)>,
    /// The states that the timeline has shown.
    words: Vec<String>,
}

impl Page {
    /// Creates a session that is connected and has subscribed to everything.
    fn open() -> Self {
        let mut session = Session::new(Settings::default(), 1);
        session.subscribe(Filter::All, None, at(0));
        session.open(at(0));
        let Some(Effect::OpenSocket { socket, .. }) = session.poll_effect() else {
            panic!("no socket is opened")
        };
        session.socket_opened(socket, at(0));
        let mut page = Self { session, socket, topics: Vec::new(), words: Vec::new() };
        page.hear(&subscribed(), 0);
        page
    }

    /// Simulates one second: every topic gets a publication, and the timers run.
    fn live(&mut self, second: u64) {
        for (topic, data) in TOPICS {
            self.hear(&publication(topic, second, data(second)), second);
        }
        self.session.handle_timeout(at(second));
        self.drain(second);
        let now = at(second).wall_ms;
        let count = self.topics.len();
        for (_, stream, series) in &mut self.topics {
            stream.forget_before(keep_from(series, Window::default().raw_ms(), now, count), series);
            stream.settle(series, now);
            stream.turns_late(now);
        }
        if second.is_multiple_of(10) {
            self.draw_timeline(now);
        }
    }

    /// Computes the rows of the timeline, as the page does to show it.
    fn draw_timeline(&mut self, now: i64) {
        let Some((_, stream, _)) = self.topics.iter_mut().find(|(topic, ..)| topic.as_str() == TIMELINE)
        else {
            return;
        };
        stream.keep_things(Keeper::DEFAULT);
        let time = Time { window: now - 300_000..now, until: now, at: now, clock: LocalClock::UTC };
        assert!(rows(stream, &time, &mut self.words).len() <= 2);
    }

    fn hear(&mut self, message: &Value, second: u64) {
        self.session.socket_message(self.socket, &message.to_string(), at(second));
        self.drain(second);
    }

    fn drain(&mut self, second: u64) {
        while self.session.poll_effect().is_some() {}
        while let Some(event) = self.session.poll_event() {
            if let Event::Publications { topic, items, .. } = event {
                self.take(topic, &items, second);
            }
        }
    }

    fn take(&mut self, topic: Topic, items: &[Publication], second: u64) {
        let known = self.topics.iter().position(|(known, ..)| *known == topic);
        let index = known.unwrap_or_else(|| {
            self.topics.push((topic.clone(), Stream::new(topic), SeriesSet::new(MOST_ROWS)));
            self.topics.len() - 1
        });
        let (_, stream, series) = &mut self.topics[index];
        stream.take(items, Origin::Live, series, at(second).wall_ms);
    }
}

fn at(second: u64) -> Now {
    Now { mono_ms: second * 1_000, wall_ms: BORN_MS + second as i64 * 1_000 }
}

fn subscribed() -> Value {
    json!({"type": "subscribed", "id": 1, "connection_id": "c", "filter": "*", "topics": [], "viewers": 1,
        "server_ts": BORN_MS, "limits": Announced::default(), "rotate_in_ms": 100 * MINUTE * 1_000})
}

fn publication(topic: &str, second: u64, data: Value) -> Value {
    let ts = at(second).wall_ms;
    let item = json!({"offset": second + 1, "ts": ts, "received_at": ts, "data": data});
    json!({"type": "publications", "topic": topic, "epoch": "e", "items": [item], "replay": false})
}

type Data = fn(u64) -> Value;

/// The topic of a timeline, one of whose things is in another state each second.
const TIMELINE: &str = "wall/jobs";

/// The topics of the test: two for charts, and one for each other kind of panel.
const TOPICS: [(&str, Data); 7] = [
    (TIMELINE, |n| json!({"job": format!("step {n} of the nightly backup"), "door": "open"})),
    ("wall/cores", |n| json!({"a": n % 97, "b": n % 89, "c": n % 83, "d": n % 79})),
    ("wall/rates", |n| json!({"in": n * 7 % 1_009, "out": n * 3 % 997})),
    ("wall/number", |n| json!((n % 613) as f64 / 10.0)),
    ("wall/state", |n| json!(if n / 30 % 2 == 0 { "open" } else { "closed" })),
    ("wall/log", |n| json!(format!("order {n} has been paid by card at table {}, no receipt", n % 12))),
    ("wall/table", |n| json!([{"queue": "mail", "depth": n % 31}, {"queue": "sms", "depth": n % 17}])),
];

#[test]
fn an_hour_takes_hardly_more_room_than_ten_minutes() {
    let before = HELD_BYTES.load(Ordering::Relaxed);
    let mut page = Page::open();
    let mut held_after = |minutes: std::ops::Range<u64>| {
        let seconds = minutes.start * MINUTE..minutes.end * MINUTE;
        seconds.for_each(|second| page.live(second));
        HELD_BYTES.load(Ordering::Relaxed) - before
    };
    let (ten_minutes, an_hour) = (held_after(0..10), held_after(10..60));
    assert_eq!(page.topics.len(), TOPICS.len());
    assert!(an_hour as f64 <= ten_minutes as f64 * MOST_GROWTH, "{ten_minutes} bytes became {an_hour}");
}
