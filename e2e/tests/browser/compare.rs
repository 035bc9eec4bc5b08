//! Tests panels of several topics, derived series, and comparisons with an earlier time.

use e2e::board::{is_loaded, open, open_at, panel, seconds_pass};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use crate::boards::shows;

const ARRANGING: &str = "[data-testid=arranging]";

async fn server() -> Server {
    let server = Server::start(&["--no-host"]);
    for name in ["host/cpu", "host/mem", "host/net"] {
        server.publish(name, &json!({"in": 1, "out": 2})).await;
    }
    server.publish("host/log", &json!("a line of a log that is too long to be a state")).await;
    server
}

/// Returns the names of the series in the legend of a panel.
async fn legend(browser: &Browser, topic: &str) -> Vec<String> {
    let names = format!(
        "[...document.querySelectorAll('{} .keys .key > span')].map((name) => name.textContent)",
        panel(topic)
    );
    let names = browser.value(&names).await;
    names.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

async fn legend_becomes(browser: &Browser, topic: &str, expected: &[&str]) {
    wait::until(&format!("the legend of {topic} is {expected:?}"), TIMEOUT, || async {
        (legend(browser, topic).await == expected).then_some(())
    })
    .await;
}

async fn chip_becomes(browser: &Browser, topic: &str, is_expected: impl Fn(&str) -> bool) {
    browser.text_becomes(&(panel(topic) + " [data-testid=freshness]"), is_expected).await;
}

#[tokio::test]
async fn two_topics_are_compared_in_one_panel_with_the_keyboard_alone() {
    let server = server().await;
    let browser = open(&server).await;
    shows(&browser, &["host/cpu", "host/log", "host/mem", "host/net"]).await;
    browser.keys("e").await;
    browser.appears(ARRANGING).await;

    // A log has no numbers, so it is not joined, and the reader is told why.
    browser.tab_to(&panel("host/cpu")).await;
    browser.keys("j").await;
    browser.text_becomes("[data-testid=moved]", |text| text.contains("host/log has no numbers")).await;
    shows(&browser, &["host/cpu", "host/log", "host/mem", "host/net"]).await;

    browser.tab_to(&panel("host/mem")).await;
    browser.keys("j").await;
    shows(&browser, &["host/cpu", "host/log", "host/mem"]).await;
    browser
        .text_becomes("[data-testid=moved]", |text| text.contains("the panel shows host/mem, host/net"))
        .await;
    let joined = ["mem: in", "mem: out", "net: in", "net: out"];
    legend_becomes(&browser, "host/mem", &joined).await;
    let name = browser.value(&format!("document.querySelector('{}').ariaLabel", panel("host/mem"))).await;
    assert_eq!(name, "host/mem, host/net", "screen readers are told both topics");
    browser.text_becomes(&(panel("host/mem") + " .name"), |text| text.contains("mem, net")).await;

    // What is published to either topic arrives in the panel.
    server.publish("host/net", &json!({"in": 7777, "out": 8888})).await;
    browser
        .text_becomes(&(panel("host/mem") + " .legend"), |text| {
            text.contains("8888") || text.contains("8\u{202f}888")
        })
        .await;
    browser.screenshot("two-topics-in-one-panel").await;

    // The panel has the focus still. It is split again, and the split is undone.
    browser.keys("u").await;
    shows(&browser, &["host/cpu", "host/log", "host/mem", "host/net"]).await;
    legend_becomes(&browser, "host/mem", &["in", "out"]).await;
    browser.tab_to("[data-testid=undo]").await;
    browser.keys(Key::Enter + "").await;
    legend_becomes(&browser, "host/mem", &joined).await;

    browser.driver.refresh().await.unwrap();
    legend_becomes(&browser, "host/mem", &joined).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_panel_is_dragged_onto_the_middle_of_another_one() {
    let server = server().await;
    let browser = open(&server).await;
    shows(&browser, &["host/cpu", "host/log", "host/mem", "host/net"]).await;
    browser.driver.find(By::Css("[data-testid=arrange]")).await.unwrap().click().await.unwrap();
    browser.appears(ARRANGING).await;
    let element = async |topic: &str| browser.driver.find(By::Css(panel(topic))).await.unwrap();
    let (from, onto) = (element("host/net").await, element("host/cpu").await);
    let chain = browser.driver.action_chain();
    let chain = chain.move_to_element_center(&from).click_and_hold().move_to_element_center(&onto);
    chain.release().perform().await.unwrap();
    legend_becomes(&browser, "host/cpu", &["cpu: in", "cpu: out", "net: in", "net: out"]).await;
    shows(&browser, &["host/cpu", "host/log", "host/mem"]).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Saves a board, and opens it.
async fn open_board(server: &Server, panels: Value) -> Browser {
    let url = format!("{}/boards/shop", server.url());
    let document = json!({"version": 1, "new_topics": "hide", "panels": panels}).to_string();
    let saved = reqwest::Client::new().put(&url).body(document).send().await.unwrap();
    assert_eq!(saved.status(), 200);
    open_at(&format!("{}/?board=shop", server.url())).await
}

#[tokio::test]
async fn a_panel_names_the_topic_that_is_not_there_and_shows_the_others() {
    let server = server().await;
    let sources = json!([{"topic": "host/cpu", "series": ["out"]}, {"topic": "host/gpu"}]);
    let browser = open_board(&server, json!([{"sources": sources}])).await;
    legend_becomes(&browser, "host/cpu", &["cpu: out"]).await;
    chip_becomes(&browser, "host/cpu", |text| text == "host/gpu is not there").await;
    server.publish("host/gpu", &json!({"load": 4})).await;
    legend_becomes(&browser, "host/cpu", &["cpu: out", "gpu: load"]).await;
    chip_becomes(&browser, "host/cpu", |text| !text.contains("not there")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_rate_of_a_counter_stands_beside_the_counter_itself() {
    let server = Server::start(&["--no-host"]);
    let browser = open_board(
        &server,
        json!([
            {"sources": [{"topic": "net"}], "title": "Bytes"},
            {"sources": [{"topic": "net", "derive": [{"rate": "second"}]}], "kind": "line", "title": "Rate"},
        ]),
    )
    .await;
    for count in [1_000, 3_000, 7_000] {
        server.publish("net", &json!({"bytes": count})).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    legend_becomes(&browser, "net.2", &["bytes, per second"]).await;
    browser.text_becomes(&(panel("net.2") + " .name"), |text| text.contains("Rate")).await;
    wait::until("the rate has a value", TIMEOUT, || async {
        let value = browser.text(&(panel("net.2") + " .keys .key > b")).await?;
        (value.contains("/s") && !value.contains('–')).then_some(())
    })
    .await;
    // The counter begins anew: a reset is no negative rate.
    server.publish("net", &json!({"bytes": 5})).await;
    wait::until("there is no rate at a reset", TIMEOUT, || async {
        let value = browser.text(&(panel("net.2") + " .keys .key > b")).await?;
        value.contains('–').then_some(())
    })
    .await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_panel_that_is_compared_says_that_nothing_is_kept_of_the_earlier_time() {
    let server = server().await;
    let panels = json!([{"sources": [{"topic": "host/cpu"}], "compare_ms": 86_400_000}]);
    let browser = open_board(&server, panels).await;
    legend_becomes(&browser, "host/cpu", &["in", "out"]).await;
    chip_becomes(&browser, "host/cpu", |text| text == "nothing kept of a day ago").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_series_is_drawn_once_more_as_it_was_an_hour_ago() {
    let server = server().await;
    let now_ms = i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let url = format!("{}/topics/load", server.url());
    let line = |second: i64| {
        json!({"data": {"a": 40 + second % 7}, "ts": now_ms - 3_600_000 - second * 1_000}).to_string()
    };
    let lines: Vec<String> = (0..240).rev().step_by(5).map(line).collect();
    let sent = reqwest::Client::new().post(&url).body(lines.join("\n")).send().await.unwrap();
    assert_eq!(sent.status(), 200);
    server.publish("load", &json!({"a": 41})).await;
    let panels = json!([{"sources": [{"topic": "load"}], "compare_ms": 3_600_000, "kind": "line"}]);
    let browser = open_board(&server, panels).await;
    legend_becomes(&browser, "load", &["a", "a, an hour ago"]).await;
    browser.screenshot("an-hour-ago").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_topic_in_several_panels_is_counted_once_and_only_for_the_series_that_they_show() {
    const COUNT: &str = "document.title.match(/^\\((\\d+)\\) /)?.[1] ?? 'none'";
    let some = |series: &str| json!({"sources": [{"topic": "net", "series": [series]}]});
    let whole = json!({"sources": [{"topic": "net"}]});
    let compared = json!({"sources": [{"topic": "net"}], "compare_ms": 3_600_000});
    for (panels, count, words) in [
        (json!([whole, compared]), "1", "2 in trouble"),
        (json!([some("a"), some("b")]), "1", "1 in trouble"),
        (json!([some("b")]), "none", ""),
    ] {
        let server = Server::start(&["--no-host"]);
        server.publish("net?above=30", &json!({"a": 40, "b": 2})).await;
        let browser = open_board(&server, panels.clone()).await;
        chip_becomes(&browser, "net", |text| text.contains("over 30") == (count == "1")).await;
        // The code that looks for trouble is loaded with the controls. It looks once a second.
        is_loaded(&browser).await;
        seconds_pass(&browser, 2.5).await;
        browser.becomes(&format!("the title counts the trouble of {panels}"), COUNT, json!(count)).await;
        assert_eq!(browser.complaints().await, Vec::<String>::new());
        browser.keys("w").await;
        browser.appears("html[data-wall]").await;
        seconds_pass(&browser, 2.5).await;
        browser.text_becomes("[data-testid=wall-trouble]", |text| text == words).await;
    }
}

#[tokio::test]
async fn lines_of_several_logs_are_one_log_and_states_of_several_topics_one_timeline() {
    let server = Server::start(&["--no-host"]);
    let text = "a line of a log that is too long to be a state";
    for (topic, data) in
        [("web/api", text), ("web/edge", text), ("door/north", "open"), ("door/south", "closed")]
    {
        server.publish(topic, &json!(data)).await;
    }
    // A list at the top would be several publications.
    server.publish("jobs", &json!([[{"queue": "mail", "depth": 3}]])).await;
    let log = json!({"sources": [{"topic": "web/api"}, {"topic": "web/edge"}, {"topic": "jobs"}]});
    let doors = json!({"sources": [{"topic": "door/north"}, {"topic": "door/south"}]});
    let browser = open_board(&server, json!([log, doors])).await;
    let topics = format!(
        "[...document.querySelectorAll('{} .log .of')].map((topic) => topic.textContent).join()",
        panel("web/api")
    );
    browser.becomes("the topics of the lines", &topics, json!("edge,api")).await;
    server.publish("web/api", &json!({"level": "error", "message": "card refused"})).await;
    browser.becomes("the topics of the lines", &topics, json!("api,edge,api")).await;
    chip_becomes(&browser, "web/api", |text| text == "jobs is a table, and tables cannot be merged").await;

    let rows = format!(
        "[...document.querySelectorAll('{} .things tbody tr')].map((row) => row.textContent.includes('open') + row.querySelector('th').textContent).join()",
        panel("door/north")
    );
    browser.becomes("the rows", &rows, json!("truenorth,falsesouth")).await;
    server.publish("door/south", &json!("open")).await;
    browser.becomes("the rows", &rows, json!("truenorth,truesouth")).await;
    browser.screenshot("logs-and-states-of-several-topics").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn two_logs_are_joined_with_the_keyboard() {
    let server = Server::start(&["--no-host"]);
    for topic in ["web/api", "web/edge"] {
        server.publish(topic, &json!("a line of a log that is too long to be a state")).await;
    }
    let browser = open(&server).await;
    shows(&browser, &["web/api", "web/edge"]).await;
    browser.keys("e").await;
    browser.appears(ARRANGING).await;
    browser.tab_to(&panel("web/api")).await;
    browser.keys("j").await;
    shows(&browser, &["web/api"]).await;
    let topics = "[...document.querySelectorAll('.log .of')].map((topic) => topic.textContent).join()";
    browser.becomes("the topics of the lines", topics, json!("edge,api")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
