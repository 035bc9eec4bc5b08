//! What an open page holds after an hour, beside what it held after ten minutes: a wall display is never reloaded.
//!
//! The hour is a minute: clocks and timers of the page, and the time stamps of what is published, run sixty times as
//! fast. The page itself is the released one.

use std::ops::Range;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use super::report;
use crate::browser::Browser;
use crate::server::Server;

/// How much faster time passes. Much more, and the session would take a busy machine for a dead server.
const PACE: u32 = 60;
/// The page's time begins so long ago, in milliseconds: the server takes nothing of the future.
const AGO_MS: u64 = 2 * 3_600_000;
/// Published before the page opens, in seconds: more than it shows, so that it begins with the largest frames there are.
const PAST_S: u64 = 600;
/// Publications in one request.
const BATCH: u64 = 60;
/// Between two batches, in real time.
const BEAT: Duration = Duration::from_millis(100);
const MIB: f64 = 1024.0 * 1024.0;

/// Quickens every clock and timer of the page, and the server's clock as it hears of it.
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

/// What an open page holds.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// By JavaScript, after a collection.
    pub heap_bytes: f64,
    /// All of WebAssembly's memory, which never shrinks.
    pub wasm_bytes: f64,
}

impl Held {
    /// Both.
    pub fn bytes(self) -> f64 {
        self.heap_bytes + self.wasm_bytes
    }
}

/// For a page that is to be looked at: keeps hold of its WebAssembly memory.
pub const WATCH: &str = "for (const name of ['instantiate', 'instantiateStreaming']) {
        const make = WebAssembly[name];
        WebAssembly[name] = async (...all) => {
            const made = await make.apply(WebAssembly, all);
            window.__memory = (made.instance ?? made).exports.memory;
            return made;
        };
    }";

/// What the page holds now.
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

/// Reports on an hour.
pub async fn run() {
    let held = after_minutes([10, 20, 40, 60]).await;
    for (minutes, held) in [10, 20, 40, 60].into_iter().zip(held) {
        report(&format!("page memory after {minutes} min: JavaScript"), held.heap_bytes / MIB, "MiB");
        report(&format!("page memory after {minutes} min: WebAssembly"), held.wasm_bytes / MIB, "MiB");
    }
    report("page memory, an hour to ten minutes", held[3].bytes() / held[0].bytes(), "times");
}

/// Feeds one page, and looks at it after so many minutes of its time, in order.
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

/// What is published.
#[derive(Clone, Copy)]
struct Feed<'a> {
    server: &'a Server,
    /// When its first second begins.
    from_ms: i64,
}

impl Feed<'_> {
    /// Publishes as the page's time passes, until it has passed for so long.
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

    /// Publishes to each topic what happened in some seconds.
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

/// One topic for each kind of panel, two for charts.
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
