//! Tests events, which mark a moment in all charts, and the ways in which trouble finds people.

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use e2e::board::{is_loaded, open, open_at, panel, seconds_pass, trouble_is_told};
use e2e::browser::{Browser, TIMEOUT};
use e2e::scripts::{hold_answers, keep_notifications};
use e2e::server::Server;
use e2e::{setting, wait};
use serde_json::{Value, json};

/// Maximum time for a state that a publisher's silence causes.
const LONG: std::time::Duration = std::time::Duration::from_secs(60);
/// The modifier of a key that means that `Ctrl` is held, in the DevTools Protocol.
const CTRL: u64 = 2;

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    u64::try_from(now.as_millis()).expect("a time that is not far away")
}

/// Publishes a minute of two series, with a value each second.
async fn publish_minute(server: &Server, topic: &str) {
    let start = now_ms() - 60_000;
    let items: Vec<Value> =
        (0..60).map(|n| json!({"ts": start + n * 1_000, "data": {"in": n, "out": 60 - n}})).collect();
    server.publish(topic, &Value::from(items)).await;
}

async fn type_text(browser: &Browser, text: &str) {
    for letter in text.chars() {
        browser.press_key(&letter.to_string(), 0).await;
    }
}

/// Opens the table of a topic's chart, and waits until its list of events is as wanted.
async fn lists_events(browser: &Browser, topic: &str, is_wanted: impl Fn(&str) -> bool) {
    browser.click_on(&(panel(topic) + " .twin-switch")).await;
    browser.text_becomes(&(panel(topic) + " [data-testid=chart-events]"), is_wanted).await;
}

/// Returns the text of the newest publication of a topic on the server.
async fn newest(server: &Server, topic: &str) -> Option<String> {
    let answer = reqwest::get(format!("{}/topics/{topic}?limit=1", server.url())).await.ok()?;
    let answer: Value = answer.json().await.ok()?;
    Some(answer["items"][0]["data"].as_str()?.to_owned())
}

#[tokio::test]
async fn a_deploy_is_marked_with_the_keyboard_alone_and_seen_on_all_charts() {
    let server = Server::start(&["--no-host"]);
    for topic in ["shop/orders", "shop/visits"] {
        publish_minute(&server, topic).await;
    }
    let browser = open(&server).await;
    browser.appears(&(panel("shop/visits") + " .plot")).await;
    browser.appears("[data-testid=search]").await;

    // The crosshair chooses the moment.
    browser.tab_to(&(panel("shop/orders") + " .plot")).await;
    browser.press_key("End", 0).await;
    for _ in 0..3 {
        browser.press_key("ArrowLeft", 0).await;
    }
    browser.press_key("m", 0).await;
    browser.has_focus("[data-testid=mark-words]").await;
    browser.screenshot("mark").await;
    type_text(&browser, "deploy 4.2").await;
    browser.press_key("Enter", 0).await;
    wait::until("the mark is published", TIMEOUT, || async {
        newest(&server, "events/marks").await.filter(|text| text == "deploy 4.2")
    })
    .await;

    // The topic of marks is a log, and the value text of the chart with the focus contains the mark.
    browser.appears(&(panel("events/marks") + "[data-kind=log]")).await;
    browser.has_focus(&(panel("shop/orders") + " .plot")).await;
    let spoken = format!(
        "document.querySelector({}).getAttribute('aria-valuetext')",
        Value::from(panel("shop/orders") + " .plot")
    );
    // The dialog had the focus, so the crosshair has to be moved to the mark again.
    wait::until("the chart tells the mark", LONG, || async {
        browser.press_key("End", 0).await;
        for _ in 0..3 {
            browser.press_key("ArrowLeft", 0).await;
        }
        let spoken = browser.value(&spoken).await;
        spoken.as_str().is_some_and(|text| text.contains("deploy 4.2 (events/marks)")).then_some(())
    })
    .await;
    browser.text_becomes(".tip .event", |text| text.contains("deploy 4.2 (events/marks)")).await;
    browser.screenshot("marked").await;
    for topic in ["shop/orders", "shop/visits"] {
        lists_events(&browser, topic, |text| text.contains("deploy 4.2 (events/marks)")).await;
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn events_of_a_program_are_counted_where_they_are_close_and_found_in_the_past() {
    let server = Server::start(&["--no-host"]);
    publish_minute(&server, "shop/orders").await;
    let url = format!("{}/topics/ci/deploys?panel=event", server.url());
    let client = reqwest::Client::new();
    let at = now_ms() - 30_000;
    for (number, ts) in [(1, at), (2, at + 200), (3, at + 400), (4, at - 7_200_000)] {
        let sent = client.post(format!("{url}&ts={ts}")).body(format!("release {number}")).send().await;
        assert_eq!(sent.expect("the server answers").status(), 200);
    }
    let browser = open(&server).await;
    browser.appears(&panel("shop/orders")).await;
    lists_events(&browser, "shop/orders", |text| {
        text.contains("3 events") && text.contains("release 3 (ci/deploys)") && !text.contains("release 4")
    })
    .await;
    browser.press_key("6", 0).await;
    let list = panel("shop/orders") + " [data-testid=chart-events]";
    browser.text_becomes(&list, |text| text.contains("4 events") && text.contains("release 4")).await;
    browser.screenshot("events-day").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_mark_that_the_server_does_not_take_is_kept_in_the_browser_and_says_so() {
    let mut server = Server::start(&["--no-host"]);
    publish_minute(&server, "shop/orders").await;
    let browser = open(&server).await;
    browser.appears(&panel("shop/orders")).await;
    browser.appears("[data-testid=search]").await;
    // The code that shows events is loaded from the server when there is an event.
    let url = format!("{}/topics/ci/deploys?panel=event", server.url());
    let sent = reqwest::Client::new().post(url).body("deploy 4.2").send().await;
    assert_eq!(sent.expect("the server answers").status(), 200);
    lists_events(&browser, "shop/orders", |text| text.contains("deploy 4.2 (ci/deploys)")).await;
    browser.press_key("m", 0).await;
    browser.has_focus("[data-testid=mark-words]").await;
    server.kill();
    type_text(&browser, "power cut").await;
    browser.press_key("Enter", 0).await;
    browser
        .text_becomes("[data-testid=mark-outcome]", |text| text.contains("kept in this browser only"))
        .await;
    browser.press_key("Escape", 0).await;
    let list = panel("shop/orders") + " [data-testid=chart-events]";
    browser.text_becomes(&list, |text| text.contains("power cut (this browser only)")).await;
}

/// Returns a token for a server with this secret.
fn token(secret: &Path, permissions: &[&str]) -> String {
    let output = Command::new(setting("TICKERTAPE_BIN"))
        .args(["token", "--ttl", "1h", "--auth-secret-file"])
        .arg(secret)
        .args(permissions)
        .output()
        .expect("the program runs");
    String::from_utf8(output.stdout).expect("a token").trim().to_owned()
}

/// Opens the palette and types a text into it.
async fn search(browser: &Browser, text: &str) {
    browser.press_key("k", CTRL).await;
    browser.has_focus("[data-testid=palette-field]").await;
    type_text(browser, text).await;
}

#[tokio::test]
async fn what_the_token_forbids_is_not_offered_and_a_mark_is_kept_in_the_browser() {
    let folder = tempfile::TempDir::new().expect("a temporary directory");
    let secret = folder.path().join("secret");
    e2e::write_private(&secret, "a secret of thirty-two bytes or more, for tests");
    let server =
        Server::start(&["--no-host", "--auth-secret-file", secret.to_str().expect("a path in UTF-8")]);
    let sent = reqwest::Client::new()
        .post(format!("{}/topics/shop/orders", server.url()))
        .bearer_auth(token(&secret, &["--publish", "*"]))
        .body(r#"{"in": 1, "out": 2}"#)
        .send();
    assert_eq!(sent.await.expect("the server answers").status(), 200);

    let reader = token(&secret, &["--subscribe", "*"]);
    let browser = open_at(&format!("{}/#token={reader}", server.url())).await;
    browser.appears(&panel("shop/orders")).await;
    browser.appears("[data-testid=search]").await;
    search(&browser, "forget").await;
    browser.text_becomes("[data-testid=palette-words]", |words| words.starts_with("Nothing is found")).await;
    browser.press_key("Escape", 0).await;
    is_closed(&browser).await;
    browser.press_key("m", 0).await;
    browser.has_focus("[data-testid=mark-words]").await;
    browser.text_becomes("[data-testid=mark]", |text| text.contains("may not publish to events/marks")).await;
    type_text(&browser, "my own mark").await;
    browser.press_key("Enter", 0).await;
    browser
        .text_becomes("[data-testid=mark-outcome]", |text| text.contains("kept in this browser only"))
        .await;
    browser.press_key("Escape", 0).await;
    is_closed(&browser).await;
    lists_events(&browser, "shop/orders", |text| text.contains("my own mark (this browser only)")).await;

    let author = token(&secret, &["--subscribe", "*", "--publish", "events/*", "--forget", "shop/*"]);
    let other = open_at(&format!("{}/#token={author}", server.url())).await;
    other.appears(&panel("shop/orders")).await;
    other.appears("[data-testid=search]").await;
    other.press_key("m", 0).await;
    other.has_focus("[data-testid=mark-words]").await;
    type_text(&other, "for all").await;
    other.press_key("Enter", 0).await;
    other.appears(&panel("events/marks")).await;
    search(&other, "forget").await;
    other.appears("[data-key='action Forget a topic with its history']").await;
    for browser in [&browser, &other] {
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
}

async fn is_closed(browser: &Browser) {
    wait::until("no dialog is open", TIMEOUT, || async {
        browser.text("dialog[open]").await.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_threshold_that_was_crossed_before_its_board_came_is_not_told_as_new() {
    let server = Server::start(&["--no-host"]);
    let limited = json!({"sources": [{"topic": "house/temp"}], "thresholds": [{"above": 30}]});
    let board = json!({"version": 1, "panels": [limited]});
    let put = reqwest::Client::new().put(format!("{}/boards/warm", server.url())).body(board.to_string());
    assert_eq!(put.send().await.expect("the server answers").status(), 200);
    server.publish("house/temp", &json!(31)).await;
    server.publish("door/back", &json!("closed")).await;
    let browser = Browser::open(1440, 900).await;
    for script in [keep_notifications(true), hold_answers("url.endsWith('/boards/warm')")] {
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await;
    }
    browser.driver.goto(format!("{}/?board=warm", server.url())).await.expect("the page opens");
    for topic in ["house/temp", "door/back"] {
        browser.appears(&panel(topic)).await;
    }
    // The code that looks for trouble is loaded with the controls. It looks once a second, and begins when the page has all data.
    is_loaded(&browser).await;
    seconds_pass(&browser, 3.5).await;
    browser.value("window.release()").await;
    let chip = format!("{} [data-testid=freshness]", panel("house/temp"));
    browser.text_becomes(&chip, |text| text.contains("over 30")).await;
    trouble_is_told(&browser, async |state| drop(server.publish("door/back", &json!(state)).await)).await;
    assert_eq!(browser.value("window.__told.map(([title]) => title)").await, json!(["door/back: failed"]));
}

#[tokio::test]
async fn trouble_is_counted_in_the_title_and_told_once_by_a_notification_that_was_asked_for() {
    let server = Server::start(&["--no-host"]);
    let browser = Browser::open(1440, 900).await;
    browser.listen_for_complaints().await;
    let script = json!({"source": keep_notifications(false)});
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
    server.publish("door/back", &json!("closed")).await;
    browser.driver.goto(server.url()).await.expect("the page opens");
    browser.appears(&panel("door/back")).await;
    browser.appears("[data-testid=search]").await;
    assert_eq!(browser.value("window.__asked ?? 0").await, json!(0), "nobody has asked for notifications");
    assert_eq!(browser.value("document.title").await, json!("Tickertape"));

    search(&browser, "notify").await;
    browser.appears("[data-key^='action Notify me']").await;
    browser.press_key("Enter", 0).await;
    browser.text_becomes("[data-testid=tool-notice]", |words| words.contains("Notifications are on")).await;
    trouble_is_told(&browser, async |state| drop(server.publish("door/back", &json!(state)).await)).await;
    let told = browser.value("window.__told").await;
    assert_eq!(told, json!([["door/back: failed", "tickertape door/back"]]));
    browser.becomes("the title counts it", "document.title", json!("(1) Tickertape")).await;
    let icon = "document.querySelector('link[rel=icon]').href.includes('trouble')";
    assert_eq!(browser.value(icon).await, json!(true));

    server.publish("door/back", &json!("closed")).await;
    let told = wait::until("the end is told", LONG, || async {
        let told = browser.value("window.__told").await;
        (told.as_array()?.len() > 1).then_some(told)
    });
    assert_eq!(told.await.0[1], json!(["door/back: no longer in trouble", "tickertape door/back"]));
    assert_eq!(browser.value("document.title").await, json!("Tickertape"));
    assert_eq!(browser.value(icon).await, json!(false));
    assert_eq!(browser.value("window.__asked").await, json!(1));
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
