//! Tests the settings of a panel: set by keyboard alone and on a phone, checked, undone, saved and opened elsewhere; and thresholds that
//! are crossed.

use std::time::Duration;

use e2e::board::{is_loaded, open, open_at, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

const ARRANGING: &str = "[data-testid=arranging]";
const SETTINGS: &str = "[data-testid=settings]";
const NOTICE: &str = "[data-testid=board-notice]";

async fn server() -> Server {
    let server = Server::start(&["--no-host"]);
    for name in ["a/mem", "house/temp"] {
        server.publish(name, &json!(20.5)).await;
    }
    server.publish("web/latency", &json!({"p50": 20, "p99": 90})).await;
    server
}

async fn click(browser: &Browser, selector: &str) {
    browser.appears(selector).await;
    browser.driver.find(By::Css(selector)).await.unwrap().click().await.unwrap();
}

/// Begins to arrange the board, and opens the settings of a panel, by keyboard.
async fn open_settings(browser: &Browser, topic: &str) {
    browser.appears(&panel(topic)).await;
    browser.keys("e").await;
    browser.appears(ARRANGING).await;
    browser.tab_to(&panel(topic)).await;
    browser.keys("s").await;
    browser.appears(SETTINGS).await;
    browser.has_focus("#setting-title").await;
}

/// Writes into a field of the sheet that the Tab key reaches.
async fn write(browser: &Browser, id: &str, text: &str) {
    browser.tab_to(&format!("#{id}")).await;
    let all = browser.driver.action_chain().key_down(Key::Control).send_keys("a").key_up(Key::Control);
    all.perform().await.expect("the text is selected");
    browser.keys(text).await;
    browser.keys(Key::Enter + "").await;
}

fn chip(topic: &str) -> String {
    panel(topic) + " [data-testid=freshness]"
}

#[tokio::test]
async fn a_threshold_kind_unit_and_decimals_are_set_by_keyboard_and_seen_in_another_browser_and_on_a_wall() {
    let server = server().await;
    let browser = open(&server).await;
    open_settings(&browser, "house/temp").await;

    browser.tab_to("#setting-kind").await;
    browser.keys("Line").await;
    browser
        .is_true(&format!("document.querySelector('{}')?.dataset.kind === 'line'", panel("house/temp")))
        .await;
    write(&browser, "setting-unit", "°C").await;
    write(&browser, "setting-decimals", "1").await;
    write(&browser, "setting-min", "0").await;
    write(&browser, "setting-max", "50").await;
    browser
        .text_becomes(&(panel("house/temp") + " .path"), |text| text.contains("°C · rounded to 1 decimal"))
        .await;
    browser.tab_to("#add-threshold").await;
    browser.keys(Key::Enter + "").await;
    browser.has_focus("#threshold-0-bound").await;
    browser.keys("30").await;
    browser.keys(Key::Enter + "").await;

    server.publish("house/temp", &json!(31.25)).await;
    browser.text_becomes(&chip("house/temp"), |text| text.contains("over 30")).await;
    browser.appears(&(panel("house/temp") + " .chip.crossed")).await;
    let legend = panel("house/temp") + " .key.has-crossed";
    browser.text_becomes(&legend, |text| text.contains("31.3")).await;
    let title = format!("document.querySelector('{legend}').title");
    assert!(browser.value(&title).await.as_str().unwrap().starts_with("31.25 °C, over 30"));
    browser.screenshot("settings-crossed").await;

    browser.keys(Key::Escape + "").await;
    browser.has_focus(&panel("house/temp")).await;
    browser.tab_to("[data-testid=board-name]").await;
    browser.keys("temps").await;
    browser.keys(Key::Enter + "").await;
    browser.text_becomes(NOTICE, |text| text.contains("Saved as temps")).await;

    let other = open_at(&format!("{}/?board=temps", server.url())).await;
    other.text_becomes(&chip("house/temp"), |text| text.contains("over 30")).await;
    let wall = open_at(&format!("{}/?board=temps&wall=2m&diagonal=55in", server.url())).await;
    wall.text_becomes("[data-testid=wall-trouble]", |text| text.contains("1 in trouble")).await;
    let first = "[...document.querySelectorAll('.panel:not(.is-elsewhere)')].map((panel) => [panel.dataset.topic, panel.getBoundingClientRect()])
        .sort(([, a], [, b]) => a.top - b.top || a.left - b.left)[0][0]";
    wall.is_true(&format!("{first} === 'house/temp'")).await;
    wall.screenshot("settings-wall").await;
    for browser in [&browser, &other, &wall] {
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_kind_and_a_unit_are_seen_at_once_in_the_past_and_on_a_paused_board() {
    let server = server().await;
    let browser = open(&server).await;
    browser.appears(&panel("house/temp")).await;
    let times = browser.value("[-60000, 1000].map((ms) => new Date(Date.now() + ms).toISOString())").await;
    let [from, to] = [0_usize, 1].map(|index| times[index].as_str().expect("a time"));
    browser.driver.goto(format!("{}/?from={from}&to={to}", server.url())).await.expect("the page opens");
    let kind = format!("document.querySelector('{}')?.dataset.kind", panel("house/temp"));
    browser.text_becomes("[data-testid=connection-state]", |text| text.starts_with("Past")).await;
    browser.becomes("before", &kind, "number").await;
    // After this time, nothing else can be published in the stretch, so that panels are not computed again.
    tokio::time::sleep(Duration::from_secs(7)).await;

    open_settings(&browser, "house/temp").await;
    browser.tab_to("#setting-kind").await;
    browser.keys("Line").await;
    browser.becomes("in the past", &kind, "line").await;
    write(&browser, "setting-unit", "°C").await;
    browser.text_becomes(&(panel("house/temp") + " .path"), |text| text.contains("°C")).await;

    browser.driver.goto(server.url()).await.expect("the page opens");
    browser.becomes("live", &kind, "line").await;
    browser.keys("p").await;
    browser.text_becomes("[data-testid=connection-state]", |text| text.contains("Paused at ")).await;
    open_settings(&browser, "house/temp").await;
    browser.tab_to("#setting-kind").await;
    browser.keys("Gauge").await;
    browser.becomes("in a pause", &kind, "gauge").await;
}

#[tokio::test]
async fn a_deleted_topic_stays_deleted_when_its_panel_is_changed_until_it_has_data_again() {
    let server = server().await;
    let browser = open(&server).await;
    browser.appears(&panel("house/temp")).await;
    is_loaded(&browser).await;
    browser.keys("p").await;
    browser.text_becomes("[data-testid=connection-state]", |text| text.contains("Paused at ")).await;
    let delete = reqwest::Client::new().delete(format!("{}/topics/house/temp", server.url()));
    assert_eq!(delete.send().await.expect("the server answers").status(), 200);
    browser.text_becomes(&chip("house/temp"), |text| text == "deleted").await;

    open_settings(&browser, "house/temp").await;
    write(&browser, "setting-unit", "°C").await;
    browser.text_becomes(&panel("house/temp"), |text| text.contains("°C")).await;
    assert_eq!(browser.text(&chip("house/temp")).await.as_deref(), Some("deleted"));
    server.publish("house/temp", &json!(21)).await;
    browser.text_becomes(&chip("house/temp"), |text| text.starts_with("paused at ")).await;
}

#[tokio::test]
async fn a_value_that_cannot_be_is_refused_beside_its_field_and_changes_are_undone() {
    let server = server().await;
    let browser = open(&server).await;
    browser.appears(&panel("web/latency")).await;
    browser.keys("e").await;
    browser.appears(ARRANGING).await;
    browser.tab_to(&panel("web/latency")).await;
    browser.appears("[data-testid=open-settings]").await;
    let places = "JSON.stringify([...document.querySelectorAll('.panel')].map((panel) => panel.getBoundingClientRect().left))";
    let before = browser.value(places).await;
    click(&browser, "[data-testid=open-settings]").await;
    browser.appears(SETTINGS).await;
    assert_eq!(browser.value(places).await, before, "the sheet lies over the board and moves no panel");

    write(&browser, "setting-decimals", "many").await;
    browser
        .text_becomes("#setting-decimals-fault", |text| text.contains("many is not a number: write one"))
        .await;
    write(&browser, "setting-max", "50").await;
    write(&browser, "setting-min", "60").await;
    browser.text_becomes("#setting-min-fault", |text| text.contains("min is 60, but max is 50")).await;
    browser.is_true("document.querySelector('#setting-min')?.getAttribute('aria-invalid') === 'true'").await;
    write(&browser, "setting-min", "-5").await;
    browser.is_true("document.querySelector('#setting-min')?.getAttribute('aria-invalid') === 'false'").await;

    click(&browser, "#add-threshold").await;
    write(&browser, "threshold-0-bound", "hot").await;
    browser.text_becomes("#threshold-0-fault", |text| text.contains("hot is not a number")).await;
    write(&browser, "threshold-0-bound", "80").await;
    write(&browser, "threshold-0-words", "too slow").await;
    browser.text_becomes(&chip("web/latency"), |text| text.contains("p99 too slow")).await;
    let boxes = "document.querySelectorAll('[data-testid=setting-series]').length === 2";
    browser.is_true(boxes).await;
    browser.screenshot("settings-sheet").await;

    click(&browser, "[data-testid=settings-undo]").await;
    browser.text_becomes(&chip("web/latency"), |text| text.contains("p99 over 80")).await;
    browser.is_true("document.querySelector('#threshold-0-words')?.value === ''").await;
    click(&browser, "[data-testid=settings-undo]").await;
    browser.is_true("document.querySelector('#threshold-0-bound') === null").await;
    click(&browser, "[data-testid=settings-undo]").await;
    browser.is_true("document.querySelector('#setting-min')?.value === ''").await;
    browser.is_true("document.querySelector('#setting-max')?.value === '50'").await;
    let kept = browser.value("Object.values(localStorage).join()").await;
    assert!(kept.as_str().unwrap().contains("\"max\":50"), "it is kept in the browser: {kept}");
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Selectors of the buttons that a person presses on a phone.
const ON_A_PHONE: &str = "[data-testid=chosen] button, [data-testid=settings] button, [data-testid=settings] .filter, [data-testid=done]";

#[tokio::test]
async fn on_a_phone_panels_are_moved_renamed_hidden_and_set_with_large_targets_and_without_scrolling_sideways()
 {
    let server = server().await;
    let browser = Browser::open(360, 740).await;
    browser.listen_for_complaints().await;
    browser.driver.goto(server.url()).await.expect("the page opens");
    browser.appears(&panel("house/temp")).await;
    click(&browser, "[popovertarget=more-tools]:not([popovertargetaction])").await;
    click(&browser, "[data-testid=arrange]").await;
    browser.appears(ARRANGING).await;
    click(&browser, &(panel("house/temp") + " .name")).await;
    browser.appears("[data-testid=chosen]").await;
    let order = "[...document.querySelectorAll('.panel')].map((panel) => [panel.dataset.topic, panel.getBoundingClientRect().top])
        .sort(([, a], [, b]) => a - b).map(([topic]) => topic).join()";
    click(&browser, "[data-testid=later]").await;
    browser
        .is_true(&format!(
            "{order} === 'a/mem,web/latency,house/temp' || {order} === 'a/mem,house/temp,web/latency'"
        ))
        .await;
    fits(&browser).await;
    browser.screenshot("settings-phone-bar").await;

    click(&browser, "[data-testid=open-settings]").await;
    browser.appears(SETTINGS).await;
    fits(&browser).await;
    let field = |id: &'static str| browser.driver.find(By::Id(id));
    field("setting-title").await.unwrap().send_keys("Kitchen" + Key::Enter).await.unwrap();
    browser.text_becomes(&(panel("house/temp") + " .name"), |text| text.contains("Kitchen")).await;
    click(&browser, "#add-threshold").await;
    browser.appears("#threshold-0-way").await;
    field("threshold-0-bound").await.unwrap().send_keys("20" + Key::Enter).await.unwrap();
    browser.text_becomes(&chip("house/temp"), |text| text.contains("over 20")).await;
    browser.screenshot("settings-phone-sheet").await;
    fits(&browser).await;
    click(&browser, "[data-testid=settings-hide]").await;
    wait::until("the panel is hidden", TIMEOUT, || async {
        browser.text(&panel("house/temp")).await.is_none().then_some(())
    })
    .await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Fails if the page can be scrolled sideways, or if a target is smaller than a finger.
async fn fits(browser: &Browser) {
    assert_eq!(browser.value("document.documentElement.scrollWidth <= innerWidth").await, json!(true));
    let small = format!(
        "[...document.querySelectorAll('{ON_A_PHONE}')].map((target) => [target.dataset.testid, target.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && (box.height < 43.5 || box.width < 43.5)).map(([name, box]) => name + ' ' + box.width + ' ' + box.height)"
    );
    assert_eq!(browser.value(&small).await, json!([]), "targets that are too small");
}

#[tokio::test]
async fn a_publisher_sets_thresholds_that_need_no_document() {
    let server = server().await;
    let browser = open(&server).await;
    browser.appears(&panel("house/temp")).await;
    server.publish("house/temp?unit=%C2%B0C&warn_above=25&above=30", &json!(26)).await;
    browser.text_becomes(&chip("house/temp"), |text| text.contains("above 25")).await;
    browser.appears(&(panel("house/temp") + " .chip.warning.has-warning")).await;
    server.publish("house/temp", &json!(31)).await;
    browser.text_becomes(&chip("house/temp"), |text| text.contains("over 30")).await;
    browser.screenshot("settings-publisher").await;
    server.publish("house/temp", &json!(19)).await;
    let is_calm =
        format!("document.querySelector('{}')?.className.includes('has-') === false", chip("house/temp"));
    browser.is_true(&is_calm).await;
    let refused = reqwest::Client::new()
        .post(format!("{}/topics/house/temp?above=hot", server.url()))
        .body("1")
        .send()
        .await
        .expect("the server answers");
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.json::<Value>().await.expect("JSON")["error"]["code"], 200);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Returns true once the legend of a panel has these names.
async fn legend_becomes(browser: &Browser, topic: &str, expected: &[&str]) {
    let names = format!(
        "JSON.stringify([...document.querySelectorAll('{} .keys .key > span')].map((name) => name.textContent.replaceAll('\\u202f', ' ')))",
        panel(topic)
    );
    let expected = serde_json::to_string(expected).expect("JSON");
    browser.is_true(&format!("{names} === {}", json!(expected))).await;
}

#[tokio::test]
async fn what_is_computed_is_set_by_keyboard_step_by_step_and_undone() {
    let server = server().await;
    let browser = open(&server).await;
    open_settings(&browser, "web/latency").await;
    browser.tab_to("#add-step").await;
    browser.keys(Key::Enter + "").await;
    browser.has_focus("#step-0-operation").await;
    legend_becomes(&browser, "web/latency", &["p50, mean of 1 min", "p99, mean of 1 min"]).await;
    browser.keys("Rate").await;
    legend_becomes(&browser, "web/latency", &["p50, per second", "p99, per second"]).await;
    browser.tab_to("#step-0-per").await;
    browser.keys("for each m").await;
    legend_becomes(&browser, "web/latency", &["p50, per minute", "p99, per minute"]).await;

    browser.tab_to("#add-step").await;
    browser.keys(Key::Enter + "").await;
    browser.has_focus("#step-1-operation").await;
    browser.keys("Percentile").await;
    write(&browser, "step-1-percent", "101").await;
    browser.text_becomes("#step-1-fault", |text| text.contains("percentile is 101: write a number")).await;
    write(&browser, "step-1-percent", "90").await;
    browser.tab_to("#step-1-over").await;
    browser.keys("over 5 m").await;
    let names = ["p50, per minute, p90 of 5 min", "p99, per minute, p90 of 5 min"];
    legend_becomes(&browser, "web/latency", &names).await;
    browser.screenshot("settings-steps").await;

    browser.tab_to("#step-0-remove").await;
    browser.keys(Key::Enter + "").await;
    browser.has_focus("#add-step").await;
    legend_becomes(&browser, "web/latency", &["p50, p90 of 5 min", "p99, p90 of 5 min"]).await;
    click(&browser, "[data-testid=settings-undo]").await;
    legend_becomes(&browser, "web/latency", &names).await;
    browser.is_true("document.querySelector('#step-0-operation')?.value === 'rate'").await;
    let words = "document.querySelector('#step-1-percent').getAttribute('aria-label')";
    assert_eq!(browser.value(words).await, json!("Step 2: percent"));
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_board_says_that_the_thresholds_of_the_publisher_do_not_count() {
    let server = server().await;
    server.publish("house/temp?above=30", &json!(31)).await;
    let browser = open(&server).await;
    browser.text_becomes(&chip("house/temp"), |text| text.contains("over 30")).await;
    open_settings(&browser, "house/temp").await;
    browser.tab_to("[data-testid=no-thresholds]").await;
    browser.keys(" ").await;
    let is_calm =
        format!("document.querySelector('{}')?.className.includes('has-') === false", chip("house/temp"));
    browser.text_becomes(&chip("house/temp"), |text| !text.contains("over 30")).await;
    browser.is_true(&is_calm).await;
    let kept = "Object.values(localStorage).join().includes('\"thresholds\":[]')";
    browser.is_true(kept).await;
    click(&browser, "[data-testid=settings-undo]").await;
    browser.text_becomes(&chip("house/temp"), |text| text.contains("over 30")).await;
    browser.is_true("document.querySelector('[data-testid=no-thresholds]')?.checked === false").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
