//! Tests the kinds of panels that a publisher or a board document has to choose: areas, stacks, bars, steps, logarithmic axes,
//! gauges, lists of bars, heat maps and timelines.

use e2e::board::{open, open_at, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use crate::kept::now_ms;

/// Number of publications of each topic.
const COUNT: i64 = 120;
/// Time between two publications in milliseconds.
const EVERY_MS: i64 = 2_000;
/// JavaScript function that counts the pixels of a panel's canvas that are painted.
const PAINTED: &str = "((topic) => {
    const canvas = document.querySelector(`[data-topic=\"${topic}\"] canvas`);
    if (!canvas?.width) return 0;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 3; at < data.length; at += 4) count += data[at] > 20;
    return count; })";

/// Publishes a value for each of the last minutes to a topic, whose name may have parameters. `value` gets a number that
/// rises with each publication.
pub async fn fill(server: &Server, topic: &str, value: impl Fn(i64) -> Value) {
    let now = now_ms();
    let line = |n: i64| json!({"ts": now - (COUNT - 1 - n) * EVERY_MS, "data": value(n)}).to_string();
    let body = (0..COUNT).map(line).collect::<Vec<_>>().join("\n");
    let url = format!("{}/topics/{topic}", server.url());
    let answer = reqwest::Client::new().post(url).body(body).send().await.expect("the server answers");
    assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
}

pub fn wave(n: i64, shift: i64) -> i64 {
    let at = (n + shift).rem_euclid(40);
    at.min(40 - at)
}

/// Publishes to a topic for each kind, which the publisher asks for.
pub async fn publish_all(server: &Server) {
    let load = |n| json!({"user": 20 + wave(n, 0), "system": 10 + wave(n, 9) / 2, "iowait": wave(n, 20) / 4});
    fill(server, "lab/area?panel=area&unit=%25", load).await;
    let gap = |n| {
        let other = if (50..65).contains(&n) { Value::Null } else { json!(10 + wave(n, 9) / 2) };
        json!({"2xx": 400 + 9 * wave(n, 0), "3xx": other, "5xx": wave(n, 30)})
    };
    fill(server, "lab/stacked?panel=stacked&label=requests+a+second", gap).await;
    fill(server, "lab/bars?panel=bars", |n| json!(60 + 2 * wave(n, 3))).await;
    fill(server, "lab/step?panel=step", |n| json!({"workers": 4 + n / 20, "waiting": 9 - wave(n, 0) / 6}))
        .await;
    let latency =
        |n| json!({"p50": 3 + wave(n, 0), "p99": if n == 30 || n == 31 { 0 } else { 20 + (n * n) % 4_000 }});
    fill(server, "lab/log?scale=log&unit=ms", latency).await;
    fill(server, "lab/gauge?panel=gauge&unit=°C&min=20&max=100&target=85", |n| {
        json!(51.5 + wave(n, 0) as f64)
    })
    .await;
    let disks = |n: i64| json!({"/": 61.2, "/var": 78.0, "/srv": 43.9, "/backup": 80.4 + n as f64 / 15.0});
    fill(server, "lab/list?panel=list&unit=%25&target=90", disks).await;
    let sensors = |n| {
        let named = (0..14).map(|row| (format!("sensor {row}"), json!(wave(n, 4 * row) * 5 / 2)));
        Value::Object(named.collect())
    };
    fill(server, "lab/heatmap?panel=heatmap&unit=%25&min=0&max=100", sensors).await;
    let vans = |n: i64| {
        let state = |row: i64| match (n / 15 + row).rem_euclid(4) {
            0 => "moving",
            1 => "idle",
            2 if row == 2 => "down",
            2 => "moving",
            _ => "charging",
        };
        Value::Object((0..8).map(|row| (format!("van {}", row + 1), json!(state(row)))).collect())
    };
    fill(server, "lab/timeline?panel=timeline&warning=charging", vans).await;
}

async fn painted(browser: &Browser, topic: &str) -> u64 {
    browser.value(&format!("{PAINTED}({})", Value::from(topic))).await.as_u64().unwrap_or(0)
}

async fn is_painted(browser: &Browser, topic: &str) {
    wait::until(&format!("{topic} is drawn"), TIMEOUT, || async {
        (painted(browser, topic).await > 500).then_some(())
    })
    .await;
}

/// Returns a text with ordinary spaces, as the test writes them.
fn plain(text: &str) -> String {
    text.replace(['\u{202f}', '\u{a0}'], " ")
}

async fn attribute(browser: &Browser, selector: &str, name: &str) -> String {
    let script = format!("document.querySelector({})?.getAttribute('{name}')", Value::from(selector));
    plain(browser.value(&script).await.as_str().unwrap_or_default())
}

async fn attribute_becomes(browser: &Browser, selector: &str, name: &str, condition: impl Fn(&str) -> bool) {
    wait::until(&format!("{name} of {selector} says what it should"), TIMEOUT, || async {
        let text = attribute(browser, selector, name).await;
        condition(&text).then_some(())
    })
    .await;
}

#[tokio::test]
async fn each_kind_that_a_publisher_asks_for_shows_its_data_and_says_it_in_words() {
    let server = Server::start(&["--no-host"]);
    publish_all(&server).await;
    let browser = Browser::open(1920, 1080).await;
    browser.listen_for_complaints().await;
    browser.driver.goto(server.url().as_str()).await.expect("the page opens");
    for kind in ["area", "stacked", "bars", "step", "gauge", "list", "heatmap", "timeline"] {
        browser.appears(&format!("{}[data-kind={kind}]", panel(&format!("lab/{kind}")))).await;
    }
    for topic in ["lab/area", "lab/stacked", "lab/bars", "lab/step", "lab/log", "lab/heatmap"] {
        is_painted(&browser, topic).await;
        let label = format!("{} .plot", panel(topic));
        attribute_becomes(&browser, &label, "aria-label", |text| text.contains(", chart. Latest: ")).await;
    }
    let note = |topic: &str| format!("{} [data-testid=chart-note]", panel(topic));
    browser.text_becomes(&note("lab/log"), |text| text.contains("2 values of 0 or below are left out")).await;
    browser
        .text_becomes(&note("lab/bars"), |text| plain(text).contains("Bars of 5 s: solid to the lowest"))
        .await;

    let gauge = format!("{} [role=meter]", panel("lab/gauge"));
    let words = "52.5 °C, on a scale from 20 to 100, target 85 °C";
    attribute_becomes(&browser, &gauge, "aria-valuetext", |text| text == words).await;
    browser
        .text_becomes(&format!("{} [data-testid=gauge-note]", panel("lab/gauge")), |text| {
            text.contains("target")
        })
        .await;

    let list = format!("{} tbody", panel("lab/list"));
    browser.text_becomes(&list, |text| text.starts_with("/backup88.3")).await;
    let (list, _) = browser.text_becomes(&list, |text| text.contains("/srv")).await;
    let places: Vec<usize> = ["/backup", "/var", "/srv"].iter().filter_map(|name| list.find(name)).collect();
    assert!(places.len() == 3 && places.is_sorted(), "the largest is first: {list}");
    browser
        .text_becomes(&format!("{} [data-testid=list-note]", panel("lab/list")), |text| {
            text.contains("target")
        })
        .await;

    let scale = format!("{} [data-testid=heat-scale]", panel("lab/heatmap"));
    browser
        .text_becomes(&scale, |text| text.contains("100") && plain(text).contains("highest of each 5 s"))
        .await;

    let rows = format!("{} tbody", panel("lab/timeline"));
    browser.text_becomes(&rows, |text| text.contains("van 8") && text.contains("then")).await;
    let state = format!("{} tbody tr:nth-child(1) .state-word", panel("lab/timeline"));
    browser.text_becomes(&state, |text| text == "charging").await;
    browser
        .text_becomes(&format!("{} [data-testid=timeline-keys]", panel("lab/timeline")), |text| {
            text.contains("moving")
        })
        .await;
    let runs = format!("document.querySelectorAll('{} .strip .run').length", panel("lab/timeline"));
    wait::until("states are drawn", TIMEOUT, || async {
        (browser.value(&runs).await.as_u64().unwrap_or(0) > 40).then_some(())
    })
    .await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    pictures(&browser, "kinds").await;
}

/// Takes pictures for people in light, in dark, and with forced colours.
async fn pictures(browser: &Browser, name: &str) {
    browser.screenshot(&format!("{name}-light")).await;
    browser.prefer("dark").await;
    browser.screenshot(&format!("{name}-dark")).await;
    let features = json!({"features": [{"name": "forced-colors", "value": "active"}]});
    browser.devtools("Emulation.setEmulatedMedia", features).await;
    browser.screenshot(&format!("{name}-forced")).await;
    browser.devtools("Emulation.setEmulatedMedia", json!({"features": []})).await;
}

#[tokio::test]
async fn a_document_chooses_kinds_and_a_chart_of_any_kind_has_a_table_with_its_numbers() {
    let server = Server::start(&["--no-host"]);
    let names = ["line", "area", "stacked", "bars", "step", "heatmap"];
    for name in names {
        fill(&server, &format!("shop/{name}"), |n| json!({"in": 100 + n, "out": 1_000 - n})).await;
    }
    fill(&server, "shop/gauge", |n| json!(n)).await;
    fill(&server, "shop/list", |n| json!({"in": n, "out": 1})).await;
    fill(&server, "shop/timeline", |n| json!({"door": n > 60, "lock": "closed"})).await;
    let chosen = names.into_iter().chain(["gauge", "list", "timeline"]);
    let panels: Vec<Value> = chosen
        .clone()
        .map(|kind| match kind {
            "line" => json!({"sources": [{"topic": "shop/line"}], "kind": "line", "scale": "log"}),
            "gauge" => json!({"sources": [{"topic": "shop/gauge"}], "kind": kind, "min": 0, "max": 200, "target": 150}),
            kind => json!({"sources": [{"topic": format!("shop/{kind}")}], "kind": kind}),
        })
        .collect();
    let board = json!({"version": 1, "panels": panels}).to_string();
    let mut url = reqwest::Url::parse(&server.url()).expect("an address");
    url.query_pairs_mut().append_pair("board", &board);
    let browser = open_at(url.as_str()).await;
    for kind in chosen {
        browser.appears(&format!("{}[data-kind={kind}]", panel(&format!("shop/{kind}")))).await;
    }
    let gauge = format!("{} [role=meter]", panel("shop/gauge"));
    attribute_becomes(&browser, &gauge, "aria-valuetext", |text| {
        text == "119, on a scale from 0 to 200, target 150"
    })
    .await;
    // The publications that came before the kind was chosen are loaded again.
    let rows = format!("{} tbody", panel("shop/timeline"));
    browser.text_becomes(&rows, |text| text.contains("door") && text.contains("false, then true")).await;
    for name in names {
        let topic = format!("shop/{name}");
        is_painted(&browser, &topic).await;
        let table = format!("{} .twin-switch", panel(&topic));
        browser.value(&format!("document.querySelector({}).click()", Value::from(table))).await;
        browser
            .text_becomes(&format!("{} .twin tbody", panel(&topic)), |text| {
                text.contains("219") && text.contains("881")
            })
            .await;
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_list_does_not_change_its_order_while_a_pointer_rests_on_it() {
    let server = Server::start(&["--no-host"]);
    server.publish("shop/disks?panel=list", &json!({"a": 3, "b": 2, "c": 1})).await;
    let browser = open(&server).await;
    let list = format!("{} tbody", panel("shop/disks"));
    browser.text_becomes(&list, |text| text == "a3b2c1").await;
    let rows =
        browser.driver.find(By::Css(format!("{} .bar-list", panel("shop/disks")))).await.expect("the list");
    browser.driver.action_chain().move_to_element_center(&rows).perform().await.expect("the pointer moves");
    let note = format!("{} [data-testid=list-note]", panel("shop/disks"));
    browser.text_becomes(&note, |text| text.contains("the order is held")).await;
    server.publish("shop/disks", &json!({"a": 3, "b": 2, "c": 9})).await;
    browser.text_becomes(&list, |text| text == "a3b2c9").await;
    let header = browser.driver.find(By::Css("header")).await.expect("the header");
    browser.driver.action_chain().move_to_element_center(&header).perform().await.expect("the pointer moves");
    browser.text_becomes(&list, |text| text == "c9a3b2").await;
}
