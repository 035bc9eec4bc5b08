//! Tests that a page asks the server to leave out publications when there are more than it can show, and says so.

use std::time::Duration;

use e2e::board::{self, panel};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};

const STATE: &str = "[data-testid=connection-state]";
/// Number of publications in one request.
const BATCH: u64 = 4_000;
/// Pause between two requests.
const PAUSE: Duration = Duration::from_millis(200);
/// Maximum time to wait for a change of the page, on a busy machine.
const LONG: Duration = Duration::from_secs(90);

/// Publishes numbers continuously until the future `until` is ready.
async fn flood(server: &Server, until: impl Future<Output = ()>) {
    let mut until = std::pin::pin!(until);
    let items: Vec<Value> = (0..BATCH).map(|n| json!({"data": 100 + n % 100})).collect();
    loop {
        server.publish("load/n", &json!(items)).await;
        tokio::select! {
            () = &mut until => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_thinned_out_and_the_header_says_so_until_it_is_over() {
    let server = Server::start(&["--no-host"]);
    server.publish("load/n", &json!(0)).await;
    let browser = board::open(&server).await;
    browser.appears(&panel("load/n")).await;
    let says = async |words: &str, is_said: bool| {
        let (_, _) = wait::until(&format!("the header says {words:?}: {is_said}"), LONG, || async {
            browser.text(STATE).await.filter(|text| text.contains("Live") && text.contains(words) == is_said)
        })
        .await;
    };
    flood(&server, says("% left out", true)).await;
    server.publish("load/n", &json!(7)).await;
    let figure = format!("{} [data-testid=value]", panel("load/n"));
    let (_, _) = wait::until("the panel shows the last number", LONG, || async {
        browser.text(&figure).await.filter(|text| text.trim() == "7")
    })
    .await;
    let gaps = browser.text("[data-testid=figures]").await.unwrap_or_default();
    assert!(gaps.contains("publications lost0"), "{gaps}");
    says("left out", false).await;
}
