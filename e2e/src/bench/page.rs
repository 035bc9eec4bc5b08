//! Measures the size of the web page, the time until it first shows data, and the time until the shown data changes.

use std::path::Path;

use serde_json::json;

use super::{percentile, report};
use crate::browser::Browser;
use crate::server::Server;
use crate::{setting, wait};

/// A JavaScript program that records the time at which a panel first shows a number, and the time at which this number
/// first changes.
const WATCH: &str = "(() => { let first = null; window.__moved = null;
    const look = () => {
        const shown = document.querySelector('[data-testid=panel] [data-testid=legend], \
            [data-testid=panel] [data-testid=value]')?.textContent ?? '';
        if (first === null && /[0-9]/.test(shown)) { first = shown; window.__shown = performance.now(); }
        if (first !== null && shown !== first) window.__moved = performance.now();
        else setTimeout(look, 5);
    };
    document.addEventListener('DOMContentLoaded', look); })()";

/// Measures the size of the web page, and then opens it five times and measures the times until it shows data.
pub async fn run() {
    report(
        "page at its start, brotli",
        transfer_bytes(Path::new(&setting("TICKERTAPE_SITE"))) as f64 / 1024.0,
        "KiB",
    );
    let server = Server::start(&[]);
    let (mut shown, mut moved) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let browser = Browser::open(1440, 900).await;
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH})).await;
        browser.driver.goto(server.url()).await.expect("the page opens");
        let at = wait::until("a panel moves", crate::browser::TIMEOUT, || async {
            browser.value("window.__moved").await.as_f64()
        });
        moved.push(at.await.0);
        shown.push(browser.value("window.__shown").await.as_f64().unwrap_or(f64::NAN));
    }
    report("page: opening to first panel with data, median of 5", percentile(&mut shown, 0.5), "ms");
    report("page: opening to first panel moving, median of 5", percentile(&mut moved, 0.5), "ms");
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
