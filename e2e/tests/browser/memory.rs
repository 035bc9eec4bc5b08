//! Tests that the memory of an open page does not grow with the data that it has shown, because a page on a wall display is never
//! reloaded.

use e2e::bench::page_memory::{Held, WATCH, look};
use e2e::board::panel;
use e2e::browser::Browser;
use e2e::server::Server;
use serde_json::{Value, json};

/// Number of log lines that are published in one request. The page shows each of them, even if only until the next
/// request.
const LINES: u64 = 60;
/// Maximum factor by which the page's WebAssembly memory may grow. It is above 1 for two reasons. Some buffers, such as
/// those for state changes and for the digits of numbers, are filled up to their limit during the test. And memory
/// grows by whole pages of 64 KiB, of which the page needs 26. If the page kept something for each line, the factor
/// would be 2.
const MOST_GROWTH: f64 = 1.2;
const HOUR_MS: i64 = 3_600_000;

#[tokio::test]
async fn lines_by_the_thousand_leave_nothing_behind() {
    let server = Server::start(&["--no-host"]);
    let browser = Browser::open(1440, 900).await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH})).await;
    browser.driver.goto(server.url()).await.expect("the page opens");
    let from_ms = browser.value("Date.now()").await.as_i64().expect("a clock") - 6 * HOUR_MS;
    let first = after_batches(&server, &browser, from_ms, 0..40).await;
    let last = after_batches(&server, &browser, from_ms, 40..240).await;
    assert!(last.wasm_bytes / first.wasm_bytes <= MOST_GROWTH, "{first:?} became {last:?}");
}

/// Publishes batches of log lines, and returns the memory that the page uses afterwards. Waits after each batch until
/// the page shows it, so that a slow machine has no more lines in memory at the same time than a fast one.
async fn after_batches(
    server: &Server,
    browser: &Browser,
    from_ms: i64,
    batches: std::ops::Range<u64>,
) -> Held {
    for batch in batches {
        let lines: Vec<Value> = (batch * LINES..(batch + 1) * LINES).map(|n| line(from_ms, n)).collect();
        let last = format!("order {} ", (batch + 1) * LINES - 1);
        server.publish("wall/state", &json!(if batch % 2 == 0 { "open" } else { "closed" })).await;
        server.publish("wall/rates", &json!({"in": batch * 7 % 1_009, "out": batch * 3 % 997})).await;
        server.publish("wall/table", &json!({"data": [{"queue": "mail", "depth": batch % 31}]})).await;
        server.publish("wall/log", &Value::Array(lines)).await;
        browser.text_becomes(&panel("wall/log"), |text| text.contains(&last)).await;
    }
    look(browser).await
}

fn line(from_ms: i64, n: u64) -> Value {
    let data = format!("order {n} has been paid by card at table {}, no receipt", n % 12);
    json!({"ts": from_ms + n as i64 * 1_000, "data": data})
}
