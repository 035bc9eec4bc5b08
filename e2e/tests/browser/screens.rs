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

use crate::shop_floor;

const SCHEMES: [&str; 2] = ["light", "dark"];
/// Length of the stretch of the past that is shown, before and after the incident, in milliseconds.
const AROUND_MS: Millis = 18 * 60_000;

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

/// Opens an address, and waits until every panel in sight has its data.
async fn go(browser: &Browser, url: &str) {
    browser.driver.goto("about:blank").await.expect("an empty page");
    browser.driver.goto(url).await.expect("the page opens");
    let is_complete = "(() => {
        const chips = [...document.querySelectorAll('[data-testid=freshness]')]
            .filter((chip) => chip.getBoundingClientRect().top < innerHeight);
        return document.querySelectorAll('.panel').length >= 20
            && chips.every((chip) => !chip.textContent.includes('loading')); })()";
    wait::until("all panels have their data", 3 * TIMEOUT, || async {
        (browser.value(is_complete).await == json!(true)).then_some(())
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
