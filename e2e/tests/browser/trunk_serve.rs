//! Tests the page from `trunk serve`, which a developer starts in addition to a running `tickertape serve`.

use e2e::board::{open_at, panel};
use e2e::server::Server;
use e2e::trunk::TrunkServe;
use serde_json::json;

#[tokio::test]
async fn the_page_of_trunk_serve_shows_the_data_of_the_server_beside_it() {
    let server = Server::start(&["--no-host"]);
    server.publish("kitchen/temp", &json!(21.5)).await;
    let trunk = TrunkServe::before(&server.url()).await;
    let browser = open_at(&trunk.url()).await;
    browser.text_becomes("[data-testid=connection-state]", |text| text.contains("Live")).await;
    browser.text_becomes(&panel("kitchen/temp"), |text| text.contains("21.5")).await;

    let url = format!("{}/topics/house/door", trunk.url());
    let response = reqwest::Client::new().post(url).body("\"shut\"").send().await.expect("Trunk answers");
    assert_eq!(response.status(), 200, "the commands on the board name Trunk's address");
    browser.text_becomes(&panel("house/door"), |text| text.contains("shut")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
