//! Tests that the page in a real browser reports a killed server and recovers when the server is started again.
//! Measures the time until the banner appears.

use std::time::Instant;

use e2e::board::{BANNER, open, panel};
use e2e::browser::TIMEOUT;
use e2e::server::Server;
use e2e::wait;
use serde_json::json;

#[tokio::test]
async fn a_killed_server_is_told_in_words_and_what_was_missed_is_filled_in() {
    let mut server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    for n in 1..=5 {
        server.publish("shop/log", &json!(format!("order number {n} has been paid by card"))).await;
    }
    let log = panel("shop/log");
    browser.text_becomes(&log, |text| text.contains("order number 5 ")).await;

    // The time is measured inside the page, so that it does not contain the driver's delays.
    let watch = format!(
        "(() => {{ const from = performance.now(); window.__banner = null; const look = () => {{
            const banner = document.querySelector('{BANNER}');
            if (banner && banner.textContent.trim()) window.__banner = [performance.now() - from, banner.textContent];
            else setTimeout(look, 10); }}; look(); return true; }})()"
    );
    browser.value(&watch).await;
    let killed = Instant::now();
    server.kill();
    let ((after_ms, words), _) = wait::until("the banner speaks", TIMEOUT, || async {
        let seen = browser.value("window.__banner").await;
        Some((seen.get(0)?.as_f64()?, seen.get(1)?.as_str()?.to_string()))
    })
    .await;
    assert!((1_500.0..2_100.0).contains(&after_ms), "the banner came after {after_ms} ms: {words}");
    assert!(words.contains("lost") && words.contains("econnect"), "{words}");
    assert!(killed.elapsed() < TIMEOUT);
    browser.screenshot("connection-lost").await;

    server.restart();
    for n in 6..=10 {
        server.publish("shop/log", &json!(format!("order number {n} has been paid by card"))).await;
    }
    browser.text_becomes(&log, |text| text.contains("order number 10 ")).await;
    let text = browser.text(&log).await.unwrap_or_default();
    for n in 1..=10 {
        let times = text.matches(&format!("order number {n} ")).count();
        assert_eq!(times, 1, "order {n} is shown once in: {text}");
    }
    wait::until("the banner goes by itself", TIMEOUT, || async {
        let banner = browser.text(BANNER).await.unwrap_or_default();
        banner.trim().is_empty().then_some(())
    })
    .await;
}
