//! Tests the wall: type that is legible from a distance, pages that show every panel, and a page that is loaded while its
//! server is down.

use std::collections::BTreeSet;

use e2e::board::{BANNER, open_at, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};

/// CSS selector of the words about the page, such as `page 1 of 5`.
const PAGE: &str = "[data-testid=wall-page]";
const STATE: &str = "[data-testid=connection-state]";
/// JavaScript expression for the topics on the page that is shown.
const SHOWN: &str = "[...document.querySelectorAll('.panel')].filter((panel) => panel.offsetWidth > 0)
    .map((panel) => panel.dataset.topic)";
/// JavaScript expression for the distances in pixels between the panels and the edges that they should reach: the left
/// and the right margin, and the bar at the bottom. The picture may be moved as a whole.
const EDGES: &str = "(() => {
    const body = document.body.getBoundingClientRect();
    const places = [...document.querySelectorAll('.panel')].map((panel) => panel.getBoundingClientRect())
        .filter((place) => place.width > 0);
    const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
    return {
        left: Math.min(...places.map((place) => place.left)) - body.left - 0.5 * em,
        right: body.left + innerWidth - 0.5 * em - Math.max(...places.map((place) => place.right)),
        bottom: body.top + innerHeight - 0.57 * em - Math.max(...places.map((place) => place.bottom)),
        scrolls: document.documentElement.scrollHeight - innerHeight - body.top }; })()";
/// JavaScript expression for texts on the page that are smaller than the text size, or figures that are smaller than
/// theirs, each with its size. The arguments are set in `window.least`.
const SMALL: &str = "[...document.querySelectorAll('.bar *, .panel *')].filter((part) =>
    part.offsetWidth > 0 && [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    && !part.closest('.pop, .filter, .seg, .tool, .twin-switch, .chip.live, .visually-hidden'))
    .map((part) => [part.textContent, parseFloat(getComputedStyle(part).fontSize),
        part.matches('.big, .state-big') ? window.least.figure : window.least.text])
    .filter(([, size, least]) => size < least)";
/// JavaScript expression for figures and heads of panels that are cut.
const CUT: &str = "[...document.querySelectorAll('.big, .state-big, .top')].filter((text) =>
    text.offsetWidth > 0 && text.scrollWidth > text.clientWidth + 1).map((text) => text.textContent)";
/// JavaScript expression for the names and the words of states that are cut in the panels on the page that is shown.
const CUT_WORDS: &str = "[...document.querySelectorAll('.panel')].filter((panel) => panel.offsetWidth > 0).flatMap((panel) => {
    const chip = panel.querySelector('.chip'), name = panel.querySelector('.name').lastChild, range = document.createRange();
    range.selectNodeContents(name);
    const inner = panel.getBoundingClientRect(), text = range.getBoundingClientRect(), words = chip.getBoundingClientRect();
    const isCut = chip.scrollWidth > chip.clientWidth + 1 || text.right > inner.right || words.bottom > inner.bottom
        || words.top < text.bottom - 1 && words.left < text.right - 1;
    return isCut ? [panel.dataset.topic + ': ' + chip.textContent] : []; })";
/// JavaScript expression for the columns of tables that are seen in part.
const CUT_COLUMNS: &str = "[...document.querySelectorAll('.rows')].filter((rows) => rows.offsetWidth > 0).flatMap((rows) => {
    const table = rows.querySelector('table'), inset = getComputedStyle(table).clipPath.match(/inset\\(\\d+px (\\d+)px/);
    const edge = Math.min(rows.clientWidth, table.offsetWidth - Number(inset?.[1] ?? 0));
    return [...table.querySelectorAll('th')].filter((head) =>
        head.offsetLeft < edge - 1 && head.offsetLeft + head.offsetWidth > edge + 1).map((head) => head.textContent); })";
/// JavaScript expression for the height of a capital as a multiple of the font size.
const CAP: &str = "(() => { const ruler = document.createElement('canvas').getContext('2d');
    ruler.font = '100px ' + getComputedStyle(document.documentElement).getPropertyValue('--font');
    return ruler.measureText('H').actualBoundingBoxAscent / 100; })()";

/// Publishes some values of `count` topics, a third of them figures and states.
async fn publish_mix(server: &Server, count: usize) {
    for number in 0..count {
        for second in 0..3 {
            let wave = f64::from(second * 7 % 5) + f64::from(u32::try_from(number).expect("few"));
            let data = match number % 9 {
                1 | 6 => json!({"data": wave * 12.5, "meta": {"unit": "%"}}),
                2 => json!(format!("order 8821{second} paid by card, table {number}, no receipt")),
                4 => json!("open"),
                5 => json!([{"queue": "mail", "depth": 14}, {"queue": "invoices", "depth": 3}]),
                _ => json!({"in": wave, "out": 4.0 + wave / 2.0}),
            };
            server.publish(&format!("group{}/panel{number}", number / 6), &data).await;
        }
    }
}

/// Opens the wall on a screen of this size. `query` begins with `?wall`.
async fn open_wall(server: &Server, query: &str, (width, height): (u32, u32)) -> Browser {
    let browser = open_at("about:blank").await;
    browser.resize(width, height, 1.0).await;
    browser.prefer("light").await;
    browser.driver.goto(format!("{}/{query}", server.url())).await.expect("the page opens");
    browser
}

async fn shown(browser: &Browser) -> BTreeSet<String> {
    let topics = browser.value(SHOWN).await;
    topics.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

async fn press(browser: &Browser, key: &str) {
    let event =
        format!("document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))");
    browser.value(&event).await;
}

/// Waits until the wall has this many panels on all pages together, and returns the number of pages.
async fn settled(browser: &Browser, panels: usize) -> usize {
    let all = format!("document.querySelectorAll('.panel').length === {panels}");
    browser.becomes("all panels are there", &all, true).await;
    let words = browser.text_becomes(PAGE, |_| true).await.0;
    words.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(1)
}

async fn fills_the_screen(browser: &Browser) {
    let edges = wait::until("the page fills the screen", TIMEOUT, || async {
        let edges = browser.value(EDGES).await;
        let is_exact = |name: &str| edges[name].as_f64().is_some_and(|px| px.abs() <= 1.5);
        ["left", "right", "bottom", "scrolls"].iter().all(|name| is_exact(name)).then_some(edges.clone())
    });
    edges.await;
}

/// Asserts that the page fills the screen, and that its text has at least these sizes and is not cut.
async fn assert_legible(browser: &Browser, text_px: f64, figure_px: f64) {
    fills_the_screen(browser).await;
    browser.value(&format!("window.least = {{text: {text_px}, figure: {figure_px}}}")).await;
    assert_eq!(browser.value(SMALL).await, json!([]), "smaller than {text_px} and {figure_px}");
    assert_eq!(browser.value(CUT).await, json!([]), "cut");
}

/// Returns the sizes of text and figures for a distance in millimetres from a screen of 55 inches, as computed from the
/// definition of the minute of arc.
async fn sizes(browser: &Browser, distance_mm: f64, (width, height): (u32, u32)) -> (f64, f64) {
    let cap = browser.value(CAP).await.as_f64().expect("a number");
    let pixel_mm = 1_397.0 / f64::from(width).hypot(f64::from(height));
    let size = |minutes: f64| minutes * distance_mm * (1.0_f64 / 60.0).to_radians().tan() / pixel_mm / cap;
    (size(16.0), size(22.0))
}

#[tokio::test]
async fn a_wall_of_fifty_panels_shows_all_of_them_over_its_pages_with_legible_text() {
    let server = Server::start(&["--no-host"]);
    publish_mix(&server, 50).await;
    let screen = (3840, 2160);
    for (query, distance_mm, most_pages) in [("?wall=4m", 4_000.0, 7), ("?wall=2m&diagonal=55in", 2_000.0, 3)]
    {
        let browser = open_wall(&server, query, screen).await;
        let pages = settled(&browser, 50).await;
        assert!((2..=most_pages).contains(&pages), "{pages} pages at {query}");
        let (text_px, figure_px) = sizes(&browser, distance_mm, screen).await;
        press(&browser, " ").await;
        let mut all = BTreeSet::new();
        for page in 0..pages {
            assert_legible(&browser, text_px, figure_px).await;
            let topics = shown(&browser).await;
            assert!(all.is_disjoint(&topics), "shown twice on page {page}");
            all.extend(topics);
            browser.screenshot(&format!("wall-{}-page-{}", distance_mm, page + 1)).await;
            press(&browser, "ArrowRight").await;
        }
        assert_eq!(all.len(), 50);
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_wall_fills_a_screen_of_any_size_and_warns_of_a_distance_that_is_too_far() {
    let server = Server::start(&["--no-host"]);
    publish_mix(&server, 9).await;
    let browser = open_wall(&server, "?wall", (1920, 1080)).await;
    settled(&browser, 9).await;
    for screen in [(1920, 1080), (1366, 768), (1080, 1920), (3440, 1440)] {
        browser.resize(screen.0, screen.1, 1.0).await;
        let (text_px, figure_px) = sizes(&browser, 3_000.0, screen).await;
        assert_legible(&browser, text_px, figure_px).await;
    }
    assert_eq!(browser.text("[data-testid=wall-faults]").await, None);
    browser.driver.goto(format!("{}/?wall=90m&night=6", server.url())).await.expect("the page opens");
    let (words, _) =
        browser.text_becomes("[data-testid=wall-faults]", |words| words.contains("does not fit")).await;
    assert!(words.contains("night=6 is not a pair of hours"), "{words}");
}

#[tokio::test]
async fn space_holds_a_page_and_arrows_turn_it() {
    let server = Server::start(&["--no-host"]);
    publish_mix(&server, 30).await;
    let browser = open_wall(&server, "?wall=4m", (1920, 1080)).await;
    let pages = settled(&browser, 30).await;
    let first = shown(&browser).await;
    press(&browser, " ").await;
    browser.text_becomes(PAGE, |words| words == format!("page 1 of {pages}, held")).await;
    press(&browser, "ArrowRight").await;
    browser.text_becomes(PAGE, |words| words == format!("page 2 of {pages}, held")).await;
    assert!(shown(&browser).await.is_disjoint(&first));
    press(&browser, "ArrowLeft").await;
    browser.text_becomes(PAGE, |words| words.starts_with("page 1")).await;
    assert_eq!(shown(&browser).await, first);
    press(&browser, "ArrowLeft").await;
    browser.text_becomes(PAGE, |words| words == format!("page {pages} of {pages}, held")).await;
    press(&browser, " ").await;
    browser.text_becomes(PAGE, |words| words == format!("page {pages} of {pages}")).await;
    // The bar is a progress bar in words too, and the page turns by itself.
    let label = browser.value("document.querySelector('[data-testid=wall-pages]').ariaLabel").await;
    assert!(label.as_str().is_some_and(|label| label.contains("next in")), "{label}");
    wait::until("the page turns", 2 * TIMEOUT, || async {
        browser.text(PAGE).await.filter(|words| words.starts_with("page 1 "))
    })
    .await;
}

#[tokio::test]
async fn a_panel_in_trouble_has_a_thick_frame_and_comes_first() {
    let server = Server::start(&["--no-host"]);
    publish_mix(&server, 30).await;
    server.publish("zoo/pipeline", &json!("passed")).await;
    let browser = open_wall(&server, "?wall=4m", (1920, 1080)).await;
    let pages = settled(&browser, 31).await;
    assert!(!shown(&browser).await.contains("zoo/pipeline"));
    assert_eq!(browser.text("[data-testid=wall-trouble]").await.as_deref(), Some(""));
    server.publish("zoo/pipeline", &json!("failed")).await;
    browser.text_becomes("[data-testid=wall-trouble]", |words| words == "1 in trouble").await;
    // Nothing moves while a page is read. The next page is the one with the trouble, although it was the last.
    let (_, waited) = wait::until("trouble comes next", 2 * TIMEOUT, || async {
        shown(&browser).await.contains("zoo/pipeline").then_some(())
    })
    .await;
    assert!(waited.as_secs() <= 25, "{waited:?} and {pages} pages");
    let frame = format!("getComputedStyle(document.querySelector('{}')).outlineWidth", panel("zoo/pipeline"));
    let width = browser.value(&frame).await;
    assert!(
        width
            .as_str()
            .is_some_and(|width| width.trim_end_matches("px").parse::<f64>().is_ok_and(|px| px >= 3.0))
    );
    browser.screenshot("wall-trouble").await;
}

#[tokio::test]
async fn w_switches_the_wall_and_the_address_keeps_it() {
    let server = Server::start(&["--no-host"]);
    publish_mix(&server, 5).await;
    let browser = open_wall(&server, "?wall=4m&night=22-6#window=5", (1920, 1080)).await;
    browser.appears("html[data-wall]").await;
    let wide = browser.value("getComputedStyle(document.documentElement).fontSize").await;
    press(&browser, "w").await;
    browser.appears("html:not([data-wall])").await;
    assert_eq!(browser.value("location.search + location.hash").await, json!("#window=5"));
    assert_eq!(browser.value("getComputedStyle(document.documentElement).fontSize").await, json!("14px"));
    press(&browser, "w").await;
    browser.appears("html[data-wall]").await;
    assert_eq!(browser.value("location.search").await, json!("?wall=4m&night=22-6"));
    browser.driver.refresh().await.expect("the page opens again");
    browser.appears("html[data-wall]").await;
    assert_eq!(browser.value("getComputedStyle(document.documentElement).fontSize").await, wide);
}

#[tokio::test]
async fn a_wall_that_is_loaded_while_the_server_is_down_shows_the_last_data_and_comes_back() {
    let mut server = Server::start(&["--no-host"]);
    publish_mix(&server, 9).await;
    let browser = open_wall(&server, "?wall=4m", (1920, 1080)).await;
    settled(&browser, 9).await;
    let kept = "(async () => {
        const shell = await (await caches.open('tickertape-shell')).keys();
        const picture = await (await caches.open('tickertape-picture')).keys();
        return shell.some(({ url }) => url.endsWith('/')) && picture.length > 0; })()";
    wait::until("the page is kept", 2 * TIMEOUT, || async {
        (browser.value(kept).await == json!(true)).then_some(())
    })
    .await;
    assert_eq!(stored(&browser).await, json!([]), "no answer of the API and no settings are kept");
    server.kill();
    browser.driver.refresh().await.expect("the page opens");

    let (words, _) = browser.text_becomes(BANNER, |words| words.contains("cannot be reached")).await;
    assert!(words.contains("last data "), "{words}");
    browser.appears(&panel("group0/panel1")).await;
    let figure = browser.text(&format!("{} [data-testid=value]", panel("group0/panel1"))).await;
    assert!(
        figure.is_some_and(|figure| figure.starts_with("62.5") || figure.starts_with("50")),
        "the last value"
    );
    browser.text_becomes(STATE, |words| !words.contains("Live")).await;
    let chip = format!("{} [data-testid=freshness]", panel("group0/panel1"));
    assert!(browser.text(&chip).await.is_some_and(|words| words.starts_with("cut off")));
    fills_the_screen(&browser).await;
    browser.screenshot("wall-server-down").await;

    server.restart();
    browser.text_becomes(STATE, |words| words.contains("Live")).await;
    assert_eq!(browser.text(BANNER).await, None);
    settled(&browser, 9).await;
}

/// Returns the addresses that the service worker keeps, except for the page, its files and the last data.
async fn stored(browser: &Browser) -> Value {
    browser
        .value(
            "(async () => {
                const urls = [];
                for (const name of await caches.keys())
                    for (const { url } of await (await caches.open(name)).keys()) urls.push(url.slice(location.origin.length));
                return urls.filter((url) => url !== '/' && url !== '/last-picture' && !/-[0-9a-f]{12,}(_bg)?\\.\\w+$/.test(url));
            })()",
        )
        .await
}

#[tokio::test]
async fn after_an_upgrade_the_new_page_is_shown_and_files_of_the_old_one_are_dropped() {
    let site = tempfile::TempDir::new().expect("a temporary directory");
    let page = |mark: &str| {
        format!(
            "<!doctype html><title>{mark}</title><script type=\"module\" src=\"/{mark}-0123456789abcdef.js\"></script>"
        )
    };
    let write = |mark: &str| {
        std::fs::write(site.path().join("index.html"), page(mark)).expect("the page");
        let code = "navigator.serviceWorker.register('worker.js', { updateViaCache: 'none' });";
        std::fs::write(site.path().join(format!("{mark}-0123456789abcdef.js")), code).expect("the code");
    };
    let worker = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend/worker.js");
    std::fs::copy(worker, site.path().join("worker.js")).expect("the worker");
    write("old");
    let server = Server::start_with_site(site.path(), &["--no-host"]);
    let browser = open_at(&server.url()).await;
    let files = "(async () => (await (await caches.open('tickertape-shell')).keys()).map(({ url }) => new URL(url).pathname).sort())()";
    let keeps = |expected: Value| {
        let browser = &browser;
        async move {
            wait::until("the page is kept", TIMEOUT, || async {
                (browser.value(files).await == expected).then_some(())
            })
            .await
        }
    };
    keeps(json!(["/", "/old-0123456789abcdef.js"])).await;
    write("new");
    browser.driver.refresh().await.expect("the page opens");
    assert_eq!(browser.driver.title().await.expect("a title"), "new");
    keeps(json!(["/", "/new-0123456789abcdef.js"])).await;
}

#[tokio::test]
async fn names_and_words_are_not_cut_however_many_panels_are_in_trouble() {
    let server = Server::start(&["--no-host"]);
    let names = [
        "temperature",
        "request_latency",
        "cold-store",
        "till",
        "inventory_sync",
        "battery",
        "van-3",
        "disk",
    ];
    for (number, name) in names.iter().cycle().take(24).enumerate() {
        // The topics are stale as soon as the page shows them.
        let query = "unit=%C2%B0C&expect_every_ms=500&label=measured%20at%20the%20back%20of%20the%20hall";
        let value = if number % 3 == 0 { json!({"in": 5, "out": number}) } else { json!(number) };
        server.publish(&format!("warehouse/north/hall-{number}/{name}?{query}"), &value).await;
    }
    let row = |queue: &str| {
        json!({"queue": queue, "depth": 14, "oldest": "2 min", "worker": "worker-7", "rate": 1.25, "retries": 3,
            "last_error": "timed out after thirty seconds", "region": "eu-central-1"})
    };
    server.publish("shop/queues", &json!({"data": [row("mail"), row("invoices"), row("exports")]})).await;
    for screen in [(1280, 720), (1920, 1080), (3840, 2160)] {
        let browser = open_wall(&server, "?wall=4m", screen).await;
        let pages = settled(&browser, 25).await;
        browser.text_becomes("[data-testid=wall-trouble]", |words| words == "24 in trouble").await;
        press(&browser, " ").await;
        for _ in 0..pages {
            for fault in [CUT, CUT_WORDS, CUT_COLUMNS] {
                wait::until("nothing is cut", TIMEOUT, || async {
                    let cut = browser.value(fault).await;
                    (cut == json!([])).then_some(())
                })
                .await;
            }
            press(&browser, "ArrowRight").await;
        }
        browser.screenshot(&format!("wall-troubles-{}", screen.0)).await;
    }
}

#[tokio::test]
async fn a_wall_has_the_window_of_its_address_and_not_the_one_that_was_last_chosen() {
    let server = Server::start(&["--no-host"]);
    publish_mix(&server, 5).await;
    let browser = open_at(&format!("{}/#window=60", server.url())).await;
    let chosen = "[data-testid=window] button[aria-pressed=true]";
    browser.text_becomes(chosen, |window| window == "1 h").await;
    browser.value("[...document.querySelectorAll('[data-testid=window] button')].find((one) => one.textContent === '15 min').click()").await;
    browser.text_becomes(chosen, |window| window == "15 min").await;
    browser.becomes("the choice is kept", "localStorage.getItem('tickertape.window')", json!("15")).await;
    let opened = async |rest: &str| {
        browser.driver.goto("about:blank").await.expect("a page");
        browser.driver.goto(format!("{}/{rest}", server.url())).await.expect("the page opens");
    };
    opened("").await;
    browser.text_becomes(chosen, |window| window == "15 min").await;
    for (rest, hash) in [("?wall", "#window=5"), ("?wall#window=60", "#window=60")] {
        opened(rest).await;
        browser.appears("html[data-wall]").await;
        assert_eq!(browser.value("location.hash").await, json!(hash));
    }
    // A wall changes nothing for later visits.
    opened("").await;
    browser.text_becomes(chosen, |window| window == "15 min").await;
}

#[tokio::test]
async fn at_night_the_whole_screen_is_darker_wherever_the_picture_has_moved() {
    let server = Server::start(&["--no-host"]);
    publish_mix(&server, 5).await;
    let browser = open_wall(&server, "?wall&night=0-23", (1280, 720)).await;
    browser.value("localStorage.setItem('tickertape.zone', 'utc')").await;
    // At one of the two addresses it is night, whatever the hour.
    let night = "location.search = new Date().getUTCHours() < 23 ? '?wall&night=0-23' : '?wall&night=23-24'";
    browser.value(night).await;
    browser.appears("html[data-dark]").await;
    browser.value("document.body.style.translate = '4px 4px'").await;
    let cover = browser
        .value(
            "(() => { const style = getComputedStyle(document.documentElement, '::after');
            return [style.position, style.inset, style.width, style.height, style.backgroundColor]; })()",
        )
        .await;
    assert_eq!(cover, json!(["fixed", "0px", "1280px", "720px", "rgba(0, 0, 0, 0.5)"]));
}
