//! Tests the panels that the page shows before the code of its views is there.

use e2e::board::panel;
use e2e::browser::Browser;
use e2e::server::Server;
use serde_json::{Value, json};

/// The files without which the page has no views.
const PARTS: &str = "*/snippets/parts/*";

/// Opens the page in a window of this size without the code of the views.
async fn open_without_views(server: &Server, (width, height): (u32, u32)) -> Browser {
    let browser = Browser::open(width, height).await;
    browser.listen_for_complaints().await;
    browser.devtools("Network.enable", json!({})).await;
    browser.devtools("Network.setBlockedURLs", json!({"urls": [PARTS]})).await;
    browser.driver.goto(server.url()).await.expect("the page opens");
    browser
}

async fn permit_views(browser: &Browser) {
    browser.devtools("Network.setBlockedURLs", json!({"urls": []})).await;
}

/// Returns the CSS selector of a panel that is shown before the views are there.
fn first_panel(topic: &str) -> String {
    format!("[data-testid=first-panel][data-topic='{topic}']")
}

/// Returns the positions and sizes of the header and of all panels with this test id, by their topics.
async fn places(browser: &Browser, panels: &str) -> Value {
    let script = format!(
        "(() => {{
            const place = (element) => {{
                const {{ left, top, width, height }} = element.getBoundingClientRect();
                return [left, top, width, height].map(Math.round);
            }};
            const panels = [...document.querySelectorAll('[data-testid={panels}]')];
            const named = panels.map((panel) => [panel.dataset.topic, place(panel)]);
            return {{ '': place(document.querySelector('.bar')), ...Object.fromEntries(named) }}; }})()"
    );
    browser.value(&script).await
}

#[tokio::test]
async fn panels_show_their_names_values_and_states_before_the_views_are_loaded_and_follow_the_data() {
    let server = Server::start(&["--no-host"]);
    server.publish("kitchen/temp", &json!(21.5)).await;
    server.publish("kitchen/load", &json!({"one": 1.25, "five": 0.75})).await;
    server.publish("kitchen/door", &json!("open")).await;
    let browser = open_without_views(&server, (1440, 900)).await;
    let has = |words: &'static [&str]| move |text: &str| words.iter().all(|word| text.contains(word));
    browser.text_becomes(&first_panel("kitchen/temp"), has(&["temp", "21.5"])).await;
    browser.text_becomes(&first_panel("kitchen/load"), has(&["load", "one", "1.25", "five", "0.75"])).await;
    browser.text_becomes(&first_panel("kitchen/door"), has(&["door", "Loading…"])).await;
    browser.text_becomes("#shell [role=alert]:not([hidden])", has(&["could not be loaded"])).await;

    server.publish("kitchen/temp", &json!(23.25)).await;
    browser.text_becomes(&first_panel("kitchen/temp"), has(&["23.25"])).await;
    let state = format!("{} .chip", first_panel("kitchen/temp"));
    let words = browser.text(&state).await.unwrap_or_default();
    assert!(!words.is_empty(), "the panel says in which state its data is");

    permit_views(&browser).await;
    browser.text_becomes(&panel("kitchen/temp"), has(&["23.25"])).await;
    browser.text_becomes(&panel("kitchen/door"), has(&["open"])).await;
    assert_eq!(browser.text("#shell").await, None);
    assert_eq!(browser.text("[data-testid=first-panel]").await, None);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn panels_and_header_stay_in_their_places_when_the_views_come() {
    let server = Server::start(&["--no-host"]);
    let topics = ["hall/temp", "hall/humidity", "kitchen/load", "kitchen/temp", "yard/temp"];
    for topic in topics {
        server.publish(topic, &json!(21.5)).await;
    }
    // A desk, a narrow window, in which the header has two lines, and a phone.
    for size in [(1440, 900), (1100, 800), (390, 844)] {
        let browser = open_without_views(&server, size).await;
        for topic in ["hall/temp", "hall/humidity"] {
            browser.text_becomes(&first_panel(topic), |text| text.contains("21.5")).await;
        }
        let before = places(&browser, "first-panel").await;
        permit_views(&browser).await;
        browser.appears(&panel("hall/temp")).await;
        let after = places(&browser, "panel").await;
        let before = before.as_object().expect("places");
        assert!(before.len() > 2, "{before:?}");
        for (topic, place) in before {
            assert_eq!(place, &after[topic], "{topic} in a window of {size:?}");
        }
    }
}

#[tokio::test]
async fn names_and_units_of_publishers_are_shown_as_text() {
    let server = Server::start(&["--no-host"]);
    let unit = "<img src=x onerror=alert(1)>";
    server.publish("kitchen/temp?unit=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", &json!(21.5)).await;
    let browser = open_without_views(&server, (1440, 900)).await;
    browser.text_becomes(&first_panel("kitchen/temp"), |text| text.contains(unit)).await;
    assert_eq!(browser.text("#shell .board img").await, None);
}
