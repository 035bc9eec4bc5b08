//! Tests that a reader finds something in the past, with the mouse, with the keyboard alone and with fingers, and sends
//! somebody a link to it.

use std::time::Duration;

use e2e::board::{open_at, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};

use crate::kept::{Kept, Said, now_ms};

const STATE: &str = "[data-testid=connection-state]";
const STRETCH: &str = "[data-testid=stretch]";
const NOW: &str = "[data-testid=now]";
/// Keys of the DevTools Protocol that are held: `Shift`.
const SHIFT: u64 = 8;
/// Age of a spike that the page no longer has in its publications, if its window is a minute.
const SPIKE_AGO_MS: i64 = 180_000;

/// A page with a chart of a topic in which there was a spike.
struct Scene<S = Server> {
    server: S,
    browser: Browser,
}

/// Horizontal ends and the middle height of a chart, in CSS pixels.
#[derive(Clone, Copy)]
struct Plot {
    left: f64,
    width: f64,
    y: f64,
}

impl Plot {
    fn x(self, share: f64) -> f64 {
        self.left + self.width * share
    }
}

impl Scene {
    /// Starts a server, publishes some values with a spike among them, and opens the page.
    async fn begin(address: &str) -> Self {
        let server = Server::start(&["--no-host"]);
        for value in [1, 2, 1, 97, 1, 2] {
            server.publish("shop/load", &json!({"in": value, "out": 3})).await;
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        let browser = open_at(&format!("{}/{address}", server.url())).await;
        browser.appears(&format!("{} canvas", panel("shop/load"))).await;
        Self { server, browser }
    }
}

impl<S> Scene<S> {
    /// Waits until the chart has its place, and returns it.
    async fn plot(&self) -> Plot {
        let plot = format!("{} .plot", panel("shop/load"));
        let rect = format!(
            "(() => {{ const r = document.querySelector({}).getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; }})()",
            Value::from(plot)
        );
        let rect = self.browser.value(&rect).await;
        let at = |index: usize| rect[index].as_f64().expect("a number");
        // The labels of the axis are on the left of the plot.
        Plot { left: at(0) + at(2) * 0.1, width: at(2) * 0.88, y: at(1) + at(3) / 2.0 }
    }

    async fn mouse(&self, kind: &str, x: f64, y: f64, modifiers: u64) {
        let buttons = u64::from(kind != "mouseReleased");
        let event = json!({"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1,
            "modifiers": modifiers});
        self.browser.devtools("Input.dispatchMouseEvent", event).await;
    }

    /// Drags the mouse on the chart between two shares of its width.
    async fn drag(&self, from: f64, to: f64, modifiers: u64) {
        let plot = self.plot().await;
        self.mouse("mousePressed", plot.x(from), plot.y, modifiers).await;
        for step in 1..=4 {
            let share = from + (to - from) * f64::from(step) / 4.0;
            self.mouse("mouseMoved", plot.x(share), plot.y, modifiers).await;
        }
        self.mouse("mouseReleased", plot.x(to), plot.y, modifiers).await;
    }

    async fn wheel(&self, share: f64, delta: f64) {
        let plot = self.plot().await;
        let event =
            json!({"type": "mouseWheel", "x": plot.x(share), "y": plot.y, "deltaX": 0, "deltaY": delta});
        self.browser.devtools("Input.dispatchMouseEvent", event).await;
    }

    async fn key(&self, key: &str, modifiers: u64) {
        let code = match key {
            "ArrowLeft" => 37,
            "ArrowRight" => 39,
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            _ => 0,
        };
        let text = if key.len() == 1 { key } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let event = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text,
                "modifiers": modifiers});
            self.browser.devtools("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Sends a touch event with fingers at these shares of the chart's width.
    async fn touch(&self, kind: &str, shares: &[f64]) {
        let plot = self.plot().await;
        let points: Vec<_> = (0..)
            .zip(shares)
            .map(|(id, share)| json!({"x": plot.x(*share), "y": plot.y, "id": id}))
            .collect();
        self.browser.devtools("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points})).await;
    }

    /// Returns the stretch in the page's address, in milliseconds since the Unix epoch; `None` if it contains none.
    async fn stretch(&self) -> Option<(i64, i64)> {
        stretch(&self.browser).await
    }

    /// Waits until the address contains a stretch that satisfies the condition, and returns the stretch.
    async fn stretch_becomes(&self, what: &str, condition: impl Fn(i64, i64) -> bool) -> (i64, i64) {
        let found = || async { self.stretch().await.filter(|(from, to)| condition(*from, *to)) };
        wait::until(what, TIMEOUT, found).await.0
    }

    async fn is_live(&self) {
        self.browser.text_becomes(STATE, |text| text.starts_with("Live")).await;
        wait::until("the address has no stretch", TIMEOUT, || async {
            self.stretch().await.is_none().then_some(())
        })
        .await;
    }

    /// Returns the legend of the chart, which has the values at the crosshair or the last ones.
    async fn legend(&self) -> String {
        self.browser.text(&format!("{} .legend", panel("shop/load"))).await.unwrap_or_default()
    }

    async fn chip(&self) -> String {
        self.browser.text(&format!("{} .chip", panel("shop/load"))).await.unwrap_or_default()
    }
}

async fn stretch(browser: &Browser) -> Option<(i64, i64)> {
    let times = browser
        .value("['from', 'to'].map((name) => Date.parse(new URLSearchParams(location.search).get(name)))")
        .await;
    Some((times[0].as_i64()?, times[1].as_i64()?))
}

#[tokio::test]
async fn a_mouse_selects_a_stretch_and_the_whole_board_shows_it_while_live_data_goes_on() {
    let scene = Scene::begin("#window=1").await;
    scene.server.publish("shop/other", &json!(5)).await;
    scene.browser.appears(&panel("shop/other")).await;
    scene.drag(0.6, 0.98, 0).await;
    let (text, _) = scene.browser.text_becomes(STATE, |text| text.starts_with("Past")).await;
    assert!(text.contains(" to "), "the header says which stretch: {text}");
    let (from, to) =
        scene.stretch_becomes("a stretch of a third of a minute", |from, to| to - from < 40_000).await;
    assert!(to - from > 5_000);
    scene.server.publish("shop/other", &json!(6)).await;
    let chip = scene.chip().await;
    assert!(chip.contains(':') && chip != "live", "{chip}");
    let value = format!("{} [data-testid=value]", panel("shop/other"));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(scene.stretch().await, Some((from, to)), "the stretch stays");
    scene.browser.value(&format!("document.querySelector('{NOW}').click()")).await;
    scene.is_live().await;
    scene.browser.text_becomes(&value, |text| text.trim() == "6").await;
    assert_eq!(scene.browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_wheel_zooms_round_the_pointer_and_shift_moves() {
    let scene = Scene::begin("#window=1").await;
    scene.drag(0.4, 0.9, 0).await;
    let (from, to) = scene.stretch_becomes("a stretch", |from, to| to > from).await;
    scene.wheel(0.5, -300.0).await;
    let (near, far) =
        scene.stretch_becomes("a shorter stretch", |near, far| far - near < (to - from) * 2 / 3).await;
    let middle = |a: i64, b: i64| a + (b - a) / 2;
    assert!((middle(near, far) - middle(from, to)).abs() < (to - from) / 10, "round the pointer");
    scene.drag(0.3, 0.6, SHIFT).await;
    let moved = scene.stretch_becomes("an earlier stretch", |moved, _| moved < near).await;
    assert_eq!(moved.1 - moved.0, far - near, "its length stays");
    scene.key("Escape", 0).await;
    scene.stretch_becomes("the stretch before", |back, _| back == near).await;
}

#[tokio::test]
async fn the_keyboard_alone_finds_a_spike_shows_it_and_comes_back() {
    let scene = Scene::begin("#window=1").await;
    scene.browser.value("document.querySelector('.plot').focus()").await;
    scene.key("End", 0).await;
    // The values are 1, 2, 1, 97, 1, 2, so that each step back is seen in the legend.
    for _ in 0..2 {
        let before = scene.legend().await;
        scene.key("ArrowLeft", 0).await;
        wait::until("the legend follows the crosshair", TIMEOUT, || async {
            (scene.legend().await != before).then_some(())
        })
        .await;
    }
    assert!(scene.legend().await.contains("97"), "{}", scene.legend().await);
    for _ in 0..4 {
        scene.key("ArrowLeft", SHIFT).await;
    }
    scene.key("Enter", 0).await;
    let (from, to) = scene.stretch_becomes("the selected stretch", |from, to| to - from < 10_000).await;
    scene.key("-", 0).await;
    scene.stretch_becomes("a longer stretch", |near, far| far - near > to - from).await;
    scene.key("Escape", 0).await;
    scene.stretch_becomes("the stretch before", |near, far| (near, far) == (from, to)).await;
    let said =
        scene.browser.text_becomes("[data-testid=said]", |text| text.starts_with("You see the past")).await.0;
    assert!(said.contains(" to "), "screen readers hear the stretch: {said}");
    scene.key("n", 0).await;
    scene.is_live().await;
    scene.browser.value("document.activeElement.blur()").await;
    scene.key("ArrowLeft", 0).await;
    let (from, to) = scene.stretch_becomes("a quarter of the window earlier", |from, to| to > from).await;
    assert_eq!(to - from, 60_000);
    scene.key("ArrowRight", 0).await;
    scene.is_live().await;
}

#[tokio::test]
async fn one_finger_moves_and_two_fingers_zoom_on_a_phone() {
    let scene = Scene::begin("#window=1").await;
    scene.browser.resize(360, 740, 2.0).await;
    scene
        .browser
        .devtools("Emulation.setTouchEmulationEnabled", json!({"enabled": true, "maxTouchPoints": 5}))
        .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    scene.touch("touchStart", &[0.3]).await;
    for share in [0.4, 0.5, 0.6] {
        scene.touch("touchMove", &[share]).await;
    }
    scene.touch("touchEnd", &[]).await;
    let (from, to) = scene.stretch_becomes("an earlier stretch", |from, to| to > from).await;
    assert_eq!(to - from, 60_000, "a finger moves, and does not zoom");
    scene.touch("touchStart", &[0.45]).await;
    scene.touch("touchStart", &[0.45, 0.55]).await;
    for spread in [0.1, 0.2, 0.3] {
        scene.touch("touchMove", &[0.45 - spread, 0.55 + spread]).await;
    }
    scene.touch("touchEnd", &[]).await;
    let (near, far) = scene.stretch_becomes("a shorter stretch", |near, far| far - near < 30_000).await;
    assert!(near > from && far < to, "round the fingers");
    let wide = scene.browser.value("document.documentElement.scrollWidth").await;
    assert_eq!(wide, json!(360), "nothing is wider than the phone");
    let buttons = scene
        .browser
        .value("[...document.querySelectorAll('.travel button, [data-testid=now]')].filter((b) => b.checkVisibility()).map((b) => b.getBoundingClientRect().height)")
        .await;
    let heights: Vec<f64> = buttons.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    assert!(heights.len() == 5 && heights.iter().all(|height| *height >= 40.0), "{heights:?}");
    scene.browser.value(&format!("document.querySelector('{NOW}').click()")).await;
    scene.is_live().await;
}

#[tokio::test]
async fn a_link_opens_exactly_the_stretch_that_was_copied_and_has_no_token() {
    let scene = Scene::begin("#window=1&filter=load").await;
    scene.browser.value("(window.__copied = [], navigator.clipboard.writeText = async (text) => window.__copied.push(text))").await;
    scene.drag(0.5, 0.9, 0).await;
    let (from, to) = scene.stretch_becomes("a stretch", |from, to| to > from).await;
    scene.key("c", 0).await;
    scene.browser.text_becomes("[data-testid=toast]", |text| text == "Link copied").await;
    let link = scene.browser.value("window.__copied[0]").await;
    let link = link.as_str().expect("a link");
    assert!(link.starts_with(&scene.server.url()) && link.contains("filter=load"), "{link}");
    assert!(!link.contains("token"), "{link}");
    let other = open_at(link).await;
    other.appears(&panel("shop/load")).await;
    assert_eq!(stretch(&other).await, Some((from, to)));
    let words = scene.browser.text(STRETCH).await;
    assert_eq!(other.text(STRETCH).await, words);
    other.driver.refresh().await.expect("the page opens again");
    other.appears(&panel("shop/load")).await;
    assert_eq!(stretch(&other).await, Some((from, to)), "after it was loaded again");
    assert_eq!(other.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_log_goes_on_in_a_stretch_that_has_not_ended() {
    let server = Server::start(&["--no-host"]);
    let line = |n: u64| json!(format!("order number {n} has been paid by card at table four, no receipt"));
    server.publish("shop/log", &line(1)).await;
    let browser = open_at(&server.url()).await;
    browser.appears(&panel("shop/log")).await;
    let times = browser.value("[-60000, 600000].map((ms) => new Date(Date.now() + ms).toISOString())").await;
    let [from, to] = [0_usize, 1].map(|index| times[index].as_str().expect("a time"));
    browser.driver.goto(format!("{}/?from={from}&to={to}", server.url())).await.expect("the page opens");
    browser.text_becomes(STATE, |text| text.starts_with("Up to now")).await;
    for n in 1..=3 {
        browser.text_becomes(&panel("shop/log"), |text| text.contains(&format!("order number {n} "))).await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        server.publish("shop/log", &line(n + 1)).await;
    }
    browser.text_becomes(&panel("shop/log"), |text| text.contains("order number 4 ")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// The page keeps publications of one minute only, so what is older has to come from the server in buckets.
#[tokio::test]
async fn a_spike_that_only_the_server_has_is_found_in_buckets() {
    let spike_at = now_ms() - SPIKE_AGO_MS;
    let quiet = |n: i64| {
        vec![
            Said::new("shop/load", json!({"in": 1 + n % 2, "out": 3.50})),
            Said::new("shop/door", json!("open")),
            Said::new("shop/log", json!("nothing happens here any more, except that time goes by slowly")),
        ]
    };
    let spike = [
        (
            0,
            vec![
                Said::new("shop/load", json!({"in": 2, "out": 3.50})),
                Said::new("shop/door", json!("open")),
            ],
        ),
        (300, vec![Said::new("shop/load", json!({"in": 97, "out": 3.50}))]),
        (
            600,
            vec![
                Said::new("shop/load", json!({"in": 1, "out": 3.50})),
                Said::new("shop/door", json!("shut")),
            ],
        ),
        (
            2_400,
            vec![Said::new(
                "shop/log",
                json!("the lights went out in the cellar, and somebody closed the door"),
            )],
        ),
    ];
    let after = (5_000..SPIKE_AGO_MS).step_by(4_000).map(|after_ms| (after_ms, quiet(after_ms / 4_000)));
    let past = spike.into_iter().chain(after).map(|(after_ms, said)| (spike_at + after_ms, said));
    let kept = Kept::begin(past, quiet, Duration::from_secs(1)).await;
    let browser = open_at("about:blank").await;
    let iso = |ms: i64| format!("new Date({ms}).toISOString()");
    let address =
        format!("'?from=' + {} + '&to=' + {} + '#window=1'", iso(spike_at - 2_000), iso(spike_at + 6_000));
    let address = browser.value(&address).await;
    let address = format!("{}/{}", kept.server.url(), address.as_str().expect("an address"));
    browser.driver.goto(address).await.expect("the page opens");
    let scene = Scene { server: kept, browser };
    scene.browser.appears(&format!("{} canvas", panel("shop/load"))).await;
    scene.browser.text_becomes(&format!("{} .chip", panel("shop/load")), |text| text.contains(':')).await;
    scene.browser.value("document.querySelector('[data-topic=\"shop/load\"] .plot').focus()").await;
    // Without a crosshair, a key puts it at the newest value.
    for _ in 0..2 {
        scene.key("Home", 0).await;
    }
    let mut seen = Vec::new();
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        seen.push(scene.legend().await);
        scene.key("ArrowRight", 0).await;
    }
    assert!(seen.iter().any(|legend| legend.contains("97")), "{seen:?}");
    // Without the crosshair, panels show the end of the stretch.
    scene.browser.value("document.activeElement.blur()").await;
    let (door, _) = scene
        .browser
        .text_becomes(&format!("{} [data-testid=value]", panel("shop/door")), |text| text != "–")
        .await;
    assert!(["open", "shut"].contains(&door.as_str()), "{door}");
    scene.browser.text_becomes(&format!("{} .log", panel("shop/log")), |text| text.contains("cellar")).await;
    assert_eq!(scene.browser.complaints().await, Vec::<String>::new());
    drop(scene.server);
}

#[tokio::test]
async fn a_damaged_address_is_reported_with_what_to_write_and_live_data_is_shown() {
    let scene = Scene::begin("?from=yesterday&to=2026-11-27T14:38:00Z").await;
    let line = "[data-testid=damaged-address]";
    let (words, _) = scene.browser.text_becomes(line, |words| !words.is_empty()).await;
    assert!(
        words.contains("from=yesterday is not a time") && words.contains("Write, for example, ?from="),
        "{words}"
    );
    scene.browser.text_becomes(STATE, |words| words.starts_with("Live")).await;
    scene.browser.value(&format!("document.querySelector('{line} button').click()")).await;
    scene.browser.appears(&format!("body:not(:has({line}))")).await;
}

#[tokio::test]
async fn a_stretch_that_has_not_begun_is_called_future_and_not_past() {
    let scene = Scene::begin("?from=2100-01-02T14:02:00Z&to=2100-01-02T14:38:00Z").await;
    scene.browser.text_becomes(STATE, |words| words.contains("Future")).await;
    let (words, _) = scene.browser.text_becomes(STRETCH, |words| !words.is_empty()).await;
    assert!(words.contains("2100"), "{words}");
    let chip = format!("{} [data-testid=freshness]", panel("shop/load"));
    scene.browser.text_becomes(&chip, |words| words.starts_with("begins in ")).await;
}

#[tokio::test]
async fn a_topic_that_is_deleted_while_one_looks_at_its_past_stays_until_one_returns() {
    let scene = Scene::begin("").await;
    scene.key("ArrowLeft", 0).await;
    scene.browser.text_becomes(STATE, |words| words.contains("Past")).await;
    let chip = format!("{} [data-testid=freshness]", panel("shop/load"));
    let answer = format!(
        "(async () => (await fetch('{}/topics/shop/load', {{ method: 'DELETE' }})).status)()",
        scene.server.url()
    );
    assert_eq!(scene.browser.value(&answer).await, json!(200));
    scene.browser.text_becomes(&chip, |words| words == "deleted").await;
    scene.browser.appears(&format!("{} canvas", panel("shop/load"))).await;
    scene.key("n", 0).await;
    scene.browser.appears(&format!("body:not(:has({}))", panel("shop/load"))).await;
}

#[tokio::test]
async fn a_chart_out_of_sight_tells_screen_readers_the_values_under_the_crosshair() {
    let scene = Scene::begin("").await;
    for number in 0..40 {
        scene.server.publish(&format!("zoo/other{number}"), &json!({"in": number, "out": 2})).await;
    }
    let last = format!("{} .plot", panel("zoo/other39"));
    scene.browser.appears(&last).await;
    let said =
        format!("document.querySelector({}).getAttribute('aria-valuetext')", Value::from(last.clone()));
    scene.server.publish("zoo/other39", &json!({"in": 7000, "out": 2})).await;
    wait::until("the newest value is said", TIMEOUT, || async {
        scene.browser.value(&said).await.as_str().filter(|words| words.contains("7000")).map(str::to_owned)
    })
    .await;
    let is_unseen = format!(
        "document.querySelector({}).getBoundingClientRect().top > 1.5 * innerHeight",
        Value::from(last)
    );
    assert_eq!(scene.browser.value(&is_unseen).await, json!(true));
    scene.key("ArrowLeft", 0).await;
    scene.browser.text_becomes(STATE, |words| words.contains("Past")).await;
    wait::until("the past is said", TIMEOUT, || async {
        scene.browser.value(&said).await.as_str().filter(|words| !words.contains("7000")).map(str::to_owned)
    })
    .await;
}
