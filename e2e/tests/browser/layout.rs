//! Tests the places of panels on the page: they fill the screen, fit a phone, and do not move under a pointer.

use e2e::board::{open, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};

/// Share of the page's width that panels must have on every shelf.
const LEAST_USED: f64 = 0.92;
/// JavaScript expression for the rectangles of all panels in the page.
const PLACES: &str = "[...document.querySelectorAll('.panel')].map((panel) => {
    const { x, y, width, height } = panel.getBoundingClientRect();
    return { topic: panel.dataset.topic, x, y: y + scrollY, width, height }; })";
/// JavaScript expression for the texts of figures and names that are cut, although a name's label has room.
const CUT: &str = "[...document.querySelectorAll('.big, .state-big, .name')].filter((text) =>
    text.scrollWidth > text.clientWidth + 1).map((text) => text.textContent)";
/// JavaScript expression for the number of canvases in sight whose resolution is not that of their size.
const UNFIT: &str = "[...document.querySelectorAll('canvas')].filter((canvas) => {
    const { top, bottom } = canvas.getBoundingClientRect();
    return top < innerHeight && bottom > 0
        && Math.abs(canvas.width - canvas.clientWidth * devicePixelRatio) > 1; }).length";

/// Script that collects the right edges that the state of the connection has in the header, from its first appearance on, in
/// `window.edges`, and whether the controls of time were not loaded at some moment, in `window.waited`.
const WATCH_HEADER: &str = "
    window.edges = []; window.waited = false;
    new MutationObserver(() => {
        const state = document.querySelector('[data-testid=connection-state]');
        if (!state) return;
        window.waited ||= document.querySelector('.not-loaded') !== null;
        const edge = Math.round(state.getBoundingClientRect().right);
        if (!window.edges.includes(edge)) window.edges.push(edge);
    }).observe(document, { subtree: true, childList: true });";

/// Rectangle of a panel on the page in CSS pixels.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    topic: String,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Place {
    fn of(value: &Value) -> Self {
        let number = |name: &str| value[name].as_f64().expect("a number");
        let topic = value["topic"].as_str().expect("a topic").to_owned();
        let (x, y, width, height) = (number("x"), number("y"), number("width"), number("height"));
        Self { topic, x, y, width, height }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// Publishes one value of `count` topics in groups of up to seven, a third of them figures and states.
async fn publish_mix(server: &Server, count: usize) {
    let texts = "order 88213 paid by card, 48.90 EUR, table 4, two guests, no receipt";
    let mut groups = (0..).flat_map(|group| std::iter::repeat_n(group, group * 3 % 7 + 1));
    for number in 0..count {
        let data = match number % 9 {
            1 | 6 => json!(f64::from(u32::try_from(number).expect("few")) * 12.5),
            2 => json!(texts),
            4 => json!("open"),
            5 => json!([{"queue": "mail", "depth": 14}, {"queue": "invoices", "depth": 3}]),
            _ => json!({"in": number, "out": 4}),
        };
        let group = groups.next().expect("endless");
        server.publish(&format!("group{group}/panel{number}"), &data).await;
    }
}

async fn places(browser: &Browser) -> Vec<Place> {
    browser.value(PLACES).await.as_array().into_iter().flatten().map(Place::of).collect()
}

/// Waits until the page has this many panels and they stand still. Returns their places.
async fn settled(browser: &Browser, count: usize) -> Vec<Place> {
    let is_laid_out =
        |places: &[Place]| places.len() == count && places.iter().all(|place| place.width > 0.0);
    let found = wait::until("the panels have places", TIMEOUT, || async {
        let before = places(browser).await;
        browser
            .value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            .await;
        let after = places(browser).await;
        (before == after && is_laid_out(&after)).then_some(after)
    });
    found.await.0
}

fn assert_shelves_are_full(places: &[Place], page_width: f64) {
    for place in places {
        let shelf = places.iter().filter(|other| other.y <= place.y && place.y < other.y + other.height);
        let used: f64 = shelf.map(|panel| panel.width).sum();
        assert!(used / page_width >= LEAST_USED, "{used} of {page_width} pixels beside {place:?}");
    }
}

fn assert_no_overlap(places: &[Place]) {
    for (index, place) in places.iter().enumerate() {
        let other = places[index + 1..].iter().find(|other| place.overlaps(other));
        assert_eq!(other, None, "overlaps {place:?}");
    }
}

async fn point_at(browser: &Browser, x: f64, y: f64) {
    browser.devtools("Input.dispatchMouseEvent", json!({"type": "mouseMoved", "x": x, "y": y})).await;
}

#[tokio::test]
async fn fifty_panels_fill_every_screen_and_need_at_most_three_of_1080_lines() {
    let server = Server::start(&["--no-host"]);
    publish_mix(&server, 50).await;
    let browser = open(&server).await;
    for (width, height) in [(1280, 720), (1920, 1080), (2560, 1440), (3840, 2160)] {
        browser.resize(width, height, 1.0).await;
        let places = settled(&browser, 50).await;
        assert_no_overlap(&places);
        assert_shelves_are_full(&places, f64::from(width));
        assert_eq!(browser.value(CUT).await, json!([]), "at {width}");
        browser.becomes("charts have their new sizes", UNFIT, 0).await;
        if width == 1920 {
            let screens = browser.value("document.documentElement.scrollHeight / innerHeight").await;
            assert!(screens.as_f64().is_some_and(|screens| screens <= 3.0), "{screens} screens");
        }
        browser.screenshot(&format!("layout-{width}")).await;
    }
}

#[tokio::test]
async fn a_phone_of_360_pixels_shows_the_empty_board_add_data_and_panels_uncut() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    browser.resize(360, 740, 2.0).await;
    browser.appears("[data-testid=empty] .command").await;
    assert_fits(&browser, "[data-testid=empty]").await;
    browser.value("document.querySelector('[data-testid=add-data]').click()").await;
    browser.appears("dialog[open] .command").await;
    assert_fits(&browser, "dialog[open]").await;
    browser.screenshot("layout-360-add-data").await;
    browser.value("document.querySelector('dialog[open]').close()").await;

    publish_mix(&server, 9).await;
    let places = settled(&browser, 9).await;
    assert_no_overlap(&places);
    assert!(places.iter().all(|place| place.x == places[0].x && place.width == places[0].width));
    assert_fits(&browser, "main").await;
    browser.screenshot("layout-360").await;
}

/// Asserts that the page does not scroll sideways, that the header has one line, and that no element below `selector`
/// reaches beyond the edges of the page, unless it is in an element that scrolls.
async fn assert_fits(browser: &Browser, selector: &str) {
    let wide = "document.documentElement.scrollWidth - innerWidth";
    assert!(browser.value(wide).await.as_f64().is_some_and(|pixels| pixels <= 0.0));
    let tops =
        "[...document.querySelectorAll('.bar > :is(.mark, .filter, .state, .primary)')].map((part) => {
        const { top, height } = part.getBoundingClientRect();
        return Math.round(top + height / 2); })";
    let middles = browser.value(tops).await;
    let first = middles[0].as_i64().expect("a header");
    let is_near = |middle: &Value| middle.as_i64().is_some_and(|middle| (middle - first).abs() < 6);
    assert!(middles.as_array().is_some_and(|all| all.len() == 4 && all.iter().all(is_near)), "{middles}");
    let beyond = format!(
        "[...document.querySelectorAll('{selector} :is(h2, h3, p, pre, button)')].filter((part) => {{
            const {{ left, right, width }} = part.getBoundingClientRect();
            return width > 0 && (left < 0 || right > innerWidth) && !part.closest('.keys, .rows'); }})
            .map((part) => part.textContent)"
    );
    assert_eq!(browser.value(&beyond).await, json!([]));
}

#[tokio::test]
async fn nothing_moves_while_a_pointer_rests_on_a_panel() {
    let server = Server::start(&["--no-host"]);
    publish_mix(&server, 6).await;
    let browser = open(&server).await;
    let before = settled(&browser, 6).await;
    point_at(&browser, before[0].x + 20.0, before[0].y + 20.0).await;
    server.publish("group0/new", &json!({"in": 1, "out": 2})).await;
    browser.appears(&panel("group0/new")).await;

    let during = settled(&browser, 7).await;
    let (new, others): (Vec<_>, Vec<_>) = during.iter().partition(|place| place.topic == "group0/new");
    assert!(before.iter().all(|place| others.contains(&place)), "{before:?} {during:?}");
    assert!(before.iter().all(|place| new[0].y >= place.y + place.height), "{new:?}");

    point_at(&browser, 5.0, 5.0).await;
    wait::until("the layout follows", TIMEOUT, || async { (places(&browser).await != during).then_some(()) })
        .await;
    // The panels are seen to move, and stand still after that.
    let after = settled(&browser, 7).await;
    assert_no_overlap(&after);
    assert_shelves_are_full(&after, 1440.0);
}

#[tokio::test]
async fn nothing_in_the_header_moves_when_the_controls_of_time_are_loaded() {
    let server = Server::start(&["--no-host"]);
    server.publish("kitchen/temp", &json!(21.5)).await;
    let browser = Browser::open(1920, 1080).await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH_HEADER})).await;
    browser.driver.goto(&server.url()).await.expect("the page opens");
    browser.appears("[data-testid=zone]").await;
    browser.text_becomes("[data-testid=connection-state]", |text| text.contains("Live")).await;
    assert_eq!(browser.value("window.waited").await, json!(true));
    let edges = browser.value("window.edges").await;
    assert_eq!(edges.as_array().map(Vec::len), Some(1), "{edges}");
}

#[tokio::test]
async fn on_a_phone_controls_are_large_enough_and_a_log_ends_with_a_whole_line() {
    let server = Server::start(&["--no-host"]);
    for number in 0..40 {
        server
            .publish(
                "shop/log",
                &json!(format!("order 8821{number} paid by card, table 4, two guests, no receipt")),
            )
            .await;
    }
    let browser = open(&server).await;
    browser.resize(360, 740, 2.0).await;
    settled(&browser, 1).await;
    let low = "[...document.querySelectorAll('.tool, .seg button')].map((button) => button.closest('.seg') ?? button)
        .filter((control) => control.offsetHeight > 0 && control.offsetHeight < 43).map((control) => control.textContent || control.title)";
    assert_eq!(browser.value(low).await, json!([]));
    let cut = "(() => { const log = document.querySelector('.log'), line = log.querySelector('li').getBoundingClientRect().height;
        return Math.abs(log.clientHeight / line - Math.round(log.clientHeight / line)); })()";
    for (width, height) in [(360, 740), (768, 1024), (1280, 720), (1920, 1080)] {
        browser.resize(width, height, 1.0).await;
        settled(&browser, 1).await;
        let part = browser.value(cut).await.as_f64().expect("a number");
        assert!(part < 0.06, "{part} of a line at {width}");
    }
}

#[tokio::test]
async fn the_header_fits_and_the_words_in_its_search_field_are_not_cut() {
    let server = Server::start(&["--no-host"]);
    publish_mix(&server, 3).await;
    let browser = open(&server).await;
    settled(&browser, 3).await;
    for width in [800, 1024, 1121, 1241, 1280, 1361, 1366, 1441, 1481, 1920] {
        browser.resize(width, 800, 1.0).await;
        let room = browser
            .value("(() => { const field = document.querySelector('.bar .filter'), style = getComputedStyle(field);
                const ruler = document.createElement('canvas').getContext('2d');
                ruler.font = style.font;
                return field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
                    - ruler.measureText(field.placeholder).width; })()")
            .await;
        assert!(room.as_f64().is_some_and(|room| room >= 0.0), "{room} pixels at {width}");
        let over = browser
            .value("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await;
        // It is negative by the width of a scroll bar while the page is being laid out anew.
        assert!(
            over.as_f64().is_some_and(|over| over <= 0.0),
            "the header is {over} pixels wider than {width}"
        );
    }
}
