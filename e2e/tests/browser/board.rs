//! Tests the board in a real browser.

use std::time::Duration;

use e2e::board::{BANNER, open, panel};
use e2e::browser::TIMEOUT;
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};

#[tokio::test]
async fn the_board_opens_with_this_machines_pulse_and_it_moves() {
    let server = Server::start(&[]);
    let browser = open(&server).await;
    let cpu = panel("host/cpu");
    browser.appears(&cpu).await;
    let legend = format!("{cpu} [data-testid=legend]");
    browser.text_becomes(&legend, |text| text.contains(char::is_numeric)).await;
    // Any figure is accepted, because a busy machine stays at 100 %.
    let figures =
        "[...document.querySelectorAll('[data-testid=legend] b, td')].map((e) => e.textContent).join()";
    let before = browser.value(figures).await;
    wait::until("some panel moves", TIMEOUT, || async {
        (browser.value(figures).await != before).then_some(())
    })
    .await;
    browser.text_becomes("[data-testid=connection-state]", |text| text.contains("Live")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn one_curl_makes_a_panel_appear_in_an_open_page_without_a_reload() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    browser.text_becomes("[data-testid=connection-state]", |text| text.contains("Live")).await;
    browser.value("(window.__same_page = true)").await;

    server.publish("kitchen/temp", &json!(21.5)).await;
    browser.text_becomes(&panel("kitchen/temp"), |text| text.contains("21.5")).await;

    server.publish("house/power", &json!({"in": 21.5, "out": 4})).await;
    let power = panel("house/power");
    let legend = format!("{power} [data-testid=legend]");
    browser.text_becomes(&legend, |text| text.contains("in") && text.contains("out")).await;

    assert_eq!(browser.value("window.__same_page").await, json!(true));
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn each_shape_of_data_gets_the_panel_that_fits_it() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let cases = [
        ("shape/number", json!(5), "number"),
        ("shape/series", json!({"a": 1, "b": 2}), "line"),
        ("shape/flag", json!(true), "state"),
        ("shape/word", json!("open"), "state"),
        (
            "shape/list",
            json!({"data": [{"queue": "mail", "depth": 14}, {"queue": "invoices", "depth": 3}]}),
            "table",
        ),
        ("shape/text", json!("order 88213 paid by card, 48.90 EUR, table 4, two guests, no receipt"), "log"),
    ];
    for (topic, data, kind) in cases {
        server.publish(topic, &data).await;
        browser.appears(&format!("{}[data-kind={kind}]", panel(topic))).await;
    }
    browser
        .text_becomes(&panel("shape/list"), |text| text.contains("invoices") && text.contains("depth"))
        .await;
}

#[tokio::test]
async fn a_blink_of_the_connection_is_not_news() {
    let mut server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    browser.text_becomes("[data-testid=connection-state]", |text| text.contains("Live")).await;
    browser
        .value(&format!(
            "(() => {{ window.__spoke = false; setInterval(() => {{ const b = document.querySelector('{BANNER}');
                if (b && b.textContent.trim()) window.__spoke = true; }}, 10); return true; }})()"
        ))
        .await;
    server.restart();
    server.publish("after/blink", &json!(1)).await;
    let (_, took) =
        wait::until("the panel appears", TIMEOUT, || async { browser.text(&panel("after/blink")).await })
            .await;
    if took < Duration::from_millis(1_300) {
        assert_eq!(browser.value("window.__spoke").await, json!(false));
    }
}

#[tokio::test]
async fn data_is_text_and_never_html() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let evil = "<img src=x onerror=\"window.__hacked=1\"><script>window.__hacked=1</script>";
    server.publish("evil/text", &json!(evil)).await;
    server.publish("evil/keys", &json!({ evil: 1, "b": 2 })).await;
    server.publish("evil/table", &json!({"data": [{ evil: evil }]})).await;
    for topic in ["evil/text", "evil/keys", "evil/table"] {
        browser.text_becomes(&panel(topic), |text| text.contains("<img")).await;
    }
    assert_eq!(browser.value("window.__hacked ?? null").await, Value::Null);
    assert_eq!(browser.value("document.querySelectorAll('main img').length").await, json!(0));
}

#[tokio::test]
async fn the_board_fits_a_phone_and_a_wall_in_light_and_dark() {
    let server = Server::start(&[]);
    for n in 0..30 {
        let wave = f64::from(n % 10);
        server.publish("shop/orders", &json!({"paid": 20.0 + wave, "open": 4.0 + wave / 2.0})).await;
    }
    server.publish("shop/checkout", &json!("open")).await;
    server.publish("kitchen/temp", &json!(21.5)).await;
    let browser = open(&server).await;
    browser.appears(&panel("host/cpu")).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    for (name, width, height, density) in
        [("phone", 390, 844, 3.0), ("desk", 1440, 900, 1.0), ("wall", 3840, 2160, 1.0)]
    {
        browser.resize(width, height, density).await;
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            tokio::time::sleep(Duration::from_millis(400)).await;
            browser.screenshot(&format!("{name}-{scheme}")).await;
            let overflow = browser.value("document.documentElement.scrollWidth - innerWidth").await;
            assert!(
                overflow.as_i64().is_some_and(|pixels| pixels <= 0),
                "{name} scrolls sideways: {overflow}"
            );
        }
    }
}

#[tokio::test]
async fn nothing_moves_about_as_values_change() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let publish = |n: i64| {
        let server = &server;
        async move {
            server.publish("swing/number", &json!(if n % 2 == 0 { 9.5 } else { -12_345.678 })).await;
            server.publish("swing/series", &json!({"a": n, "b": 10_000_000 + 1_000_000 * n})).await;
        }
    };
    for n in 0..4 {
        publish(n).await;
    }
    browser.appears(&panel("swing/series")).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    browser
        .value(
            "(() => { window.__shifted = []; const rect = (r) => [r.x, r.y, r.width, r.height].join(' ');
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) for (const { node, previousRect, currentRect } of entry.sources)
                    // The status label may take more room when it changes. An element that is where it was has not
                    // moved, even if the browser counted movements in between.
                    if (rect(previousRect) !== rect(currentRect) && !node?.parentElement?.querySelector(':scope > .chip')) window.__shifted.push(node?.parentElement?.outerHTML.slice(0, 200) + ': from ' +
                        rect(previousRect) + ' to ' + rect(currentRect));
            }).observe({type: 'layout-shift'}); return true; })()",
        )
        .await;
    for n in 4..16 {
        publish(n).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(browser.value("window.__shifted").await, json!([]));
}

#[tokio::test]
async fn the_keyboard_reaches_every_control_and_focus_can_be_seen() {
    let server = Server::start(&["--no-host"]);
    server.publish("house/power", &json!({"in": 21.5, "out": 4})).await;
    let browser = open(&server).await;
    browser.appears(&panel("house/power")).await;
    let expected = browser
        .value(
            "[...document.querySelectorAll('button, input, a[href], summary, [tabindex=\"0\"]')]
                .filter((e) => e.checkVisibility() && !e.disabled).length",
        )
        .await;
    let mut reached = 0;
    let mut seen = Vec::new();
    for _ in 0..expected.as_u64().unwrap_or(0) + 5 {
        for kind in ["keyDown", "keyUp"] {
            let key = json!({"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9});
            browser.devtools("Input.dispatchKeyEvent", key).await;
        }
        let focus = browser
            .value(
                "(() => { const e = document.activeElement; if (!e || e === document.body) return null;
                    e.__n ??= (window.__n = (window.__n ?? 0) + 1);
                    const style = getComputedStyle(e);
                    const shown = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
                    return [e.__n, shown, e.outerHTML.slice(0, 120)]; })()",
            )
            .await;
        let Some(number) = focus.get(0).and_then(Value::as_u64) else { continue };
        assert_eq!(focus[1], json!(true), "focus cannot be seen on {}", focus[2]);
        if !seen.contains(&number) {
            seen.push(number);
            reached += 1;
        }
    }
    assert!(reached >= expected.as_u64().unwrap_or(u64::MAX), "reached {reached} of {expected} controls");
}
