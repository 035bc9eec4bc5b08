//! Takes the set of screenshots that a designer looks at, into `target/screenshots`.

use std::path::Path;
use std::process::Command;

use e2e::board::open_at;
use e2e::browser::{Browser, TIMEOUT};
use e2e::child::Spawned;
use e2e::server::Server;
use e2e::{setting, wait};
use serde_json::{Value, json};
use shared::Millis;

use crate::{kept, kinds, shop_floor};

const SCHEMES: [&str; 2] = ["light", "dark"];
/// Length of the stretch of the past that is shown, before and after the incident, in milliseconds.
const AROUND_MS: Millis = 18 * 60_000;
/// Number of panels on the board of the kinds.
const KINDS: usize = 13;

/// Takes all screenshots. `cargo xtask screenshots` runs it.
#[tokio::test]
#[ignore = "not a test of its own: takes screenshots for people"]
async fn the_set_of_screenshots() {
    let (shop, incident_at) = shop_floor::begin().await;
    let browser = open_at("about:blank").await;
    let url = shop.server.url();
    pages(&browser, &format!("{url}/#window=15")).await;
    past(&browser, &url, incident_at).await;
    walls(&browser, &url).await;
    empty(&browser).await;
    player(&browser).await;
}

/// Takes screenshots of the kinds of panels that somebody has to choose, and of panels of several topics.
#[tokio::test]
#[ignore = "not a test of its own: takes screenshots for people"]
async fn the_kinds_of_panels() {
    let server = Server::start(&["--no-host"]);
    kinds::publish_all(&server).await;
    publish_several(&server).await;
    let url = format!("{}/?board=kinds", server.url());
    let browser = open_at("about:blank").await;
    browser.resize(1920, 1080, 1.0).await;
    go_to(&browser, KINDS, &url).await;
    shoot_schemes(&browser, "kinds").await;
    force_colours(&browser, "kinds-forced").await;
    let now = kept::now_ms();
    let zoom = format!(
        "'&from=' + new Date({}).toISOString() + '&to=' + new Date({}).toISOString()",
        now - 170_000,
        now - 50_000
    );
    let zoom = browser.value(&zoom).await;
    go_to(&browser, KINDS, &format!("{url}{}", zoom.as_str().expect("an address"))).await;
    shoot(&browser, "kinds-past").await;
    browser.resize(360, 800, 2.0).await;
    go_to(&browser, KINDS, &url).await;
    phone_pages(&browser).await;
    browser.resize(3840, 2160, 1.0).await;
    go_to(&browser, KINDS, &format!("{url}&wall=4m")).await;
    shoot_schemes(&browser, "kinds-wall").await;
    force_colours(&browser, "kinds-wall-forced").await;
    browser.resize(1920, 1080, 1.0).await;
    go_to(&browser, KINDS, &url).await;
    let topics = "[...document.querySelectorAll('.panel')].map((panel) => panel.dataset.topic)";
    let topics = browser.value(topics).await;
    for topic in topics.as_array().into_iter().flatten().filter_map(Value::as_str) {
        let url = format!("{}/topics/{topic}?limit=1", server.url());
        let newest = reqwest::get(url).await.expect("the server answers").text().await.expect("a text");
        let newest: Value = serde_json::from_str(&newest).expect("JSON");
        server.publish(&format!("{topic}?expect_every_ms=1000"), &newest["items"][0]["data"]).await;
    }
    for (seconds, name) in [(3, "kinds-late"), (4, "kinds-stale")] {
        tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
        shoot(&browser, name).await;
    }
}

/// Scrolls through a long page, a picture for each screen.
async fn phone_pages(browser: &Browser) {
    for page in 0..8 {
        browser.value(&format!("scrollTo(0, {page} * (innerHeight - 100))")).await;
        shoot(browser, &format!("kinds-phone-{page}")).await;
    }
}

/// Publishes logs, states and a gauge of several series, and saves a board with them.
async fn publish_several(server: &Server) {
    kinds::fill(server, "lab/cores?panel=gauge&unit=%25&min=0&max=100&target=80", |n| {
        Value::Object(
            (0..6).map(|core| (format!("core {core}"), json!(10 + 2 * kinds::wave(n, 7 * core)))).collect(),
        )
    })
    .await;
    let levels = ["info", "info", "debug", "warn", "info", "error"];
    for (topic, shift) in [("web/api", 0), ("web/edge", 3)] {
        kinds::fill(server, topic, |n| {
            let level = levels[((n + shift) * (n + shift) / 7) as usize % levels.len()];
            json!({"level": level, "message": format!("request {} took {} ms", 1_000 + n, 7 * n % 400)})
        })
        .await;
    }
    for (topic, shift) in [("door/north", 0), ("door/south", 2)] {
        kinds::fill(server, topic, |n| {
            json!(["closed", "open", "closed", "ajar"][((n / 17 + shift) % 4) as usize])
        })
        .await;
    }
    let source =
        |topics: &[&str]| json!(topics.iter().map(|topic| json!({"topic": topic})).collect::<Vec<_>>());
    let panels = json!([
        {"sources": source(&["web/api", "web/edge"]), "group": "several"},
        {"sources": source(&["web/api"]), "group": "several", "columns": 2},
        {"sources": source(&["door/north", "door/south"]), "group": "several"},
        {"sources": source(&["lab/area"]), "derive": [{"combine": "sum"}], "group": "several"},
    ]);
    let url = format!("{}/boards/kinds", server.url());
    let document = json!({"version": 1, "panels": panels}).to_string();
    let saved = reqwest::Client::new().put(&url).body(document).send().await.expect("the server answers");
    assert_eq!(saved.status(), 200);
}

/// The board on screens of four widths, light, dark and with forced colours.
async fn pages(browser: &Browser, url: &str) {
    for (width, height) in [(360, 800), (1280, 720), (1920, 1080), (3840, 2160)] {
        browser.resize(width, height, if width < 760 { 2.0 } else { 1.0 }).await;
        go(browser, url).await;
        shoot_schemes(browser, &format!("page-{width}")).await;
    }
    browser.resize(1920, 1080, 1.0).await;
    force_colours(browser, "page-1920-forced").await;
}

async fn past(browser: &Browser, url: &str, incident_at: Millis) {
    let (from, to) = (incident_at - AROUND_MS, incident_at + AROUND_MS);
    let address =
        format!("'?from=' + new Date({from}).toISOString() + '&to=' + new Date({to}).toISOString()");
    let address = browser.value(&address).await;
    let address = format!("{url}/{}", address.as_str().expect("an address"));
    for (name, width, height) in [("past", 1440, 900), ("past-phone", 360, 800)] {
        browser.resize(width, height, if width < 760 { 2.0 } else { 1.0 }).await;
        go(browser, &address).await;
        shoot_schemes(browser, name).await;
    }
    browser.resize(1440, 900, 1.0).await;
    go(browser, &format!("{url}/#window=10080")).await;
    shoot(browser, "past-week").await;
}

async fn walls(browser: &Browser, url: &str) {
    browser.resize(3840, 2160, 1.0).await;
    for distance in ["2m", "4m"] {
        go(browser, &format!("{url}/?wall={distance}#window=15")).await;
        shoot_schemes(browser, &format!("wall-{distance}")).await;
    }
    force_colours(browser, "wall-4m-forced").await;
    go(browser, &format!("{url}/?wall=4m&night=0-24#window=15")).await;
    shoot(browser, "wall-4m-night").await;
}

async fn empty(browser: &Browser) {
    let server = Server::start(&["--no-host"]);
    for (name, width, height) in [("empty", 1280, 720), ("empty-phone", 360, 800)] {
        browser.resize(width, height, if width < 760 { 2.0 } else { 1.0 }).await;
        browser.driver.goto(server.url()).await.expect("the page opens");
        browser.appears("[data-testid=empty] .command").await;
        shoot_schemes(browser, name).await;
    }
    browser.value("document.querySelector('[data-testid=add-data]').click()").await;
    browser.appears("dialog[open] .command").await;
    shoot(browser, "add-data-phone").await;
}

/// The README's demo in the player.
async fn player(browser: &Browser) {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/demo.ttr");
    let replay = Spawned::start(
        Command::new(setting("TICKERTAPE_BIN"))
            .args(["replay", "--json", "--listen", "127.0.0.1:0", "--site", &setting("TICKERTAPE_SITE")])
            .arg(demo),
    );
    let url =
        replay.line_with(|line| serde_json::from_str::<Value>(line).ok()?["url"].as_str().map(str::to_owned));
    for (name, width, height) in [("player", 1280, 720), ("player-phone", 360, 800)] {
        browser.resize(width, height, if width < 760 { 2.0 } else { 1.0 }).await;
        browser.driver.goto(&url).await.expect("the page opens");
        browser.appears("[data-testid=scrub]").await;
        let seek =
            "(() => { const scrub = document.querySelector('[data-testid=scrub]'); scrub.value = 45000;
            scrub.dispatchEvent(new Event('input', {bubbles: true})); })()";
        browser.value(seek).await;
        browser.appears("[data-testid=panel]").await;
        shoot_schemes(browser, name).await;
    }
}

/// Opens an address of the shop floor, and waits until every panel in sight has its data.
async fn go(browser: &Browser, url: &str) {
    go_to(browser, 15, url).await;
}

/// Opens an address, and waits until the page has so many panels, and every panel in sight has its data.
async fn go_to(browser: &Browser, panels: usize, url: &str) {
    browser.driver.goto("about:blank").await.expect("an empty page");
    browser.driver.goto(url).await.expect("the page opens");
    let is_complete = format!(
        "(() => {{
        const chips = [...document.querySelectorAll('[data-testid=freshness]')]
            .filter((chip) => chip.getBoundingClientRect().top < innerHeight);
        return document.querySelectorAll('.panel').length >= {panels}
            && chips.every((chip) => !chip.textContent.includes('loading')); }})()"
    );
    wait::until("all panels have their data", 3 * TIMEOUT, || async {
        (browser.value(&is_complete).await == json!(true)).then_some(())
    })
    .await;
}

async fn shoot_schemes(browser: &Browser, name: &str) {
    for scheme in SCHEMES {
        browser.prefer(scheme).await;
        shoot(browser, &format!("{name}-{scheme}")).await;
    }
    browser.prefer("light").await;
}

async fn force_colours(browser: &Browser, name: &str) {
    let emulate = async |features: Value| {
        browser.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await
    };
    emulate(json!([{"name": "forced-colors", "value": "active"}, {"name": "prefers-color-scheme", "value": "dark"}])).await;
    shoot(browser, name).await;
    emulate(json!([{"name": "forced-colors", "value": "none"}, {"name": "prefers-color-scheme", "value": "light"}])).await;
}

/// Takes a picture after everything was drawn.
async fn shoot(browser: &Browser, name: &str) {
    let drawn = "new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 500))";
    browser.value(drawn).await;
    browser.screenshot(&format!("set-{name}")).await;
}
