//! Journeys of a person who sees the board for the first time: she finds yesterday's spike, zooms into it, sends somebody a link to
//! exactly that, makes a recording and plays it back, and puts the board on a wall.
//!
//! Each journey uses only one kind of input: the mouse, the keyboard, or fingers on a phone. Scripts in the page only look at it.

mod keyboard;
mod mouse;
mod phone;

use std::path::PathBuf;
use std::time::Instant;

use e2e::board::{open_at, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::downloads::Downloads;
use e2e::hand::Point;
use e2e::replay::replay;
use e2e::wait;
use serde_json::{Value, json};
use shared::Millis;
use shared::recording::{Entry, Recording};

use crate::kept::Kept;
use crate::kept_days::{self, SPIKE, SPIKE_MS};

const STATE: &str = "[data-testid=connection-state]";
const RECORD: &str = "[data-testid=record]";
const COPY_LINK: &str = "[data-testid=copy-link]";
const NOW: &str = "[data-testid=now]";
const PLAY: &str = "[data-testid=play]";
const SCRUB: &str = "[data-testid=scrub]";
/// CSS selector of the chart with the spike.
const CHART: &str = "[data-topic=\"shop/load\"] .plot";
/// Length of a stretch that is short enough to see the spike, in milliseconds.
const NEAR_MS: Millis = 15 * 60_000;
/// Number of publications that arrive while a recording is made.
const RECORDED: u64 = 10;
/// Length of the window that is recorded, in milliseconds. A recording begins with everything that the board shows.
const RECORDED_MS: Millis = 15 * 60_000;

/// A person at a board that has kept two days.
struct Story {
    shop: Kept,
    /// Time at which the spike began.
    spike_at: Millis,
    browser: Browser,
    downloads: Downloads,
}

impl Story {
    /// Opens the board in its usual state.
    async fn begin() -> Self {
        let (shop, spike_at) = kept_days::begin().await;
        let browser = open_at("about:blank").await;
        let downloads = Downloads::of(&browser).await;
        let permissions = json!({"origin": shop.server.url(), "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
        browser.devtools("Browser.grantPermissions", permissions).await;
        let story = Self { shop, spike_at, browser, downloads };
        story.open_board().await;
        story
    }

    async fn open_board(&self) {
        self.browser.driver.goto(self.shop.server.url()).await.expect("the page opens");
        self.browser.appears(&format!("{CHART} canvas")).await;
        // The code of the controls, which also handles the keys, is loaded while the page connects.
        self.browser.appears("[data-testid=more]").await;
        self.is_live().await;
    }

    async fn is_live(&self) {
        self.browser.text_becomes(STATE, |text| text.starts_with("Live")).await;
    }

    /// Waits until the charts show what the server keeps of the stretch, and have been drawn.
    async fn is_loaded(&self) {
        is_loaded(&self.browser).await;
    }

    /// Returns the stretch of time in the page's address; `None` while live data is shown.
    async fn stretch(&self) -> Option<(Millis, Millis)> {
        stretch(&self.browser).await
    }

    /// Waits until the address contains a stretch other than `before`, and returns it.
    async fn stretch_after(&self, before: Option<(Millis, Millis)>) -> (Millis, Millis) {
        let changed = || async { self.stretch().await.filter(|now| Some(*now) != before) };
        wait::until("another stretch is shown", TIMEOUT, changed).await.0
    }

    /// Returns true if the stretch is short enough to see the spike.
    async fn is_near(&self) -> bool {
        self.stretch().await.is_some_and(|(from, to)| to - from <= NEAR_MS)
    }

    /// Returns true if the tooltip of the chart says the highest value of the spike.
    async fn sees_spike(&self) -> bool {
        sees_spike(&self.browser).await
    }

    /// Asserts that the board shows a short stretch of the past with the spike, and says so.
    async fn has_found_spike(&self) {
        let (from, to) = self.stretch().await.expect("a stretch of the past");
        let spike = self.spike_at..self.spike_at + SPIKE_MS;
        assert!(from < spike.end && spike.start < to, "{from} to {to} without {spike:?}");
        let words = self.browser.text_becomes(STATE, |text| text.starts_with("Past")).await.0;
        assert!(words.contains(" to "), "{words}");
    }

    /// Returns the link that the person has copied.
    async fn copied_link(&self) -> String {
        self.browser.text_becomes("[data-testid=toast]", |text| text == "Link copied").await;
        let link = self.browser.value("navigator.clipboard.readText()").await;
        link.as_str().expect("a link").to_owned()
    }

    /// Opens the link in the browser of somebody else, and asserts that he sees exactly the same.
    async fn is_received(&self, link: &str) {
        assert!(!link.contains("token"), "{link}");
        let other = open_at(link).await;
        other.appears(&format!("{CHART} canvas")).await;
        assert_eq!(stretch(&other).await, self.stretch().await);
        is_loaded(&other).await;
        find_from_right(&other, async |point| other.point_at(point).await).await;
        assert_eq!(other.complaints().await, Vec::<String>::new());
    }

    /// Waits until the recorder, which is a viewer of its own, is connected, and until the board has then received
    /// [`RECORDED`] publications.
    async fn is_recording(&self) {
        self.browser.appears(&format!("{RECORD}[aria-pressed=true]")).await;
        let viewers = "document.querySelector('[data-testid=connection-state] .viewers')?.textContent";
        self.browser.becomes("the recorder is connected", viewers, json!("2 viewers")).await;
        let count = "Number([...document.querySelectorAll('[data-testid=figures] dt')]
            .find((name) => name.textContent === 'publications').nextElementSibling.textContent)";
        let before = self.browser.value(count).await.as_u64().expect("a number");
        wait::until("some seconds are recorded", TIMEOUT, || async {
            self.browser.value(count).await.as_u64().filter(|now| *now >= before + RECORDED)
        })
        .await;
    }

    /// Waits for the downloaded recording, and asserts that it is complete: it contains every publication of the last
    /// quarter of an hour, each once.
    async fn recording(&self) -> PathBuf {
        let (file, bytes) = self.downloads.file("ttr").await;
        let recording = Recording::read(&bytes).expect("a recording");
        assert!(!recording.is_truncated);
        assert_eq!(recording.lines[0].entry, Entry::Opened);
        let items = items(&recording, "shop/load");
        assert!(items.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1), "one after the other: {items:?}");
        let recorded_ms = items[items.len() - 1].1 - items[0].1;
        assert!(recorded_ms >= RECORDED_MS - 2 * 60_000, "{recorded_ms} ms");
        file
    }

    /// Asserts that the recording has ended, and shows its last data and never calls it live.
    async fn has_played(&self) {
        self.browser.text_becomes(STATE, |words| words.starts_with("Recording ended")).await;
        let all = self.browser.value("document.body.innerText").await;
        assert!(!all.as_str().expect("text").to_lowercase().contains("live"), "{all}");
        let legend = self.browser.text(&format!("{} .legend", panel("shop/load"))).await.unwrap_or_default();
        assert!(legend.contains(char::is_numeric), "{legend}");
    }

    /// Waits until the wall shows all panels, and nothing scrolls.
    async fn is_wall(&self) {
        self.browser.appears("html[data-wall]").await;
        let fits = "document.documentElement.scrollHeight <= innerHeight + 4
            && document.documentElement.scrollWidth <= innerWidth + 4
            && [...document.querySelectorAll('.panel')].filter((panel) => panel.offsetWidth > 0).length > 0
            && document.querySelectorAll('.panel').length === 4";
        self.browser.becomes("the wall fills the screen", fits, true).await;
        assert_eq!(self.browser.value("location.search.startsWith('?wall')").await, json!(true));
    }

    async fn is_page(&self) {
        self.browser.appears("html:not([data-wall])").await;
        assert_eq!(self.browser.value("location.search").await, json!(""));
    }

    async fn has_no_complaints(&self) {
        assert_eq!(self.browser.complaints().await, Vec::<String>::new());
    }
}

async fn stretch(browser: &Browser) -> Option<(Millis, Millis)> {
    let times = browser
        .value("['from', 'to'].map((name) => Date.parse(new URLSearchParams(location.search).get(name)))")
        .await;
    Some((times[0].as_i64()?, times[1].as_i64()?))
}

async fn is_loaded(browser: &Browser) {
    let chip = format!("{} [data-testid=freshness]", panel("shop/load"));
    browser.text_becomes(&chip, |text| !text.contains("loading")).await;
    next_frame(browser).await;
}

/// Waits until the page has been drawn.
async fn next_frame(browser: &Browser) {
    browser.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))").await;
}

/// Presses the button of the player by `press` until the recording is stopped before its end. On a slow machine it may have ended before the
/// first press, which then plays it again.
async fn stop_playing(browser: &Browser, press: impl AsyncFn()) {
    wait::until("the recording is stopped", TIMEOUT, || async {
        press().await;
        next_frame(browser).await;
        browser.text(PLAY).await.filter(|words| words.trim() == "Play")
    })
    .await;
}

/// Waits until the page has been drawn. Returns true if the tooltip at the crosshair then says the highest value of the spike.
async fn sees_spike(browser: &Browser) -> bool {
    // One script, because this is asked for hundreds of points.
    let tip = format!(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
            .then(() => document.querySelector({})?.textContent)",
        Value::from(format!("{} .tip", panel("shop/load")))
    );
    browser.value(&tip).await.as_str().is_some_and(|tip| tip.contains(SPIKE))
}

/// Lets the person point at one place of the chart after the other, from right to left, until the tooltip says the highest
/// value of the spike. Returns this place.
async fn find_from_right(browser: &Browser, mut point: impl AsyncFnMut(Point)) -> Point {
    let plot = browser
        .value(&format!(
            "(() => {{ const r = document.querySelector({}).getBoundingClientRect();
                return [r.x, r.y + r.height / 2, r.width]; }})()",
            Value::from(CHART)
        ))
        .await;
    let at = |index: usize| plot[index].as_f64().expect("a number");
    let (left, y, width) = (at(0), at(1), at(2));
    // The code of the crosshair is loaded a moment after the chart.
    let (tip, began) = (format!("{} .tip", panel("shop/load")), Instant::now());
    while browser.text(&tip).await.is_none() {
        assert!(began.elapsed() < TIMEOUT, "the chart has no tooltip");
        point((left + width / 2.0, y)).await;
        next_frame(browser).await;
    }
    let mut x = left + width - 2.0;
    while x > left {
        point((x, y)).await;
        if sees_spike(browser).await {
            return (x, y);
        }
        // On a phone a bucket is hardly wider than a pixel.
        x -= if width < 500.0 { 1.0 } else { 2.0 };
    }
    browser.screenshot("journey-without-spike").await;
    panic!("there is no spike in the chart");
}

/// Returns the offset and the time of each publication of a topic in a recording.
fn items(recording: &Recording, topic: &str) -> Vec<(u64, Millis)> {
    let frames = recording.lines.iter().filter_map(|line| match &line.entry {
        Entry::Frame(text) => serde_json::from_str::<Value>(text).ok(),
        _ => None,
    });
    // A frame contains publications of one topic, or a part for each of several topics.
    let parts = frames.flat_map(|frame| match frame["type"].as_str() {
        Some("publications") => vec![frame],
        Some("batch") => frame["parts"].as_array().cloned().unwrap_or_default(),
        _ => Vec::new(),
    });
    let of_topic = parts.filter(|part| part["topic"] == topic);
    let items = of_topic.flat_map(|part| part["items"].as_array().cloned().unwrap_or_default());
    items.filter_map(|item| Some((item["offset"].as_u64()?, item["ts"].as_i64()?))).collect()
}
