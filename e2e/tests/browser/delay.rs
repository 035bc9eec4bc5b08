//! Tests that the page tells a slow network from a page that is too slow, and waits for a server that a proxy hides for a while.

use std::time::{Duration, Instant};

use e2e::board::{self, BANNER, panel};
use e2e::browser::Browser;
use e2e::proxy::{Proxy, Wire};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Makes the page handle messages slowly: each takes as many milliseconds as `window.slowness`.
const SLOW_MESSAGES: &str = "
    const handler = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
    Object.defineProperty(WebSocket.prototype, 'onmessage', {
        ...handler,
        set(handle) {
            handler.set.call(this, handle && (event => {
                const end = performance.now() + (window.slowness ?? 0);
                while (performance.now() < end);
                handle.call(this, event);
            }));
        },
    });";
/// Keeps every text of the header and of the panel's label that the page shows, in `window.labels`.
const RECORD_LABELS: &str = "
    (() => {
        window.labels = [];
        const look = () => {
            const text = ['[data-testid=connection-state] b', '[data-testid=freshness]']
                .map(selector => document.querySelector(selector)?.textContent).join(' / ');
            if (window.labels.at(-1) !== text) window.labels.push(text);
        };
        new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
        look();
        return true;
    })()";
const STATE: &str = "[data-testid=connection-state]";
/// Maximum time to wait for a change of the page, on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// A server, a proxy in front of it, and a browser whose page shows the topic `lab/n` live.
struct Scene {
    /// Held while the scene exists.
    _turn: Turn,
    server: Server,
    wire: Proxy,
    browser: Browser,
}

/// The lock of a scene. A busy page would disturb the times of the other scenes, so its scene is open alone. The others may be open
/// at the same time.
enum Turn {
    Shared { _lock: RwLockReadGuard<'static, ()> },
    Alone { _lock: RwLockWriteGuard<'static, ()> },
}

static TURNS: RwLock<()> = RwLock::const_new(());

impl Scene {
    async fn open() -> Self {
        Self::open_in(Turn::Shared { _lock: TURNS.read().await }).await
    }

    /// Opens a scene whose page will be busy.
    async fn open_alone() -> Self {
        Self::open_in(Turn::Alone { _lock: TURNS.write().await }).await
    }

    async fn open_in(turn: Turn) -> Self {
        let server = Server::start(&["--no-host"]);
        let wire = Proxy::before(&server.url()).await;
        let browser = Browser::open(1440, 900).await;
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": SLOW_MESSAGES})).await;
        browser.driver.goto(&wire.url()).await.expect("the page opens");
        let scene = Self { _turn: turn, server, wire, browser };
        scene.publish(1).await;
        scene.shows(1).await;
        scene.browser.text_becomes(STATE, |text| text.contains("Live")).await;
        scene.browser.value(RECORD_LABELS.trim()).await;
        scene
    }

    async fn publish(&self, n: u32) {
        self.server.publish("lab/n", &json!(n)).await;
    }

    async fn shows(&self, n: u32) {
        let figure = format!("{} [data-testid=value]", panel("lab/n"));
        let (_, _) = wait::until(&format!("the figure shows {n}"), LONG, || async {
            self.browser.text(&figure).await.filter(|text| text.trim() == n.to_string())
        })
        .await;
    }

    /// Returns the texts of the header and of the panel's label so far.
    async fn labels(&self) -> Vec<String> {
        let labels = self.browser.value("window.labels").await;
        labels.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Waits until the header has said these words, however briefly.
    async fn has_said(&self, words: &str) {
        self.has_said_one_of(&[words]).await;
    }

    /// Waits until the header has said one of these words, however briefly, and returns the first that it has said.
    async fn has_said_one_of<'a>(&self, words: &[&'a str]) -> &'a str {
        let began = Instant::now();
        loop {
            let labels = self.labels().await;
            let said = |label: &String| words.iter().find(|words| label.contains(**words)).copied();
            if let Some(said) = labels.iter().find_map(said) {
                return said;
            }
            assert!(began.elapsed() < LONG, "the header never said {words:?}, but {labels:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until the header of the page contains `words`.
    async fn says(&self, words: &str) {
        wait::until(&format!("the header says {words:?}"), LONG, || async {
            self.browser.text(STATE).await.filter(|text| text.contains(words))
        })
        .await;
    }
}

#[tokio::test]
async fn a_slow_network_is_late_until_it_is_fast_again() {
    let scene = Scene::open().await;
    for n in 2..7 {
        scene.wire.set(Wire::Frozen);
        scene.publish(n).await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        scene.wire.set(Wire::Whole);
        let said = scene.has_said_one_of(&["Late by", "Behind by"]).await;
        scene.shows(n).await;
        scene.says("Live").await;
        // On a busy machine the page may really be behind, and says this first. Then the network is slow once more.
        if said == "Late by" {
            return;
        }
        scene.browser.value(RECORD_LABELS.trim()).await;
    }
    panic!("the page was behind each time");
}

#[tokio::test]
async fn a_page_that_was_blocked_is_behind_until_it_has_caught_up() {
    let scene = Scene::open_alone().await;
    let busy = "(() => { const end = performance.now() + 6000; while (performance.now() < end); })()";
    // The driver answers only when the page is idle, so that the page is blocked after the answer.
    scene.browser.value(&format!("setTimeout(() => {busy}, 1000)")).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    scene.publish(2).await;
    scene.has_said("Behind by").await;
    scene.shows(2).await;
    scene.says("Live").await;
}

#[tokio::test]
async fn a_page_that_cannot_keep_up_is_behind_and_says_so_on_each_panel() {
    let scene = Scene::open_alone().await;
    scene.browser.value("window.slowness = 120").await;
    // A page that is always busy answers the driver as late as it shows its data, so it is not asked meanwhile.
    for n in 2..=120 {
        scene.publish(n).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    scene.shows(120).await;
    scene.says("Live").await;
    let labels = scene.labels().await;
    let header = labels.iter().position(|label| label.contains("Behind by"));
    assert!(header.is_some() && labels.iter().any(|label| label.contains("behind, ")), "{labels:?}");
    // It does not flicker: as long as more arrives than the page can handle, it never looks live.
    let back = labels.iter().rposition(|label| label.contains("Behind by"));
    let between = &labels[header.unwrap_or_default()..back.unwrap_or_default()];
    assert!(between.iter().all(|label| !label.contains("Live")), "{labels:?}");
}

#[tokio::test]
async fn a_proxy_that_forbids_for_a_while_is_not_the_end_of_a_page_that_was_connected() {
    let scene = Scene::open().await;
    scene.wire.set(Wire::Forbidden);
    let (said, _) =
        wait::until("the banner appears", LONG, || async { scene.browser.text(BANNER).await }).await;
    assert!(said.contains("Connection lost"), "{said}");
    scene.publish(2).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let said = scene.browser.text(BANNER).await.unwrap_or_default();
    assert!(said.contains("econnecting") && !said.contains("may not"), "{said}");
    scene.wire.set(Wire::Whole);
    scene.shows(2).await;
    scene.says("Live").await;
    wait::until("the banner goes", LONG, || async {
        scene.browser.text(BANNER).await.is_none().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_the_server_collects_is_neither_late_nor_delayed() {
    let server = Server::start(&["--no-host", "--frame-every", "4s"]);
    server.publish("lab/n?expect_every_ms=1000", &json!(0)).await;
    let browser = board::open(&server).await;
    browser.appears(&panel("lab/n")).await;
    server.publish("lab/n", &json!(1)).await;
    browser.text_becomes("[data-testid=freshness]", |text| text == "live").await;
    browser.value(RECORD_LABELS.trim()).await;
    for n in 2..=16 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        server.publish("lab/n", &json!(n)).await;
    }
    let figure = format!("{} [data-testid=value]", panel("lab/n"));
    browser.text_becomes(&figure, |text| text.trim() == "16").await;
    let labels = browser.value("window.labels").await;
    let labels: Vec<&str> = labels.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(!labels.is_empty() && labels.iter().all(|label| *label == "Live / live"), "{labels:?}");
}
