//! Compares the memory of an open page after an hour with that after ten minutes, because a page on a wall display is never
//! reloaded.
//!
//! The hour takes a minute of real time: the page's clocks and timers, and the timestamps of publications, run sixty times as
//! fast. The page is a release build.

use std::ops::Range;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use super::report;
use crate::browser::Browser;
use crate::server::Server;

/// Factor by which time runs faster. With a much larger one, the session would take a busy machine for a dead server.
const PACE: u32 = 60;
/// Time by which the page's clock begins in the past, in milliseconds. It does so because the server refuses timestamps in the
/// future.
const AGO_MS: u64 = 2 * 3_600_000;
/// Seconds of data that are published before the page is opened. It is more than the page shows, so that the first frames are as
/// large as possible.
const PAST_S: u64 = 600;
/// Number of publications in one request.
const BATCH: u64 = 60;
/// Real time between two requests.
const BEAT: Duration = Duration::from_millis(100);
const MIB: f64 = 1024.0 * 1024.0;

/// Returns a script that speeds up every clock and timer of the page, and the server's times in messages.
fn quickened() -> String {
    format!(
        "(() => {{ const pace = {PACE}, start = Date.now(), born = start - {AGO_MS}, began = performance.now();
            const [wall, mono, later, often] = [Date.now, performance.now.bind(performance), setTimeout, setInterval];
            Date.now = () => born + (wall() - start) * pace;
            performance.now = () => began + (mono() - began) * pace;
            window.setTimeout = (act, ms, ...rest) => later(act, ms / pace, ...rest);
            window.setInterval = (act, ms, ...rest) => often(act, ms / pace, ...rest);
            const text = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data').get;
            const quicken = (_, name, ms) => `\"${{name}}\":${{born + (ms - start) * pace}}`;
            Object.defineProperty(MessageEvent.prototype, 'data', {{ get() {{
                const data = text.call(this);
                return typeof data === 'string' ? data.replace(/\"(server_ts|received_at)\":(\\d+)/g, quicken) : data;
            }} }}); }})()"
    )
}

/// The memory of an open page.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Size of JavaScript's heap after a garbage collection.
    pub heap_bytes: f64,
    /// Size of WebAssembly's memory, which never shrinks.
    pub wasm_bytes: f64,
}

impl Held {
    /// Returns the sum of both sizes.
    pub fn bytes(self) -> f64 {
        self.heap_bytes + self.wasm_bytes
    }
}

/// A script that keeps a reference to the page's WebAssembly memory, to be measured later.
pub const WATCH: &str = "for (const name of ['instantiate', 'instantiateStreaming']) {
        const make = WebAssembly[name];
        WebAssembly[name] = async (...all) => {
            const made = await make.apply(WebAssembly, all);
            window.__memory = (made.instance ?? made).exports.memory;
            return made;
        };
    }";

/// Measures the memory of the page now.
///
/// # Panics
///
/// If the browser does not answer.
pub async fn look(browser: &Browser) -> Held {
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    let heap = browser.devtools("Runtime.getHeapUsage", json!({})).await;
    let wasm = browser.value("window.__memory.buffer.byteLength").await;
    Held {
        heap_bytes: heap["usedSize"].as_f64().unwrap_or(f64::NAN),
        wasm_bytes: wasm.as_f64().unwrap_or(f64::NAN),
    }
}

/// Measures the memory over an hour of the page's time, and prints it.
pub async fn run() {
    let held = after_minutes([10, 20, 40, 60]).await;
    for (minutes, held) in [10, 20, 40, 60].into_iter().zip(held) {
        report(&format!("page memory after {minutes} min: JavaScript"), held.heap_bytes / MIB, "MiB");
        report(&format!("page memory after {minutes} min: WebAssembly"), held.wasm_bytes / MIB, "MiB");
    }
    report("page memory, an hour to ten minutes", held[3].bytes() / held[0].bytes(), "times");
}

/// Publishes to one page, and measures its memory after each of these minutes of the page's time. They must be in order.
async fn after_minutes<const N: usize>(looks: [u64; N]) -> [Held; N] {
    let server = Server::start(&["--no-host"]);
    let past = Feed { server: &server, from_ms: wall_ms() - (AGO_MS + PAST_S * 1_000) as i64 };
    past.publish(0..PAST_S).await;
    let browser = Browser::open(1440, 900).await;
    for source in [WATCH, &quickened()] {
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": source})).await;
    }
    browser.driver.goto(server.url()).await.expect("the page opens");
    let began = Instant::now();
    let born_ms = browser.value("Date.now()").await.as_i64().expect("a clock");
    let feed = Feed { server: &server, from_ms: born_ms };
    let mut held = [Held { heap_bytes: f64::NAN, wasm_bytes: f64::NAN }; N];
    for (minutes, held) in looks.into_iter().zip(&mut held) {
        feed.live(began, Duration::from_secs(minutes * 60)).await;
        *held = look(&browser).await;
    }
    held
}

/// A publisher to the server.
#[derive(Clone, Copy)]
struct Feed<'a> {
    server: &'a Server,
    /// Timestamp of the data of second 0, in milliseconds.
    from_ms: i64,
}

impl Feed<'_> {
    /// Publishes at the speed of the page's time, until `age` of the page's time has passed since `began`.
    async fn live(self, began: Instant, age: Duration) {
        let passed = || began.elapsed() * PACE;
        let mut second = passed().as_secs();
        while passed() < age {
            let until = passed().as_secs();
            self.publish(second..until).await;
            second = until;
            tokio::time::sleep(BEAT).await;
        }
    }

    /// Publishes the data of these seconds to each topic.
    async fn publish(self, seconds: Range<u64>) {
        for first in seconds.clone().step_by(BATCH as usize) {
            for (topic, data) in TOPICS {
                let ts = |n: u64| self.from_ms + n as i64 * 1_000;
                let items =
                    (first..seconds.end.min(first + BATCH)).map(|n| json!({"ts": ts(n), "data": data(n)}));
                self.server.publish(topic, &items.collect()).await;
            }
        }
    }
}

fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_millis() as i64
}

type Data = fn(u64) -> Value;

/// One topic for each kind of panel, and two for charts.
const TOPICS: [(&str, Data); 6] = [
    ("bench/cores", |n| json!({"a": n % 97, "b": n % 89, "c": n % 83, "d": n % 79})),
    ("bench/rates", |n| json!({"in": n * 7 % 1_009, "out": n * 3 % 997})),
    ("bench/number", |n| json!((n % 613) as f64 / 10.0)),
    ("bench/state", |n| json!(if n / 30 % 2 == 0 { "open" } else { "closed" })),
    ("bench/log", |n| json!(format!("order {n} has been paid by card at table {}, no receipt", n % 12))),
    (
        "bench/table",
        |n| json!({"rows": [{"queue": "mail", "depth": n % 31}, {"queue": "sms", "depth": n % 17}]}),
    ),
];
