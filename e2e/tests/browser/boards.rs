//! Tests boards as documents: arranged by keyboard and by pointer, saved, opened in another browser, and saved by two people.

use e2e::board::{is_loaded, open, open_at, panel, seconds_pass};
use e2e::browser::{Browser, TIMEOUT};
use e2e::scripts::{hold_answers, keep_notifications};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

const ARRANGING: &str = "[data-testid=arranging]";
const NOTICE: &str = "[data-testid=board-notice]";
const NAMES: [&str; 4] = ["host/cpu", "host/mem", "host/net", "shop/log"];

async fn server() -> Server {
    let server = Server::start(&["--no-host"]);
    for name in NAMES {
        server.publish(name, &json!({"in": 1, "out": 2})).await;
    }
    server
}

/// Returns the topics of all panels in the order in which they are read: from top to bottom, and from left to right.
async fn shown(browser: &Browser) -> Vec<String> {
    let panels = "[...document.querySelectorAll('.panel')].map((panel) => [panel.dataset.topic, panel.getBoundingClientRect()])
        .sort(([, a], [, b]) => a.top - b.top || a.left - b.left).map(([topic]) => topic)";
    let topics = browser.value(panels).await;
    topics.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Waits until the board shows the panels of these topics in this order, and can be operated.
pub async fn shows(browser: &Browser, expected: &[&str]) {
    wait::until(&format!("the board shows {expected:?}"), TIMEOUT, || async {
        (shown(browser).await == expected).then_some(())
    })
    .await;
    is_loaded(browser).await;
}

async fn keys_with_shift(browser: &Browser, key: Key) {
    let chain = browser.driver.action_chain().key_down(Key::Shift).send_keys(key + "").key_up(Key::Shift);
    chain.perform().await.expect("the keys are pressed");
}

async fn document(server: &Server, name: &str) -> Value {
    let url = format!("{}/boards/{name}", server.url());
    reqwest::get(url).await.expect("the server answers").json().await.expect("JSON")
}

#[tokio::test]
async fn a_board_is_arranged_named_saved_and_opened_elsewhere_by_keyboard_alone() {
    let server = server().await;
    let browser = open(&server).await;
    shows(&browser, &NAMES).await;

    browser.keys("e").await;
    browser.appears(ARRANGING).await;
    browser.tab_to(&panel("host/cpu")).await;
    browser.keys(Key::Right + "").await;
    shows(&browser, &["host/mem", "host/cpu", "host/net", "shop/log"]).await;
    browser
        .text_becomes("[data-testid=moved]", |text| text.contains("host/cpu: panel 2 of 4, group host"))
        .await;
    // The panel has the focus still.
    browser.keys(Key::Right + "").await;
    shows(&browser, &["host/mem", "host/net", "host/cpu", "shop/log"]).await;
    keys_with_shift(&browser, Key::Down).await;
    browser.tab_to(&panel("shop/log")).await;
    browser.keys("h").await;
    shows(&browser, &["host/mem", "host/net", "host/cpu"]).await;

    browser.tab_to("[data-testid=board-name]").await;
    browser.keys("shop-floor").await;
    browser.keys(Key::Enter + "").await;
    browser.text_becomes(NOTICE, |text| text.contains("Saved as shop-floor")).await;
    let saved = document(&server, "shop-floor").await;
    let topics: Vec<&Value> =
        saved["panels"].as_array().unwrap().iter().map(|panel| &panel["sources"][0]["topic"]).collect();
    assert_eq!(topics, ["host/mem", "host/net", "host/cpu", "shop/log"]);
    assert_eq!(
        (&saved["panels"][2]["height"], &saved["panels"][3]["hidden"]),
        (&json!("double"), &json!(true))
    );

    let other = open_at(&format!("{}/?board=shop-floor", server.url())).await;
    shows(&other, &["host/mem", "host/net", "host/cpu"]).await;
    server.publish("host/new", &json!({"in": 1, "out": 2})).await;
    shows(&other, &["host/mem", "host/net", "host/cpu", "host/new"]).await;
    for browser in [&browser, &other] {
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_panel_is_dragged_resized_and_renamed_with_the_mouse_and_kept_in_the_browser_at_once() {
    let server = server().await;
    let browser = open(&server).await;
    shows(&browser, &NAMES).await;
    browser.driver.find(By::Css("[data-testid=arrange]")).await.unwrap().click().await.unwrap();
    browser.appears(ARRANGING).await;
    let element = async |topic: &str| browser.driver.find(By::Css(panel(topic))).await.unwrap();
    let (from, onto) = (element("shop/log").await, element("host/cpu").await);
    let left = -i64::try_from(
        browser
            .value(&format!("Math.round(document.querySelector('{}').clientWidth / 4)", panel("host/cpu")))
            .await
            .as_u64()
            .unwrap(),
    )
    .unwrap();
    let chain = browser.driver.action_chain();
    let chain = chain.move_to_element_center(&from).click_and_hold().move_to_element_center(&onto);
    chain.move_by_offset(left, 0).release().perform().await.unwrap();
    shows(&browser, &["shop/log", "host/cpu", "host/mem", "host/net"]).await;

    let width = |topic: &'static str| format!("document.querySelector('{}').clientWidth", panel(topic));
    let before = browser.value(&width("shop/log")).await.as_f64().unwrap();
    for _ in 0..3 {
        browser.driver.find(By::Css("[data-testid=wider]")).await.unwrap().click().await.unwrap();
    }
    wait::until("the panel is wider", TIMEOUT, || async {
        (browser.value(&width("shop/log")).await.as_f64().unwrap() > before).then_some(())
    })
    .await;
    let title = browser.driver.find(By::Css("[data-testid=panel-title]")).await.unwrap();
    title.send_keys("Orders" + Key::Enter).await.unwrap();
    browser.text_becomes(&(panel("shop/log") + " .name"), |text| text.contains("Orders")).await;

    browser.driver.refresh().await.unwrap();
    shows(&browser, &["shop/log", "host/cpu", "host/mem", "host/net"]).await;
    browser.text_becomes(&(panel("shop/log") + " .name"), |text| text.contains("Orders")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Begins to arrange the board, and moves the panel of `host/cpu` behind the next one.
async fn move_cpu(browser: &Browser) {
    browser.keys("e").await;
    browser.appears(ARRANGING).await;
    browser.tab_to(&panel("host/cpu")).await;
    browser.keys(Key::Right + "").await;
}

async fn save(browser: &Browser) {
    browser.driver.find(By::Css("[data-testid=save-board]")).await.unwrap().click().await.unwrap();
}

#[tokio::test]
async fn the_second_of_two_who_save_the_same_board_is_told_and_loses_nothing() {
    let server = server().await;
    let url = format!("{}/boards/shop", server.url());
    let plain = json!({"version": 1, "panels": [{"sources": [{"topic": "host/cpu"}]}]}).to_string();
    let saved = reqwest::Client::new().put(&url).body(plain).send().await.unwrap();
    assert_eq!(saved.status(), 200);
    let address = format!("{}/?board=shop", server.url());
    let (ann, bob) = (open_at(&address).await, open_at(&address).await);
    for browser in [&ann, &bob] {
        shows(browser, &NAMES).await;
    }
    move_cpu(&ann).await;
    shows(&ann, &["host/mem", "host/cpu", "host/net", "shop/log"]).await;
    save(&ann).await;
    ann.text_becomes(NOTICE, |text| text.contains("Saved as shop")).await;

    move_cpu(&bob).await;
    bob.keys(Key::Right + "").await;
    shows(&bob, &["host/mem", "host/net", "host/cpu", "shop/log"]).await;
    save(&bob).await;
    bob.text_becomes(NOTICE, |text| text.contains("local has saved shop since you opened it")).await;
    shows(&bob, &["host/mem", "host/net", "host/cpu", "shop/log"]).await;
    let first = |document: &Value| document["panels"][0]["sources"][0]["topic"].clone();
    let of_ann = document(&server, "shop").await;
    assert_eq!(of_ann["panels"][1]["sources"][0]["topic"], "host/cpu", "what Ann saved is there");

    bob.driver.find(By::Css("[data-testid=keep-mine]")).await.unwrap().click().await.unwrap();
    bob.text_becomes(NOTICE, |text| text.contains("Saved as shop")).await;
    let of_bob = document(&server, "shop").await;
    assert_eq!(
        (first(&of_bob), &of_bob["panels"][2]["sources"][0]["topic"]),
        (json!("host/mem"), &json!("host/cpu"))
    );
    ann.keys(Key::Escape + "").await;
    ann.driver.find(By::Css("[data-testid=undo]")).await.unwrap().click().await.unwrap();
    save(&ann).await;
    ann.text_becomes(NOTICE, |text| text.contains("has saved shop since you opened it")).await;
    ann.driver.find(By::Css("[data-testid=take-theirs]")).await.unwrap().click().await.unwrap();
    shows(&ann, &["host/mem", "host/net", "host/cpu", "shop/log"]).await;
    ann.is_gone(NOTICE).await;
}

async fn put_board(server: &Server, name: &str, topic: &str) {
    let board = json!({"version": 1, "panels": [{"sources": [{"topic": topic}]}]});
    let put = reqwest::Client::new().put(format!("{}/boards/{name}", server.url()));
    assert_eq!(put.body(board.to_string()).send().await.unwrap().status(), 200);
}

/// Opens a board of the server from the list.
async fn choose(browser: &Browser, name: &str) {
    browser.appears(&format!("[data-testid=boards] option[value={name}]")).await;
    let choose = "const list = document.querySelector('[data-testid=boards]');
        list.value = arguments[0]; list.dispatchEvent(new Event('change', {bubbles: true}));";
    browser.driver.execute(choose, vec![json!(name)]).await.expect("the script runs");
}

#[tokio::test]
async fn the_answer_to_a_save_leaves_another_board_that_was_opened_meanwhile_as_it_is() {
    let server = server().await;
    put_board(&server, "first", "host/cpu").await;
    put_board(&server, "second", "shop/log").await;
    let browser = open_at(&format!("{}/?board=first", server.url())).await;
    shows(&browser, &NAMES).await;
    move_cpu(&browser).await;
    shows(&browser, &["host/mem", "host/cpu", "host/net", "shop/log"]).await;
    let slow_saves = hold_answers("method === 'PUT'");
    browser.driver.execute(slow_saves, vec![]).await.expect("the script runs");
    save(&browser).await;
    let second = ["shop/log", "host/cpu", "host/mem", "host/net"];
    choose(&browser, "second").await;
    shows(&browser, &second).await;
    browser.driver.execute("window.release()", vec![]).await.expect("the script runs");
    browser.text_becomes(NOTICE, |text| text.contains("Saved as first")).await;

    shows(&browser, &second).await;
    assert_eq!(browser.value("new URLSearchParams(location.search).get('board')").await, "second");
    browser.text_becomes("[data-testid=changes]", |text| text == "No changes.").await;
    save(&browser).await;
    browser.text_becomes(NOTICE, |text| text.contains("Saved as second")).await;
    let of_second = document(&server, "second").await;
    assert_eq!(of_second["panels"][0]["sources"][0]["topic"], "shop/log");
    choose(&browser, "first").await;
    shows(&browser, &["host/mem", "host/cpu", "host/net", "shop/log"]).await;
    browser.text_becomes("[data-testid=changes]", |text| text == "No changes.").await;
    browser.is_gone(NOTICE).await;
}

/// Saves the board under another name.
async fn save_as(browser: &Browser, name: &str) {
    let field = browser.driver.find(By::Css("[data-testid=board-name]")).await.unwrap();
    field.clear().await.unwrap();
    field.send_keys(name).await.unwrap();
    save(browser).await;
}

#[tokio::test]
async fn after_a_save_under_an_existing_name_theirs_is_shown_and_changed_under_its_own_name() {
    let server = server().await;
    put_board(&server, "first", "host/cpu").await;
    put_board(&server, "second", "shop/log").await;
    let first = document(&server, "first").await;
    let browser = open_at(&format!("{}/?board=first", server.url())).await;
    shows(&browser, &NAMES).await;
    move_cpu(&browser).await;
    shows(&browser, &["host/mem", "host/cpu", "host/net", "shop/log"]).await;
    save_as(&browser, "second").await;
    browser.text_becomes(NOTICE, |text| text.contains("has saved second since you opened it")).await;
    browser.driver.find(By::Css("[data-testid=take-theirs]")).await.unwrap().click().await.unwrap();
    shows(&browser, &["shop/log", "host/cpu", "host/mem", "host/net"]).await;
    assert_eq!(browser.value("new URLSearchParams(location.search).get('board')").await, "second");

    browser.tab_to(&panel("host/cpu")).await;
    browser.keys(Key::Right + "").await;
    let changed = ["shop/log", "host/mem", "host/cpu", "host/net"];
    shows(&browser, &changed).await;
    browser.driver.refresh().await.unwrap();
    shows(&browser, &changed).await;
    browser.keys("e").await;
    browser.appears(ARRANGING).await;
    browser.text_becomes("[data-testid=changes]", |text| text == "Changes are kept in this browser.").await;
    save(&browser).await;
    browser.text_becomes(NOTICE, |text| text.contains("Saved as second")).await;
    assert_eq!(document(&server, "first").await, first);
    assert_eq!(document(&server, "second").await["panels"][2]["sources"][0]["topic"], "host/cpu");
    choose(&browser, "first").await;
    shows(&browser, &NAMES).await;
    browser.text_becomes("[data-testid=changes]", |text| text == "No changes.").await;
}

#[tokio::test]
async fn trouble_is_told_after_a_save_under_another_name_before_the_first_board_came() {
    let server = server().await;
    put_board(&server, "slow", "host/cpu").await;
    server.publish("door/back", &json!("closed")).await;
    let browser = Browser::open(1440, 900).await;
    for script in [keep_notifications(true), hold_answers("url.endsWith('/boards/slow')")] {
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await;
    }
    browser.driver.goto(format!("{}/?board=slow", server.url())).await.unwrap();
    browser.appears(&panel("door/back")).await;
    is_loaded(&browser).await;
    browser.keys("e").await;
    browser.appears(ARRANGING).await;
    save_as(&browser, "other").await;
    browser.text_becomes(NOTICE, |text| text.contains("Saved as other")).await;
    // The watch begins with the next second.
    seconds_pass(&browser, 2.5).await;
    server.publish("door/back", &json!("failed")).await;
    browser.is_true("window.__told.length > 0").await;
    assert_eq!(browser.value("window.__told.map(([title]) => title)").await, json!(["door/back: failed"]));
}

#[tokio::test]
async fn a_topic_that_was_forgotten_and_comes_back_has_the_settings_of_the_board() {
    let server = server().await;
    server.publish("house/temp", &json!(20.5)).await;
    let board = json!({"version": 1, "panels": [{"sources": [{"topic": "house/temp"}], "unit": "K"}]});
    let url = format!("{}/boards/house", server.url());
    let client = reqwest::Client::new();
    assert_eq!(client.put(url).body(board.to_string()).send().await.unwrap().status(), 200);
    let browser = open_at(&format!("{}/?board=house", server.url())).await;
    let figure = panel("house/temp");
    browser.text_becomes(&figure, |text| text.contains("20.5") && text.contains('K')).await;
    let topic = format!("{}/topics/house/temp", server.url());
    assert_eq!(client.delete(topic).send().await.unwrap().status(), 200);
    browser.is_gone(&figure).await;
    server.publish("house/temp", &json!(21.5)).await;
    browser.text_becomes(&figure, |text| text.contains("21.5") && text.contains('K')).await;
}

#[tokio::test]
async fn a_small_document_in_the_address_is_shown_and_a_faulty_one_is_reported() {
    let server = server().await;
    let board = r#"{"version":1,"new_topics":"hide","panels":[{"sources":[{"topic":"shop/log"}]},{"sources":[{"topic":"host/net"}]}]}"#;
    let encoded: String = board.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let browser = open_at(&format!("{}/?board={encoded}", server.url())).await;
    shows(&browser, &["shop/log", "host/net"]).await;
    let faulty = open_at(&format!("{}/?board=%7B1", server.url())).await;
    faulty.text_becomes(NOTICE, |text| text.contains("cannot be used: the document is not valid JSON")).await;
    shows(&faulty, &NAMES).await;
    let missing = open_at(&format!("{}/?board=nothing", server.url())).await;
    missing.text_becomes(NOTICE, |text| text.contains("there is no board nothing")).await;
}
