//! Measures the size of the web page, the time until it first shows data, and the time until the shown data changes: on this machine,
//! and on a slow line.

use std::path::Path;

use serde_json::{Value, json};

use super::{percentile, report, report_spread};
use crate::browser::Browser;
use crate::server::Server;
use crate::{setting, wait};

/// A JavaScript program that records the time at which a panel first shows a number, also before the views are there, the time at which a
/// panel of the views does, and the time at which that number first changes.
const WATCH: &str = "(() => { let first = null; window.__moved = null;
    const text = (selector) => document.querySelector(selector)?.textContent ?? '';
    const look = () => {
        const viewed = text('[data-testid=panel] :is([data-testid=legend], [data-testid=value])');
        const shown = viewed || text('[data-testid=first-panel] :is(.big, .legend)');
        if (/[0-9]/.test(shown)) window.__shown ??= performance.now();
        if (first === null && /[0-9]/.test(viewed)) { first = viewed; window.__viewed = performance.now(); }
        if (first !== null && viewed !== first) window.__moved = performance.now();
        else setTimeout(look, 5);
    };
    document.addEventListener('DOMContentLoaded', look); })()";

/// The slow line: 1.6 Mbit/s to the browser, 0.75 Mbit/s from it, and 150 ms between a request and its answer. The browser delays its
/// requests accordingly.
const SLOW_LINE: [(&str, u32); 3] =
    [("downloadThroughput", 200_000), ("uploadThroughput", 93_750), ("latency", 150)];

/// A JavaScript expression for the files that the browser has requested, the time at which it first painted something, and the times at
/// which the first panel showed data, and a panel of the views did. Times are in milliseconds since the page was opened.
const WATERFALL: &str = "{
    files: performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource')).map((file) =>
        [new URL(file.name).pathname, file.startTime, file.responseStart, file.responseEnd, file.transferSize]),
    painted: performance.getEntriesByType('paint')[0]?.startTime,
    shown: window.__shown, viewed: window.__viewed }";

/// Measures the size of the web page. Then opens it five times and measures the times until it shows data, and three times on a slow
/// line.
pub async fn run() {
    report(
        "page at its start, brotli",
        transfer_bytes(Path::new(&setting("TICKERTAPE_SITE"))) as f64 / 1024.0,
        "KiB",
    );
    let server = Server::start(&[]);
    let (mut shown, mut viewed, mut moved) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..5 {
        let browser = Browser::open(1440, 900).await;
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH})).await;
        browser.driver.goto(server.url()).await.expect("the page opens");
        let at = wait::until("a panel moves", crate::browser::TIMEOUT, || async {
            browser.value("window.__moved").await.as_f64()
        });
        moved.push(at.await.0);
        viewed.push(browser.value("window.__viewed").await.as_f64().unwrap_or(f64::NAN));
        shown.push(browser.value("window.__shown").await.as_f64().unwrap_or(f64::NAN));
    }
    report("page: opening to first panel with data, median of 5", percentile(&mut shown, 0.5), "ms");
    report("page: opening to first panel of the views, median of 5", percentile(&mut viewed, 0.5), "ms");
    report("page: opening to first panel moving, median of 5", percentile(&mut moved, 0.5), "ms");
    on_a_slow_line(&server).await;
}

/// Opens the page on a slow line with nothing in the browser's cache, and prints what is loaded when.
async fn on_a_slow_line(server: &Server) {
    let mut opened = Vec::new();
    for _ in 0..3 {
        opened.push(open_slowly(server).await);
    }
    let figure = |name: &str| opened.iter().filter_map(|page| page[name].as_f64()).collect::<Vec<_>>();
    report_spread("slow line: opening to first paint", &mut figure("painted"), "ms");
    report_spread("slow line: opening to first panel with data", &mut figure("shown"), "ms");
    report_spread("slow line: opening to first panel of the views", &mut figure("viewed"), "ms");
    opened.sort_by(|a, b| a["shown"].as_f64().unwrap_or(0.0).total_cmp(&b["shown"].as_f64().unwrap_or(0.0)));
    print_waterfall(&opened[opened.len() / 2]);
}

async fn open_slowly(server: &Server) -> Value {
    let browser = Browser::open(1440, 900).await;
    browser.devtools("Network.enable", json!({})).await;
    let mut line = json!({"offline": false});
    SLOW_LINE.iter().for_each(|(name, value)| line[name] = json!(value));
    browser.devtools("Network.emulateNetworkConditions", line).await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH})).await;
    browser.driver.goto(server.url()).await.expect("the page opens");
    wait::until("a panel of the views shows data", crate::browser::TIMEOUT, || async {
        browser.value("window.__viewed").await.as_f64()
    })
    .await;
    browser.value(WATERFALL).await
}

/// Prints the files of a page that was opened, in the order of their requests.
fn print_waterfall(page: &Value) {
    let shown = page["shown"].as_f64().unwrap_or(f64::NAN);
    let files: Vec<&Value> = page["files"].as_array().into_iter().flatten().collect();
    let number = |file: &Value, index: usize| file[index].as_f64().unwrap_or(f64::NAN);
    let before: f64 = files.iter().filter(|file| number(file, 3) <= shown).map(|file| number(file, 4)).sum();
    report("slow line: loaded before the first panel", before / 1024.0, "KiB");
    println!("{:<60} {:>9} {:>9} {:>9} {:>9}", "file", "requested", "answered", "complete", "bytes");
    for file in files {
        let name = file[0].as_str().unwrap_or_default();
        let [requested, answered, complete, bytes] = [1, 2, 3, 4].map(|index| number(file, index).round());
        println!("{name:<60} {requested:>9} {answered:>9} {complete:>9} {bytes:>9}");
    }
}

/// Returns the number of bytes that a browser which accepts Brotli has to load for the first picture. It is the sum of
/// the sizes of all compressed files in the folder `site`; the parts that are loaded later are in a folder of their own.
fn transfer_bytes(site: &Path) -> u64 {
    let files = std::fs::read_dir(site).expect("the page is built").filter_map(Result::ok);
    files
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "br"))
        .filter_map(|file| Some(file.metadata().ok()?.len()))
        .sum()
}
