//! What an open page holds after an hour, beside what it held after ten minutes: a wall display is never reloaded.
//!
//! The hour is a minute: clocks and timers of the page, and the time stamps of what is published, run sixty times as
//! fast. The page itself is the released one.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::report;
use crate::browser::Browser;
use crate::server::Server;

/// How much faster time passes.
const PACE: u32 = 60;
/// Between two batches, in real time.
const BEAT: Duration = Duration::from_millis(100);
const MIB: f64 = 1024.0 * 1024.0;

/// Quickens every clock and timer of the page, and the server's clock as it hears of it; keeps hold of its WebAssembly
/// memory.
fn quickened() -> String {
    format!(
        "(() => {{ const pace = {PACE}, born = Date.now(), began = performance.now();
            const [wall, mono, later, often] = [Date.now, performance.now.bind(performance), setTimeout, setInterval];
            Date.now = () => born + (wall() - born) * pace;
            performance.now = () => began + (mono() - began) * pace;
            window.setTimeout = (act, ms, ...rest) => later(act, ms / pace, ...rest);
            window.setInterval = (act, ms, ...rest) => often(act, ms / pace, ...rest);
            const text = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data').get;
            const quicken = (_, name, ms) => `\"${{name}}\":${{born + (ms - born) * pace}}`;
            Object.defineProperty(MessageEvent.prototype, 'data', {{ get() {{
                const data = text.call(this);
                return typeof data === 'string' ? data.replace(/\"(server_ts|received_at)\":(\\d+)/g, quicken) : data;
            }} }});
            for (const name of ['instantiate', 'instantiateStreaming']) {{
                const make = WebAssembly[name];
                WebAssembly[name] = async (...all) => {{
                    const made = await make.apply(WebAssembly, all);
                    window.__memory = (made.instance ?? made).exports.memory;
                    return made;
                }};
            }} }})()"
    )
}

/// Feeds one page for an hour of its time.
pub async fn run() {
    let server = Server::start(&["--no-host"]);
    let browser = Browser::open(1440, 900).await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": quickened()})).await;
    browser.driver.goto(server.url()).await.expect("the page opens");
    let began = Instant::now();
    let born_ms = browser.value("Date.now()").await.as_i64().expect("a clock");
    let mut held = Vec::new();
    for minutes in [10, 20, 40, 60] {
        feed(&server, born_ms, began, Duration::from_secs(minutes * 60)).await;
        held.push(held_bytes(&browser, minutes).await);
    }
    report("page memory, an hour to ten minutes", held[3] / held[0], "times");
}

/// Publishes once a second of the page's time to each topic, until `age` of it.
async fn feed(server: &Server, born_ms: i64, began: Instant, age: Duration) {
    let mut second = (began.elapsed() * PACE).as_secs();
    while began.elapsed() * PACE < age {
        let until = (began.elapsed() * PACE).as_secs();
        for (topic, data) in TOPICS {
            let item = |n: u64| json!({"ts": born_ms + n as i64 * 1_000, "data": data(n)});
            let items: Vec<Value> = (second..until).map(item).collect();
            if !items.is_empty() {
                server.publish(topic, &Value::Array(items)).await;
            }
        }
        second = until;
        tokio::time::sleep(BEAT).await;
    }
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

/// What JavaScript holds after a collection, and all of WebAssembly's memory, which never shrinks.
async fn held_bytes(browser: &Browser, minutes: u64) -> f64 {
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    let heap = browser.devtools("Runtime.getHeapUsage", json!({})).await;
    let heap = heap["usedSize"].as_f64().unwrap_or(f64::NAN);
    let wasm = browser.value("window.__memory.buffer.byteLength").await.as_f64().unwrap_or(f64::NAN);
    report(&format!("page memory after {minutes} min: JavaScript"), heap / MIB, "MiB");
    report(&format!("page memory after {minutes} min: WebAssembly"), wasm / MIB, "MiB");
    heap + wasm
}
