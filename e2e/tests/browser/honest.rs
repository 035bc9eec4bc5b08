//! Tests that the board shows current data, or says that the data is not current. Covers a paused board, other time
//! zones, and panels that are left out or scrolled out of sight.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use e2e::board::{open, open_at, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::{setting, wait};
use serde_json::json;

const STATE: &str = "[data-testid=connection-state]";
const ZONE: &str = "[data-testid=zone]";
const PAUSED: &str = "[data-testid=paused-banner]";

fn chip(topic: &str) -> String {
    format!("{} [data-testid=freshness]", panel(topic))
}

fn figure(topic: &str) -> String {
    format!("{} [data-testid=value]", panel(topic))
}

fn legend(topic: &str) -> String {
    format!("{} [data-testid=legend]", panel(topic))
}

/// Presses and releases a key that types a character.
async fn press(browser: &Browser, key: &str) {
    for kind in ["keyDown", "keyUp"] {
        browser.devtools("Input.dispatchKeyEvent", json!({"type": kind, "key": key, "text": key})).await;
    }
}

#[tokio::test]
async fn a_board_that_a_stray_key_has_paused_says_so_everywhere_and_never_says_live() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    for n in 0..4 {
        server.publish("kitchen/temp", &json!(n)).await;
    }
    browser.text_becomes(&figure("kitchen/temp"), |text| text.starts_with('3')).await;
    press(&browser, "p").await;
    browser.text_becomes(STATE, |text| text.contains("Paused at ") && !text.contains("Live")).await;
    browser.text_becomes(&chip("kitchen/temp"), |text| text.starts_with("paused at ")).await;
    server.publish("kitchen/temp", &json!(99)).await;
    browser
        .text_becomes(PAUSED, |text| text.contains("Paused at ") && text.contains("1 publication waits"))
        .await;
    browser.screenshot("honest-paused").await;

    browser.value(&format!("document.querySelector('{PAUSED} button').click()")).await;
    browser.text_becomes(&figure("kitchen/temp"), |text| text.starts_with("99")).await;
    browser.text_becomes(STATE, |text| text.contains("Live")).await;
    assert_eq!(browser.text(PAUSED).await, None);
}

/// A panel of a long window is composed of buckets and publications every few seconds.
#[tokio::test]
async fn a_paused_board_of_a_long_window_stands_still_and_does_so_in_a_shorter_one() {
    let server = Server::start(&["--no-host"]);
    let browser = open_at(&format!("{}/#window=360", server.url())).await;
    for n in 0..4 {
        server.publish("kitchen/temp", &json!(n)).await;
    }
    browser.text_becomes(&figure("kitchen/temp"), |text| text.starts_with('3')).await;
    press(&browser, "p").await;
    browser.text_becomes(STATE, |text| text.contains("Paused at ")).await;
    server.publish("kitchen/temp", &json!(99)).await;
    browser.text_becomes(PAUSED, |text| text.contains("1 publication waits")).await;
    tokio::time::sleep(Duration::from_millis(6_500)).await;
    let shown = || async { browser.text(&figure("kitchen/temp")).await.unwrap_or_default() };
    assert!(shown().await.starts_with('3'), "in the long window: {}", shown().await);

    press(&browser, "2").await;
    browser.is_true("!location.href.includes('window=360')").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(shown().await.starts_with('3'), "in the short window: {}", shown().await);
    browser.text_becomes(STATE, |text| text.contains("Paused at ")).await;

    press(&browser, "p").await;
    browser.text_becomes(&figure("kitchen/temp"), |text| text.starts_with("99")).await;
}

#[tokio::test]
async fn a_change_of_the_time_zone_is_followed_and_times_can_be_shown_in_utc() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let zone =
        |name: &'static str| browser.devtools("Emulation.setTimezoneOverride", json!({"timezoneId": name}));
    zone("Asia/Kolkata").await;
    browser.text_becomes(ZONE, |text| text == "UTC+5:30").await;
    server.publish("shop/log", &json!("order number 1 has been paid by card, no receipt")).await;
    let time = format!("{} time", panel("shop/log"));
    let (in_kolkata, _) = browser.text_becomes(&time, |text| text.len() > 8).await;

    zone("Asia/Tokyo").await;
    browser.text_becomes(ZONE, |text| text == "UTC+9").await;
    let shifted = |text: &str, minutes: i64| {
        minutes_of_day(text) == (minutes_of_day(&in_kolkata) + minutes).rem_euclid(1_440)
    };
    browser.text_becomes(&time, |text| shifted(text, 210)).await;

    browser.value(&format!("document.querySelector('{ZONE}').click()")).await;
    browser.text_becomes(ZONE, |text| text == "UTC").await;
    browser.text_becomes(&time, |text| shifted(text, -330)).await;
    browser.driver.refresh().await.expect("the page opens");
    browser.text_becomes(ZONE, |text| text == "UTC").await;
}

/// Returns the minutes since midnight for a text such as `10:42:07.114`.
fn minutes_of_day(time: &str) -> i64 {
    let mut parts = time.split(':').map(|part| part.parse::<i64>().unwrap_or(-1));
    parts.next().unwrap_or(-1) * 60 + parts.next().unwrap_or(-1)
}

#[tokio::test]
async fn after_a_burst_the_last_line_is_the_newest() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    browser.text_becomes(STATE, |text| text.contains("Live")).await;
    let mut pipe = Command::new(setting("TICKERTAPE_BIN"))
        .args(["pipe", "burst/count", "--url", &format!("{}/ws", server.url().replace("http", "ws"))])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let lines: String = (1..=1_000).map(|n| format!("{n}\n")).collect();
    pipe.stdin.take().expect("piped").write_all(lines.as_bytes()).expect("written");
    assert!(pipe.wait().expect("it ends").success());
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    browser.text_becomes(&figure("burst/count"), |text| digits(text) == "1000").await;
    // The page requests older publications afterwards. None of them may be shown as the newest.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let shown = browser.text(&figure("burst/count")).await.unwrap_or_default();
    assert_eq!(digits(&shown), "1000", "{shown}");
}

#[tokio::test]
async fn topics_beyond_the_limit_are_counted_and_a_search_finds_them() {
    let server = Server::start(&["--no-host"]);
    server.publish_all((0..2_003).map(|n| (format!("many/topic-{n:04}"), json!(n)))).await;
    let browser = open(&server).await;
    let (words, _) =
        browser.text_becomes("[data-testid=left-out] summary", |text| text.contains("3 more topics")).await;
    assert_eq!(words, "3 more topics have no panel");
    let name = browser.text("[data-testid=left-out] li button").await.unwrap_or_default();
    browser
        .value(&format!(
            "(() => {{ const field = document.querySelector('[data-testid=filter]'); field.value = '{name}';
                field.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
        ))
        .await;
    let number = name.rsplit('-').next().and_then(|digits| digits.parse::<u32>().ok()).expect("a number");
    browser.text_becomes(&figure(&name), |text| text.trim().starts_with(&number.to_string())).await;
    browser.screenshot("honest-found").await;
}

#[tokio::test]
async fn a_chart_out_of_sight_tells_screen_readers_the_newest_value_and_is_drawn_when_scrolled_to() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    for topic in 0..40 {
        server.publish(&format!("far/{topic:02}"), &json!({"in": 1, "out": 2})).await;
    }
    let last = panel("far/39");
    browser.appears(&last).await;
    let label =
        format!("document.querySelector('{} .plot').getAttribute('aria-label')", last.replace('"', "\\\""));
    let label = label.replace("\\\"", "\"");
    let says = async |words: &str| {
        wait::until(&format!("the label says {words}"), TIMEOUT, || async {
            browser.value(&label).await.as_str().filter(|text| text.contains(words)).map(str::to_string)
        })
        .await
    };
    says("in 1").await;
    server.publish("far/39", &json!({"in": 7, "out": 8})).await;
    says("in 7, out 8").await;
    // A panel is updated only while it is in sight.
    browser.value(&label.replace(".getAttribute('aria-label')", ".scrollIntoView()")).await;
    browser.text_becomes(&legend("far/39"), |text| text.contains('7') && text.contains('8')).await;
}
