//! Takes the screenshot of the board for the README, and records its demo.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use e2e::board::BANNER;
use e2e::browser::Browser;
use e2e::proxy::{Proxy, Wire};
use e2e::server::Server;
use e2e::setting;
use serde_json::json;

const STATE: &str = "[data-testid=connection-state]";

/// Takes the README's screenshot. Run `cargo xtask screenshots`, then copy `target/screenshots/board.png` to `docs/`.
#[tokio::test]
#[ignore = "not a test of its own: takes the README's picture"]
async fn the_board_on_an_ordinary_day() {
    let server = Server::start(&["--keep-count", "60"]);
    let wire = Proxy::before(&server.url()).await;
    let browser = Browser::open(1440, 1036).await;
    browser.prefer("light").await;
    browser.driver.goto(format!("{}/#window=1", wire.url())).await.expect("the page opens");
    one_minute(&server, &wire).await;
    browser.text_becomes(STATE, |text| text.contains("Live")).await;
    assert_eq!(browser.text(BANNER).await, None);
    browser.screenshot("board").await;
}

/// Records the README's demo. Run it with `cargo test --workspace --test browser -- --ignored demo` and the variables
/// that `cargo xtask test` sets, then copy `target/screenshots/demo.ttr` to `docs/`.
#[tokio::test]
#[ignore = "not a test of its own: records the README's demo"]
async fn the_demo_of_an_ordinary_day() {
    let server = Server::start(&["--keep-count", "60", "--no-host"]);
    let wire = Proxy::before(&server.url()).await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots/demo.ttr");
    let mut recorder = Command::new(setting("TICKERTAPE_BIN"))
        .args(["record", "--force", "--for", "64s", "--url", &wire.url()])
        .arg(file)
        .spawn()
        .expect("the recorder starts");
    one_minute(&server, &wire).await;
    assert!(recorder.wait().expect("the recorder ends").success());
}

/// Publishes for a minute. For some seconds of it, the connections through `wire` are cut.
async fn one_minute(server: &Server, wire: &Proxy) {
    for second in 0..62 {
        match second {
            22 => wire.set(Wire::Cut),
            30 => wire.set(Wire::Whole),
            _ => {}
        }
        trade(server, second).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Publishes one second of a shop's data: orders, a log, the state of a till, and for some seconds more orders than the
/// server keeps.
async fn trade(server: &Server, second: u32) {
    let wave = (f64::from(second) / 6.0).sin();
    let orders = json!({"paid": (24.0 + 9.0 * wave).round(), "open": (6.0 - 3.0 * wave).round()});
    // More than the server keeps is published while the page has no connection, so that the page shows a gap.
    let burst = if (23..30).contains(&second) { 12 } else { 1 };
    for _ in 0..burst {
        server.publish("shop/orders", &orders).await;
    }
    if second.is_multiple_of(4) {
        let number = 88_213 + second;
        server
            .publish("shop/log", &json!(format!("order {number} paid by card, table {}", second % 7 + 1)))
            .await;
    }
    if second.is_multiple_of(20) {
        server.publish("shop/checkout", &json!("open")).await;
    }
    if second < 40 {
        server
            .publish("shop/oven", &json!({"data": 214.5 + wave, "meta": {"unit": "°C", "label": "oven"}}))
            .await;
    }
}
