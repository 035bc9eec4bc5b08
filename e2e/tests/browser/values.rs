//! Tests that the board shows values as they were sent: series that stop, words instead of numbers, large and small numbers, wide
//! tables.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use e2e::board::{open, panel};
use e2e::browser::TIMEOUT;
use e2e::server::Server;
use e2e::{setting, wait};
use serde_json::{Map, Value, json};

fn chip(topic: &str) -> String {
    format!("{} [data-testid=freshness]", panel(topic))
}

fn figure(topic: &str) -> String {
    format!("{} [data-testid=value]", panel(topic))
}

fn legend(topic: &str) -> String {
    format!("{} [data-testid=legend]", panel(topic))
}

/// Returns the text with every kind of space, such as a no-break space, replaced by an ordinary one.
fn plain(text: &str) -> String {
    text.replace(['\u{202f}', '\u{a0}'], " ")
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since.as_millis()).expect("a clock before the year 292 million")
}

#[tokio::test]
async fn each_of_forty_series_can_be_seen() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let cores: Map<String, Value> = (0..40).map(|core| (format!("core {core}"), json!(core))).collect();
    for _ in 0..3 {
        server.publish("lab/cores", &Value::Object(cores.clone())).await;
    }
    browser
        .text_becomes(&format!("{} [data-testid=more-series]", panel("lab/cores")), |text| text == "+32")
        .await;
    browser.appears(&format!("{} .keys[role=group]", panel("lab/cores"))).await;
    browser
        .value(&format!("document.querySelector('{} [data-testid=more-series]').click()", panel("lab/cores")))
        .await;
    let list = format!("{} [data-testid=all-series]", panel("lab/cores"));
    browser.text_becomes(&list, |text| text.contains("40 series") && text.contains("core 39")).await;
    browser.screenshot("honest-forty").await;
}

#[tokio::test]
async fn a_series_that_stopped_has_a_dash_and_its_age_in_the_legend() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    for n in 0..4 {
        server.publish("lab/containers", &json!({"web": n, "db": 41})).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    browser.text_becomes(&legend("lab/containers"), |text| text.contains("41")).await;
    let (_, took) = wait::until("the legend says that db stopped", Duration::from_secs(60), || async {
        server.publish("lab/containers", &json!({"web": 10})).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        browser
            .text(&legend("lab/containers"))
            .await
            .filter(|text| !text.contains("41") && text.contains('–'))
    })
    .await;
    assert!(took > Duration::from_secs(1), "not at once: {took:?}");
    browser.screenshot("honest-stopped").await;
}

#[tokio::test]
async fn a_newest_value_that_is_no_number_is_what_the_figure_shows() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    for n in 1..=6 {
        server.publish("lab/temp", &json!(20.5 + f64::from(n))).await;
    }
    browser.text_becomes(&figure("lab/temp"), |text| text.starts_with("26.5")).await;
    server.publish("lab/temp", &json!("unavailable")).await;
    browser.text_becomes(&figure("lab/temp"), |text| text.trim() == "unavailable").await;
    server.publish("lab/temp", &json!(21.5)).await;
    browser
        .text_becomes(&figure("lab/temp"), |text| text.starts_with("21.5") && !text.contains("21.50"))
        .await;
}

#[tokio::test]
async fn a_publisher_whose_clock_is_fast_is_named_and_its_newest_value_is_shown() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let mut sent = 0;
    wait::until("the panel names the clock", TIMEOUT, || {
        sent += 1;
        let (server, browser, n) = (&server, &browser, sent);
        async move {
            server.publish("lab/ahead", &json!({"data": n, "ts": now_ms() + 240_000})).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            let text = browser.text(&chip("lab/ahead")).await?;
            (text.contains("clock") && text.contains("fast")).then_some(())
        }
    })
    .await;
    browser.text_becomes(&figure("lab/ahead"), |text| text.trim() == sent.to_string()).await;
    browser.screenshot("honest-fast-clock").await;
}

#[tokio::test]
async fn numbers_are_shown_to_the_digits_that_were_sent_however_large_or_small() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let cases = [
        ("uptime?unit=%25", "99.96", "99.96 %"),
        ("loss?unit=%25", "0.035", "0.035 %"),
        ("temp", "21.5", "21.5"),
        ("leak?unit=A", "3.1e-12", "3.1 pA"),
        ("mass", "1.7976931348623157e308", "× 10³⁰⁸"),
        ("tiny", "3.1e-12", "3.1 × 10⁻¹²"),
    ];
    for (topic, number, _) in cases {
        let url = format!("{}/topics/num/{topic}", server.url());
        let response =
            reqwest::Client::new().post(url).body(number).send().await.expect("the server answers");
        assert_eq!(response.status(), 200);
    }
    for (topic, _, shown) in cases {
        let topic = format!("num/{}", topic.split('?').next().unwrap_or(topic));
        browser.text_becomes(&figure(&topic), |text| plain(text).contains(shown)).await;
    }
    browser.screenshot("honest-numbers").await;
}

#[tokio::test]
async fn a_table_says_which_rows_and_columns_it_leaves_out_and_shows_ids_in_full() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let wide: Map<String, Value> =
        (0..45).map(|n| (format!("column {n:02}"), json!(1_482_907 + n))).collect();
    server.publish("lab/wide", &json!({"data": [wide]})).await;
    let long: Vec<Value> = (0..600).map(|row| json!({"pid": row})).collect();
    server.publish("lab/long", &json!({ "data": long })).await;
    browser.text_becomes(&panel("lab/wide"), |text| text.contains("1482907")).await;
    let note = |topic: &str| format!("{} .note", panel(topic));
    browser.text_becomes(&note("lab/wide"), |text| text.contains("5 columns more")).await;
    browser.text_becomes(&note("lab/long"), |text| text.contains("100 rows more")).await;
    browser.screenshot("honest-wide").await;
    let open = format!("document.querySelector('{} .note button').click()", panel("lab/wide"));
    browser.value(&open).await;
    let all = format!("{} [data-testid=all-data]:popover-open", panel("lab/wide"));
    browser.text_becomes(&all, |text| text.contains("\"column 44\":1482951")).await;
    browser.screenshot("honest-wide-all").await;
}

#[tokio::test]
async fn a_publisher_says_which_states_are_good_a_warning_or_bad() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    server.publish("door/plain", &json!("open")).await;
    let of = |topic: &str, class: &str| format!("{} .state-big.is-{class}", panel(topic));
    browser.appears(&of("door/plain", "neutral")).await;
    for (state, class) in [("closed", "good"), ("ajar", "warning"), ("open", "bad")] {
        server.publish("door/told?good=closed&warning=ajar&bad=open", &json!(state)).await;
        browser.text_becomes(&of("door/told", class), |text| text == state).await;
    }
    // The publisher may send the meaning of a state later than the state itself.
    server.publish("door/plain?bad=open", &json!("open")).await;
    browser.appears(&of("door/plain", "bad")).await;
    browser.screenshot("honest-states").await;
}

#[tokio::test]
async fn series_in_several_units_are_read_in_their_own_unit_and_have_room_for_an_axis_each() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let input = "load=37 % power=71.20 W mem=1204 MiB fan=1200\n";
    for n in 0..3 {
        let lines = input.replace("37", &(37 + n).to_string());
        pipe(&server, "gpu/all", &lines);
        pipe(&server, "gpu/two", &format!("load={} % power={} W\n", 40 + n, 60 + 3 * n));
    }
    browser
        .text_becomes(&legend("gpu/all"), |text| plain(text).contains("71.20 W") && text.contains("39"))
        .await;
    // The board has so many other panels that its shelves have the usual height.
    for number in 0..20 {
        server.publish(&format!("other/panel{number}"), &json!({"a": number, "b": 2})).await;
    }
    let height = |topic| format!("document.querySelector('{}')?.offsetHeight", panel(topic));
    let is_double = format!("{} >= 2 * {}", height("gpu/all"), height("other/panel19"));
    browser.becomes("the chart of four axes is twice as high", &is_double, true).await;
    let switch = format!("document.querySelector('{} .twin-switch').click()", panel("gpu/all"));
    browser.screenshot("honest-units").await;
    browser.value(&switch).await;
    browser
        .text_becomes(&format!("{} .twin", panel("gpu/all")), |text| {
            text.contains("power (W)") && text.contains("71.20")
        })
        .await;
}

/// Publishes `lines` to `topic` with the program `tickertape pipe`.
fn pipe(server: &Server, topic: &str, lines: &str) {
    let mut pipe = Command::new(setting("TICKERTAPE_BIN"))
        .args(["pipe", topic, "--url", &format!("{}/ws", server.url().replace("http", "ws"))])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the program starts");
    pipe.stdin.take().expect("piped").write_all(lines.as_bytes()).expect("written");
    assert!(pipe.wait().expect("it ends").success());
}

#[tokio::test]
async fn with_forced_colours_series_and_states_can_still_be_told_apart() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    for n in 0..3 {
        server.publish("lab/two", &json!({"in": n, "out": 9 - n})).await;
        server.publish("lab/log", &json!({"level": "error", "message": format!("order {n} failed")})).await;
        server.publish("lab/door", &json!("failed")).await;
    }
    let key = format!("{} .keys .key:nth-child(2)", panel("lab/two"));
    let (run, line) = (format!("{} .strip .run", panel("lab/door")), format!("{} .log li", panel("lab/log")));
    for selector in [&key, &run, &line] {
        browser.appears(selector).await;
    }
    let features = json!({"features": [{"name": "forced-colors", "value": "active"}]});
    browser.devtools("Emulation.setEmulatedMedia", features).await;
    let colour = |selector: &str, part: &str| {
        let script =
            format!("getComputedStyle(document.querySelector('{selector}'), '{part}').backgroundColor");
        let browser = &browser;
        async move { browser.value(&script).await.to_string() }
    };
    // All lines have the system's colour for text then. Their markers and dashes differ, in the legend as in the chart.
    let swatch = |selector: &str| {
        let script = format!(
            "(() => {{ const [line, marker] = [...document.querySelectorAll('{selector} svg path')]
                .filter((path) => getComputedStyle(path).display !== 'none');
                return [getComputedStyle(line).stroke, line.getAttribute('stroke-dasharray'), marker.getAttribute('d')]; }})()"
        );
        let browser = &browser;
        async move { browser.value(&script).await }
    };
    let (first, second) = (swatch(&key.replace("(2)", "(1)")).await, swatch(&key).await);
    let page = browser.value("getComputedStyle(document.body).backgroundColor").await;
    assert!(first[0] == second[0] && first[0] != page, "{first} {second} {page}");
    assert!(first[1] != second[1] && first[2] != second[2], "{first} {second}");
    browser.screenshot("honest-forced").await;
    assert_ne!(colour(&run, "").await, colour(&format!("{} .strip i", panel("lab/door")), "").await);
    // The level of a line has a sign besides its colour.
    let script = format!("getComputedStyle(document.querySelector('{line} span'), '::before').content");
    assert!(browser.value(&script).await.to_string().contains('✕'));
}

#[tokio::test]
async fn a_number_that_is_shortened_can_be_read_as_it_was_sent() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    server.publish("meter/total", &json!(123_456_789_012_345_i64)).await;
    server.publish("meter/pair?unit=bytes", &json!({"in": 5_583_457_485_i64, "out": 12})).await;
    let (shown, _) = browser.text_becomes(&figure("meter/total"), |text| text.starts_with("123")).await;
    assert!(shown.ends_with('T'), "{shown}");
    let title = format!("document.querySelector('{}').title", figure("meter/total"));
    assert_eq!(browser.value(&title).await, json!("123456789012345"));
    let key = format!("document.querySelector('{} .key')?.title", legend("meter/pair"));
    browser.becomes("the legend tells the exact value", &key, json!("5583457485 bytes")).await;
    // Without a mouse, the details of the panel tell it, as text that can be selected.
    browser.value(&format!("document.querySelector('{}').click()", chip("meter/total"))).await;
    let exact = format!("{} [data-testid=exact]", panel("meter/total"));
    browser.text_becomes(&exact, |text| text.contains("total: 123456789012345")).await;
}
