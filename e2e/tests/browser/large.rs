//! Tests a board with many panels: those near the visible part of the page are in the page, and the others cost nothing.

use std::time::Duration;

use e2e::board::{open, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::wait;
use serde_json::json;

const TOPICS: usize = 300;
const COUNT: &str = "document.querySelectorAll('[data-testid=panel]').length";

async fn count(browser: &Browser) -> u64 {
    browser.value(COUNT).await.as_u64().expect("a number")
}

fn topic(n: usize) -> String {
    format!("many/topic-{n:03}")
}

fn figure(n: usize) -> String {
    format!("{} [data-testid=value]", panel(&topic(n)))
}

async fn board_of_many() -> (Server, Browser) {
    let server = Server::start(&["--no-host"]);
    server.publish_all((0..TOPICS).map(|n| (topic(n), json!(n)))).await;
    let browser = open(&server).await;
    browser.text_becomes(&figure(0), |text| text.starts_with('0')).await;
    let height = "document.querySelector('.board').offsetHeight";
    // The board is as high as all its panels.
    let _height = wait::until("all topics have a place", TIMEOUT, || async {
        browser.value(height).await.as_f64().filter(|height| *height > 5_000.0)
    })
    .await;
    (server, browser)
}

#[tokio::test]
async fn panels_far_from_the_reader_are_not_in_the_page_and_come_with_their_newest_values_when_scrolled_to() {
    let (server, browser) = board_of_many().await;
    let at_top = count(&browser).await;
    assert!((10..TOPICS as u64 / 2).contains(&at_top), "{at_top} panels");
    assert_eq!(browser.text(&figure(TOPICS - 1)).await, None);
    server.publish(&topic(TOPICS - 1), &json!(777)).await;
    browser.value("window.scrollTo(0, document.documentElement.scrollHeight)").await;
    browser.text_becomes(&figure(TOPICS - 1), |text| text.starts_with("777")).await;
    // Data that arrives from now on is shown there as everywhere.
    server.publish(&topic(TOPICS - 1), &json!(888)).await;
    browser.text_becomes(&figure(TOPICS - 1), |text| text.starts_with("888")).await;
    let at_bottom = count(&browser).await;
    assert!(at_bottom < TOPICS as u64 / 2, "{at_bottom} panels");
    browser.value("window.scrollTo(0, 0)").await;
    browser.text_becomes(&figure(0), |text| text.starts_with('0')).await;
}

#[tokio::test]
async fn a_panel_with_the_keyboard_focus_stays_in_the_page_wherever_the_reader_scrolls() {
    let (_server, browser) = board_of_many().await;
    browser.value(&format!("document.querySelector('{} .chip').focus()", panel(&topic(1)))).await;
    browser.value("window.scrollTo(0, document.documentElement.scrollHeight)").await;
    browser.text_becomes(&figure(TOPICS - 1), |text| !text.is_empty()).await;
    // Panels that are far away leave the page within a frame or two.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(browser.text(&figure(1)).await.is_some());
    assert_eq!(browser.text(&figure(2)).await, None);
    let has_focus =
        format!("document.querySelector('{} .chip') === document.activeElement", panel(&topic(1)));
    assert_eq!(browser.value(&has_focus).await, json!(true));
}
