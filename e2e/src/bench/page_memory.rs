//! Compares the memory of an open web page after an hour with its memory after ten minutes. It should not grow, because
//! a page on a wall display is never reloaded.
//!
//! The hour takes a minute of real time: the page's clocks and timers, and the timestamps of publications, run sixty times as
//! fast. The page is a release build.

use std::ops::Range;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use super::report;
use crate::browser::Browser;
use crate::server::Server;

/// Factor by which the page's clocks run faster. With a much larger factor, a delay on a busy machine would be so long
/// in the page's time that the session would close the connection as dead.
const PACE: u32 = 60;
/// Number of milliseconds by which the page's clock is behind the real time at the beginning. The page's clock runs
/// faster, so without this, the publications' timestamps would soon be in the future, and the server refuses those.
const AGO_MS: u64 = 2 * 3_600_000;
/// Seconds of data that are published before the page is opened. This is more than the page shows, so that already its
/// first frames have their full size.
const PAST_S: u64 = 600;
/// Maximum number of publications in one request.
const BATCH: u64 = 60;
/// Pause between two requests, in real time.
const BEAT: Duration = Duration::from_millis(100);
const MIB: f64 = 1024.0 * 1024.0;

/// Returns a JavaScript program that makes every clock and timer of the page run `PACE` times as fast. It converts
/// the server's times in messages accordingly.
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

/// The amount of memory that an open page uses.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Size of the JavaScript heap after a garbage collection, in bytes.
    pub heap_bytes: f64,
    /// Size of the page's WebAssembly memory in bytes. This memory never shrinks.
    pub wasm_bytes: f64,
}

impl Held {
    /// Returns the sum of both sizes in bytes.
    pub fn bytes(self) -> f64 {
        self.heap_bytes + self.wasm_bytes
    }
}

/// A JavaScript program that stores a reference to the page's WebAssembly memory in `window.__memory`, so that its size
/// can be read later.
pub const WATCH: &str = "for (const name of ['instantiate', 'instantiateStreaming']) {
        const make = WebAssembly[name];
        WebAssembly[name] = async (...all) => {
            const made = await make.apply(WebAssembly, all);
            // Only the first file of the page has the memory; its parts use it.
            window.__memory ??= (made.instance ?? made).exports.memory;
            return made;
        };
    }";

/// Measures the memory that the page uses now, after a garbage collection.
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

/// Measures the memory of a page during an hour of its own time, and prints the results.
pub async fn run() {
    let held = after_minutes([10, 20, 40, 60]).await;
    for (minutes, held) in [10, 20, 40, 60].into_iter().zip(held) {
        report(&format!("page memory after {minutes} min: JavaScript"), held.heap_bytes / MIB, "MiB");
        report(&format!("page memory after {minutes} min: WebAssembly"), held.wasm_bytes / MIB, "MiB");
    }
    report("page memory, an hour to ten minutes", held[3].bytes() / held[0].bytes(), "times");
}

/// Opens a page, publishes to it continuously, and measures its memory at each of the given minutes of the page's time.
/// The minutes must be in ascending order.
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

/// A publisher that sends each second's data to all topics of the benchmark.
#[derive(Clone, Copy)]
struct Feed<'a> {
    server: &'a Server,
    /// Timestamp of the data of second 0, in milliseconds since the Unix epoch.
    from_ms: i64,
}

impl Feed<'_> {
    /// Publishes continuously, at the speed of the page's time, until `age` of the page's time has passed since
    /// `began`.
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

    /// Publishes the data of these seconds to each topic, in requests of at most `BATCH` publications.
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

/// The topics of the benchmark, each with the function that returns its data for a second. There is one topic for each
/// kind of panel, and two for charts.
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
