//! Measures the CPU time that the board takes in a browser: one chart at 60 Hz beside uPlot with the same data, a usual board, a flood of
//! publications, and large boards.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use super::{percentile, report, report_spread, viewer};
use crate::browser::Browser;
use crate::server::Server;
use crate::{setting, wait};

/// Number of measurements of each program, which take turns.
const TURNS: usize = 3;
/// Time for which a page runs before it is measured, and time for which it is measured.
const WARM_UP: Duration = Duration::from_secs(6);
const MEASURED: Duration = Duration::from_secs(12);
/// Topics of the usual board and of the flood.
const TOPICS: u64 = 20;
/// A JavaScript program that records the frames and the long tasks of a page.
const WATCH: &str = "(() => {
    window.__frames = 0; window.__tasks = [];
    const count = () => { window.__frames += 1; requestAnimationFrame(count); };
    window.__count = () => requestAnimationFrame(count);
    new PerformanceObserver((list) => list.getEntries().forEach((task) => window.__tasks.push(task.duration)))
        .observe({ type: 'longtask', buffered: true }); })()";

/// Measures all rows.
pub async fn run() {
    one_chart().await;
    usual_board().await;
    flood().await;
    for topics in [500, 2_000] {
        large(topics).await;
    }
}

async fn one_chart() {
    let site = site_with_peer();
    let folder =
        site.as_ref().map_or_else(|| PathBuf::from(setting("TICKERTAPE_SITE")), |site| site.path().into());
    let server = Server::start_with_site(&folder, &["--no-host"]);
    let earlier: Vec<Value> = (0..3_600)
        .map(|n| now_ms() - 60_000 + n * 1_000 / 60)
        .map(|ts| json!({"data": waves(ts), "ts": ts}))
        .collect();
    for batch in earlier.chunks(600) {
        server.publish("bench/chart", &json!(batch)).await;
    }
    let feed = feed(&server, 60, |_| ("bench/chart".to_owned(), waves(now_ms())));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let browser = open(&server.url(), "canvas").await;
        let size = browser
            .value("(({ clientWidth, clientHeight }) => [clientWidth, clientHeight])(document.querySelector('canvas'))")
            .await;
        ours.push(share(&browser).await);
        drop(browser);
        if site.is_some() {
            let url = format!("{}/uplot.html#{}x{}", server.url(), size[0], size[1]);
            theirs.push(share(&open(&url, "canvas").await).await);
        }
    }
    feed.abort();
    report_spread("board: one chart of three series, 60 Hz", &mut ours, "% of a core");
    if !theirs.is_empty() {
        report_spread("uPlot: the same", &mut theirs, "% of a core");
        report("board to uPlot", percentile(&mut ours, 0.5) / percentile(&mut theirs, 0.5), "times");
    }
}

async fn usual_board() {
    let server = Server::start(&["--no-host"]);
    server.publish_all((0..TOPICS).map(|n| (topic(n), value(n)))).await;
    let feed = feed(&server, 200, |n| (topic(n % TOPICS), value(n % TOPICS)));
    let mut shares = Vec::new();
    for _ in 0..TURNS {
        shares.push(share(&open(&server.url(), "[data-testid=panel]").await).await);
    }
    feed.abort();
    report_spread("board: 20 topics, 200 publications a second", &mut shares, "% of a core");
}

async fn flood() {
    const BATCH: u64 = 250;
    let server = Server::start(&["--no-host"]);
    server.publish_all((0..TOPICS).map(|n| (topic(n), value(n)))).await;
    let browser = open(&server.url(), "[data-testid=panel]").await;
    let publish = async {
        let mut pace = tokio::time::interval(Duration::from_millis(25));
        for n in 0.. {
            pace.tick().await;
            let items: Vec<Value> = (0..BATCH).map(|_| json!({"data": value(n % TOPICS)})).collect();
            server.publish(&topic(n % TOPICS), &json!(items)).await;
        }
    };
    let look = async {
        tokio::time::sleep(WARM_UP).await;
        browser.value("window.__count()").await;
        let (begun, before) = (Instant::now(), frames(&browser).await);
        let used = share(&browser).await;
        let rate = (frames(&browser).await - before) / begun.elapsed().as_secs_f64();
        (used, rate, browser.text("[data-testid=connection-state]").await.unwrap_or_default())
    };
    let (used, rate, words) = tokio::select! {
        () = publish => return,
        seen = look => seen,
    };
    report("board: 10,000 publications a second", used, "% of a core");
    report("board: frames during this", rate, "a second");
    println!("  the header says: {words}");
}

async fn large(topics: u64) {
    let server = Server::start(&["--no-host"]);
    server.publish_all((0..topics).map(|n| (format!("many-{}/topic-{n}", n % 10), value(n)))).await;
    let browser = open(&server.url(), "[data-testid=panel]").await;
    tokio::time::sleep(WARM_UP * 2).await;
    let longest = "Math.max(0, ...window.__tasks)";
    let task = browser.value(longest).await.as_f64().unwrap_or(f64::NAN);
    report(&format!("board of {topics} topics: longest task while loading"), task, "ms");
    let feed = feed(&server, 200, move |n| {
        let n = n % topics;
        (format!("many-{}/topic-{n}", n % 10), value(n))
    });
    let used = share(&browser).await;
    feed.abort();
    report(&format!("board of {topics} topics: 200 publications a second"), used, "% of a core");
}

/// Returns a folder with the page and with uPlot's page; `None` if uPlot is not installed.
fn site_with_peer() -> Option<TempDir> {
    let uplot = std::env::var_os("TICKERTAPE_UPLOT").map(PathBuf::from)?;
    let site = TempDir::new().expect("a temporary directory");
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/uplot");
    for folder in [Path::new(&setting("TICKERTAPE_SITE")), &uplot, &pages] {
        copy(folder, site.path());
    }
    Some(site)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").filter_map(Result::ok) {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).expect("copied")),
        }
    }
}

async fn open(url: &str, selector: &str) -> Browser {
    let browser = Browser::open(1440, 900).await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH})).await;
    browser.driver.goto(url).await.expect("the page opens");
    let _ = wait::until("the page shows data", crate::browser::TIMEOUT, || async {
        browser.text(selector).await
    })
    .await;
    browser
}

/// Returns the share of a processor core in percent that the renderers of a browser use, after a while in which the page settles.
async fn share(browser: &Browser) -> f64 {
    tokio::time::sleep(WARM_UP).await;
    let (begun, before) = (Instant::now(), browser.renderer_cpu());
    tokio::time::sleep(MEASURED).await;
    let used = browser.renderer_cpu().saturating_sub(before);
    100.0 * used.as_secs_f64() / begun.elapsed().as_secs_f64()
}

async fn frames(browser: &Browser) -> f64 {
    browser.value("window.__frames").await.as_f64().unwrap_or(f64::NAN)
}

/// Publishes `hz` times a second until the returned task is aborted, without waiting for the server's answers.
fn feed(server: &Server, hz: u32, item: impl Fn(u64) -> (String, Value) + Send + 'static) -> JoinHandle<()> {
    let url = format!("{}/ws", server.url().replace("http", "ws"));
    tokio::spawn(async move {
        let (mut send, mut answers) = viewer::connect(&url).await.split();
        let mut pace = tokio::time::interval(Duration::from_secs(1) / hz);
        let mut id = 0;
        loop {
            tokio::select! {
                _ = pace.tick() => {
                    let (topic, data) = item(id);
                    id += 1;
                    let request = json!({"action": "publish", "id": id, "topic": topic, "data": data});
                    send.send(Message::text(request.to_string())).await.expect("sent");
                }
                answer = answers.next() => assert!(answer.is_some_and(|answer| answer.is_ok()), "the server answers"),
            }
        }
    })
}

/// Returns the name of a topic of the usual board: twelve charts, five numbers, two states and a log.
fn topic(n: u64) -> String {
    let kind = match n {
        0..12 => "chart",
        12..17 => "number",
        17..19 => "state",
        _ => "log",
    };
    format!("bench/{kind}-{n}")
}

fn value(n: u64) -> Value {
    let now = now_ms();
    match n {
        12..17 => json!(wave(now, n as f64)),
        17..19 => json!(if now / 7_000 % 2 == 0 { "open" } else { "closed" }),
        19 => json!(format!("order {now} has been paid by card at table {}, no receipt", now % 12)),
        _ => waves(now),
    }
}

fn waves(ts: i64) -> Value {
    json!({"a": wave(ts, 0.0), "b": wave(ts, 1.0), "c": wave(ts, 2.0)})
}

/// Returns a number with two decimals that changes with the time, and a little from one millisecond to the next.
fn wave(ts: i64, number: f64) -> f64 {
    let ts = ts as f64;
    let value = 50.0
        + 30.0 * (ts / (3_000.0 + 700.0 * number)).sin()
        + 10.0 * (ts * (number + 1.0) / 411.0).sin()
        + ts % 5.0;
    (value * 100.0).round() / 100.0
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_millis() as i64
}
