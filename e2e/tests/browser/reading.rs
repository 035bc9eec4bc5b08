//! Tests that the board keeps the choices of its reader: that it is paused, and which series are hidden.

use std::time::{Duration, Instant};

use e2e::board::{open, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};

const KINDS: [&str; 5] = ["line", "number", "state", "log", "table"];

fn topic(kind: &str) -> String {
    format!("shop/{kind}")
}

async fn publish(server: &Server, n: i64) {
    let data = [
        json!({"in": n, "out": 2 * n}),
        json!(n),
        json!(if n % 2 == 0 { "open" } else { "closed" }),
        json!(format!("order number {n} has been paid by card at table four, no receipt")),
        json!({"data": [{"queue": "mail", "depth": n}]}),
    ];
    for (kind, data) in KINDS.into_iter().zip(data) {
        server.publish(&topic(kind), &data).await;
    }
}

/// Returns the HTML of those parts of each panel that show data. The status label is left out, since it changes even
/// while the board is paused.
async fn shown(browser: &Browser) -> Vec<Value> {
    let mut shown = Vec::new();
    for kind in KINDS {
        let panel = Value::from(panel(&topic(kind)));
        let parts = "'.legend, .big, .state-big, .strip, .note, .log, .rows'";
        let text = format!(
            "[...document.querySelector({panel}).querySelectorAll({parts})].map((part) => part.outerHTML).join()"
        );
        shown.push(browser.value(&text).await);
    }
    shown
}

/// Removes every panel from the page and adds it again. For this it types a text that matches no topic into the search
/// field, and then clears the field.
async fn remount(browser: &Browser) {
    let panels = || async { browser.value("document.querySelectorAll('[data-testid=panel]').length").await };
    let before = panels().await;
    for (text, count) in [("nothing is called that", json!(0)), ("", before)] {
        browser
            .value(&format!(
                "(() => {{ const field = document.querySelector('[data-testid=filter]'); field.value = '{text}';
                    field.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
            ))
            .await;
        wait::until(&format!("{count} panels are left"), TIMEOUT, || async {
            (panels().await == count).then_some(())
        })
        .await;
    }
}

/// Waits until the panels show what they showed before. The code of some bodies is loaded, and their sizes are measured, after a panel
/// is on the page.
async fn shows_again(browser: &Browser, before: &[Value]) {
    let begun = Instant::now();
    while begun.elapsed() < TIMEOUT && shown(browser).await != before {
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(shown(browser).await, before, "put back");
}

#[tokio::test]
async fn a_paused_board_keeps_what_every_panel_shows_even_if_panels_are_added_again() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    for n in 1..=6 {
        publish(&server, n).await;
    }
    for kind in KINDS {
        browser.appears(&format!("{}[data-kind={kind}]", panel(&topic(kind)))).await;
    }
    browser.text_becomes(&panel(&topic("log")), |text| text.contains("order number 6 ")).await;
    browser.text_becomes(&format!("{} .rows", panel(&topic("table"))), |text| text.contains('6')).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    browser.value("document.querySelector('[data-testid=pause]').click()").await;
    browser.text_becomes("[data-testid=pause]", |text| text.contains("Resume")).await;
    let before = shown(&browser).await;

    for n in 7..=13 {
        publish(&server, n).await;
    }
    server.publish("shop/new", &json!(1)).await;
    browser.text_becomes("[data-testid=pause]", |text| text.contains("Resume, 36 new")).await;
    assert_eq!(shown(&browser).await, before, "as it stands");
    remount(&browser).await;
    shows_again(&browser, &before).await;
    assert_eq!(browser.text(&panel("shop/new")).await, None);
    browser.screenshot("paused").await;

    browser.value("document.querySelector('[data-testid=pause]').click()").await;
    browser.text_becomes(&panel(&topic("log")), |text| text.contains("order number 13 ")).await;
    browser.appears(&panel("shop/new")).await;
    for (n, kind) in KINDS.iter().enumerate() {
        wait::until(&format!("{kind} goes on"), TIMEOUT, || async {
            (shown(&browser).await[n] != before[n]).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_hidden_series_is_still_hidden_when_the_page_is_opened_again() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    publish(&server, 1).await;
    publish(&server, 2).await;
    let keys = format!("{} [data-testid=legend] .key", panel(&topic("line")));
    let states = format!(
        "[...document.querySelectorAll({})].map((key) => key.firstChild.textContent + ' ' + key.ariaPressed).join()",
        Value::from(keys.as_str())
    );
    browser.text_becomes(&keys, |text| text.starts_with("in")).await;
    // What the buttons do is loaded after the first chart.
    browser.appears(&format!("{} .keys[role=group]", panel(&topic("line")))).await;
    let press_with_ctrl = format!(
        "document.querySelector({}).dispatchEvent(new MouseEvent('click', {{bubbles: true, ctrlKey: true}}))",
        Value::from(keys.as_str())
    );
    browser.value(&press_with_ctrl).await;
    browser.becomes("hidden", &states, "in false,out true").await;

    remount(&browser).await;
    browser.becomes("put back", &states, "in false,out true").await;
    browser.driver.refresh().await.expect("the page opens");
    browser.becomes("opened again", &states, "in false,out true").await;
    browser.screenshot("switched-off").await;

    browser.appears(&format!("{} .keys[role=group]", panel(&topic("line")))).await;
    browser.value(&press_with_ctrl).await;
    browser.becomes("shown", &states, "in true,out true").await;
    browser.driver.refresh().await.expect("the page opens");
    browser.becomes("switched on again", &states, "in true,out true").await;
}
