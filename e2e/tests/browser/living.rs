//! The first hour of a person who has used other dashboards, with the keyboard alone: two topics are compared in one panel, a threshold is
//! set and crossed, a deploy is marked, the board is arranged, named, saved and opened in another browser, a panel is embedded in a page
//! of the person's own, and its data is exported.

use e2e::board::{open, open_at, panel};
use e2e::browser::Browser;
use e2e::downloads::Downloads;
use e2e::server::Server;
use e2e::wiki::Wiki;
use serde_json::json;
use thirtyfour::prelude::*;

const ARRANGING: &str = "[data-testid=arranging]";
const NOTICE: &str = "[data-testid=board-notice]";
const STATE: &str = "[data-testid=connection-state] b";

async fn legend_has(browser: &Browser, topic: &str, names: [&str; 2]) {
    browser
        .text_becomes(&(panel(topic) + " .legend"), |text| names.iter().all(|name| text.contains(name)))
        .await;
}

#[tokio::test]
async fn a_board_is_made_shared_and_used_elsewhere_with_the_keyboard_alone() {
    let wiki = Wiki::prepare().await;
    let server = Server::start(&["--no-host", "--allow-embed", &wiki.origin()]);
    for (topic, value) in [("shop/orders", 3), ("shop/visits", 40), ("web/latency", 12)] {
        for step in 0..3 {
            server.publish(topic, &json!({"now": value + step})).await;
        }
    }
    let browser = open(&server).await;
    for topic in ["shop/orders", "shop/visits", "web/latency"] {
        browser.appears(&(panel(topic) + " .legend")).await;
    }
    browser.appears("[data-testid=search]").await;

    // Two topics in one panel.
    browser.keys("e").await;
    browser.appears(ARRANGING).await;
    browser.tab_to(&panel("shop/orders")).await;
    browser.keys("j").await;
    legend_has(&browser, "shop/orders", ["orders", "visits"]).await;

    // A threshold.
    browser.tab_to(&panel("web/latency")).await;
    browser.keys("s").await;
    browser.tab_to("#add-threshold").await;
    browser.keys(Key::Enter + "").await;
    browser.has_focus("#threshold-0-bound").await;
    browser.keys("50").await;
    browser.keys(Key::Enter + "").await;
    server.publish("web/latency", &json!({"now": 80})).await;
    browser
        .text_becomes(&(panel("web/latency") + " [data-testid=freshness]"), |text| text.contains("over 50"))
        .await;
    browser.keys(Key::Escape + "").await;
    browser.has_focus(&panel("web/latency")).await;

    // The board is arranged, named and saved.
    // The first step leads into the group of the panel before it, and the second before that panel.
    for place in ["panel 2 of 2, group shop", "panel 1 of 2, group shop"] {
        browser.keys(Key::Left + "").await;
        browser.text_becomes("[data-testid=moved]", |text| text.contains(place)).await;
    }
    browser.tab_to("[data-testid=board-name]").await;
    browser.keys("shop-floor").await;
    browser.keys(Key::Enter + "").await;
    browser.text_becomes(NOTICE, |text| text.contains("Saved as shop-floor")).await;
    browser.tab_to("[data-testid=done]").await;
    browser.keys(Key::Enter + "").await;
    browser.is_true(&format!("!document.querySelector('{ARRANGING}')")).await;

    // A deploy is marked.
    browser.keys("m").await;
    browser.has_focus("[data-testid=mark-words]").await;
    browser.keys("deploy 4.2").await;
    browser.keys(Key::Enter + "").await;
    browser.appears(&panel("events/marks")).await;
    browser.screenshot("living").await;

    // Another browser.
    let other = open_at(&format!("{}/?board=shop-floor", server.url())).await;
    legend_has(&other, "shop/orders", ["orders", "visits"]).await;
    other
        .text_becomes(&(panel("web/latency") + " [data-testid=freshness]"), |text| text.contains("over 50"))
        .await;
    other.text_becomes(&panel("events/marks"), |text| text.contains("deploy 4.2")).await;

    // The address of a panel, in a page of another origin.
    browser.value("(window.__copied = [], navigator.clipboard.writeText = async (text) => window.__copied.push(text))").await;
    browser.tab_to(&(panel("shop/orders") + " .chip")).await;
    browser.keys(Key::Enter + "").await;
    browser.appears(&(panel("shop/orders") + " [data-testid=copy-embedding]")).await;
    browser.tab_to(&(panel("shop/orders") + " [data-testid=copy-embedding]")).await;
    browser.keys(Key::Enter + "").await;
    browser.is_true("window.__copied.length === 1").await;
    let html = browser.value("window.__copied[0]").await.as_str().unwrap_or_default().to_owned();
    wiki_shows(wiki, &html).await;

    // The data of the panel.
    let downloads = Downloads::of(&browser).await;
    browser.tab_to(&(panel("shop/orders") + " [data-testid=save-csv]")).await;
    browser.keys(Key::Enter + "").await;
    let text = String::from_utf8(downloads.file("csv").await.1).expect("UTF-8");
    let mut lines = text.split("\r\n");
    let heads = lines.next().unwrap_or_default();
    assert!(
        heads.starts_with("time,time_ms,") && heads.contains("orders") && heads.contains("visits"),
        "{heads}"
    );
    assert!(lines.any(|line| line.contains(",5")) && text.contains(",42"), "{text}");
    for browser in [&browser, &other] {
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
}

/// Opens a page of another origin that contains this HTML, and waits until the panel in it is live.
async fn wiki_shows(wiki: Wiki, html: &str) {
    let address = wiki.origin();
    wiki.serve(&format!("<!doctype html><title>wiki</title><h1>Our wiki</h1>{html}"));
    let browser = open_at(&address).await;
    browser.driver.enter_frame(0).await.expect("a frame");
    browser.text_becomes(STATE, |state| state == "Live").await;
    legend_has(&browser, "shop/orders", ["orders", "visits"]).await;
    assert_eq!(browser.value("document.querySelectorAll('.panel').length").await, json!(1));
    browser.driver.enter_default_frame().await.expect("the page");
    browser.screenshot("living-embedded").await;
}
