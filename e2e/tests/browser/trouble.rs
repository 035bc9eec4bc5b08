//! Tests the texts with which the page reports problems of the connection or of a publisher. A real browser is used,
//! with the real timeouts of the session.

use std::time::{Duration, Instant};

use e2e::board::{BANNER, is_loaded};
use e2e::browser::{Browser, TIMEOUT};
use e2e::proxy::{Proxy, Wire};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};

const STATE: &str = "[data-testid=connection-state]";
const LOG: &str = "[data-testid=panel][data-topic=\"shop/log\"]";
const CHIP: &str = "[data-testid=panel][data-topic=\"lab/beat\"] [data-testid=freshness]";
/// Maximum time to wait for a text. It is longer than every timeout of the session in these tests, even on a busy
/// machine.
const LONG: Duration = Duration::from_secs(60);
/// Maximum time until the page reports that a probe of the connection was not answered. The page waits five seconds for
/// the answer and 1.5 seconds before it shows a banner, and the machine may be busy. The ordinary ping would find a
/// dead connection only after a minute.
const SOON: Duration = Duration::from_secs(30);

/// A server, a proxy that can interrupt connections, and a browser whose page has shown five orders.
struct Scene {
    server: Server,
    wire: Proxy,
    browser: Browser,
}

impl Scene {
    async fn open() -> Self {
        Self::with_script("").await
    }

    /// Opens the scene with a page in which the JavaScript program `source` runs before the page's own scripts.
    async fn with_script(source: &str) -> Self {
        let server = Server::start(&["--no-host"]);
        let wire = Proxy::before(&server.url()).await;
        let browser = Browser::open(1440, 900).await;
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": source})).await;
        browser.driver.goto(wire.url()).await.expect("the page opens");
        let scene = Self { server, wire, browser };
        scene.publish_orders(1..=5).await;
        scene.shows_order(5).await;
        is_loaded(&scene.browser).await;
        scene
    }

    async fn publish_orders(&self, numbers: impl IntoIterator<Item = u32>) {
        for n in numbers {
            let text = format!("order number {n} has been paid by card");
            self.server.publish("shop/log", &json!(text)).await;
        }
    }

    async fn shows_order(&self, n: u32) {
        self.browser.text_becomes(LOG, |text| text.contains(&format!("order number {n} "))).await;
    }

    /// Waits until the page shows no banner and is live. Checks that it shows each of the orders 1 to `orders` exactly
    /// once.
    async fn is_whole_again(&self, orders: u32) {
        wait::until("the last order is shown", LONG, || async {
            let text = self.browser.text(LOG).await?;
            text.contains(&format!("order number {orders} ")).then_some(())
        })
        .await;
        let text = self.browser.text(LOG).await.unwrap_or_default();
        for n in 1..=orders {
            assert_eq!(text.matches(&format!("order number {n} ")).count(), 1, "order {n} in: {text}");
        }
        wait::until("the banner goes by itself", LONG, || async {
            self.browser.text(BANNER).await.is_none().then_some(())
        })
        .await;
        self.browser.text_becomes(STATE, |text| text.contains("Live")).await;
    }

    async fn banner_says(&self, words: &str, within: Duration) -> String {
        let (said, _) = wait::until(&format!("the banner says {words:?}"), within, || async {
            self.browser.text(BANNER).await.filter(|text| text.contains(words))
        })
        .await;
        said
    }

    async fn chip_says(&self, words: &str, within: Duration) -> String {
        let (said, _) = wait::until(&format!("the panel says {words:?}"), within, || async {
            self.chip_title().await.filter(|title| title.starts_with(words))
        })
        .await;
        said
    }

    async fn beats(&self, count: u32) {
        for n in 0..count {
            self.server.publish("lab/beat", &json!({ "n": n })).await;
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    }

    /// Returns the first sentence of the tooltip of a panel's status label. The sentence explains the label.
    /// Explanations of further states follow after a semicolon.
    async fn chip_title(&self) -> Option<String> {
        let title = self.browser.value(&format!("document.querySelector('{CHIP}')?.title")).await;
        let first = title.as_str()?.split("; ").next()?;
        Some(first.to_string())
    }

    /// Makes the page believe that its tab has been hidden, or is visible again.
    async fn hide(&self, hidden: bool) {
        let state = if hidden { "hidden" } else { "visible" };
        let script = format!(
            "(() => {{ for (const [name, value] of [['hidden', {hidden}], ['visibilityState', '{state}']])
                Object.defineProperty(document, name, {{ value, configurable: true }});
                document.dispatchEvent(new Event('visibilitychange')); return true; }})()"
        );
        self.browser.value(&script).await;
    }

    async fn title(&self) -> String {
        self.browser.value("document.title").await.as_str().unwrap_or_default().to_string()
    }
}

#[tokio::test]
async fn a_stalled_publisher_and_a_frozen_socket_look_different() {
    let scene = Scene::open().await;
    scene.beats(6).await;
    let title = scene.chip_says("no data from lab/beat for ", TIMEOUT).await;
    assert!(is_time(title.split_once("s, last data ").map_or("", |(_, time)| time)), "{title}");
    // This is longer than the page takes to notice a dead socket.
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(scene.browser.text(BANNER).await, None, "a silent publisher is no lost connection");

    scene.wire.set(Wire::Frozen);
    scene.publish_orders(6..=8).await;
    // The page receives nothing, but the topic was late even before the connection was frozen, so the page has no
    // reason to doubt the connection. A hidden tab that becomes visible probes its connection.
    scene.hide(true).await;
    scene.hide(false).await;
    let said = scene.banner_says("Connection lost, last data ", SOON).await;
    let (_, rest) = said.split_once(", last data ").unwrap_or_default();
    assert!(is_time(&rest[..8]) && rest[8..].starts_with('.') && rest.contains("econnecting"), "{said}");
    let title = scene.chip_says("connection lost, last data ", TIMEOUT).await;
    assert!(is_time(title.trim_start_matches("connection lost, last data ")), "{title}");
    scene.browser.screenshot("frozen-socket").await;

    scene.wire.set(Wire::Whole);
    scene.is_whole_again(8).await;
}

#[tokio::test]
async fn a_socket_frozen_under_a_live_topic_is_doubted_and_found_within_seconds() {
    let scene = Scene::open().await;
    scene.beats(8).await;
    let handshakes = scene.wire.handshakes();
    let frozen = Instant::now();
    scene.wire.set(Wire::Frozen);
    scene.publish_orders(6..=8).await;
    // At first the page knows only that the topic is late.
    scene.chip_says("no data from lab/beat for ", SOON).await;
    scene.banner_says("Connection lost, last data ", SOON).await;
    let took = frozen.elapsed();
    assert!(took > Duration::from_secs(5), "after {took:?}: the socket was closed and not frozen");
    assert!(took < SOON, "after {took:?}");
    scene.chip_says("connection lost, last data ", TIMEOUT).await;
    scene.wire.set(Wire::Whole);
    scene.is_whole_again(8).await;
    assert!(scene.wire.handshakes() > handshakes, "a new socket");
}

/// Returns true for a text such as `10:42:07`.
fn is_time(text: &str) -> bool {
    text.len() == 8
        && text.char_indices().all(|(at, c)| if at % 3 == 2 { c == ':' } else { c.is_ascii_digit() })
}

#[tokio::test]
async fn a_frozen_socket_is_found_without_any_event_and_what_was_missed_is_fetched() {
    let scene = Scene::open().await;
    let handshakes = scene.wire.handshakes();
    let frozen = Instant::now();
    scene.wire.set(Wire::Frozen);
    scene.publish_orders(6..=8).await;
    // The page notices the loss by a ping after 50 s without a message, and 10 s for its reply.
    scene.banner_says("Connection lost, last data ", Duration::from_secs(80)).await;
    assert!(frozen.elapsed() > Duration::from_secs(5), "the socket was not frozen but closed");
    scene.wire.set(Wire::Whole);
    scene.is_whole_again(8).await;
    assert!(scene.wire.handshakes() > handshakes, "a new socket");
}

#[tokio::test]
async fn a_device_without_network_says_so_and_comes_back_with_it() {
    let scene = Scene::open().await;
    let network = |offline: bool| {
        let conditions =
            json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        scene.browser.devtools("Network.emulateNetworkConditions", conditions)
    };
    scene.browser.devtools("Network.enable", json!({})).await;
    network(true).await;
    scene.wire.set(Wire::Cut);
    let said = scene.banner_says("offline", SOON).await;
    assert!(said.contains("last data"), "{said}");
    scene.publish_orders(6..=8).await;
    scene.wire.set(Wire::Whole);
    network(false).await;
    let mended = Instant::now();
    scene.is_whole_again(8).await;
    let took = mended.elapsed();
    assert!(
        took < Duration::from_secs(15),
        "after {took:?}: it waited for its next attempt, not for the network"
    );
}

#[tokio::test]
async fn a_tab_in_the_background_shows_trouble_and_is_up_to_date_when_it_is_shown() {
    let scene = Scene::open().await;
    scene.hide(true).await;
    scene.wire.set(Wire::Cut);
    wait::until("the title tells", LONG, || async { scene.title().await.starts_with('⚠').then_some(()) })
        .await;
    let icon = "document.querySelector('link[rel=icon]').href.includes('trouble')";
    assert_eq!(scene.browser.value(icon).await, json!(true));
    scene.publish_orders(6..=8).await;
    scene.wire.set(Wire::Whole);
    scene.hide(false).await;
    scene.is_whole_again(8).await;
    assert_eq!(scene.title().await, "Tickertape");
    assert_eq!(scene.browser.value(icon).await, json!(false));
}

#[tokio::test]
async fn a_clock_that_jumped_is_doubted_at_once_and_ages_do_not_jump_with_it() {
    let clock = "window.__jump = 0; const real = Date.now; Date.now = () => real() + window.__jump;";
    let scene = Scene::with_script(clock).await;
    scene.server.publish("lab/beat", &json!({"n": 1})).await;
    scene.browser.appears(CHIP).await;
    let handshakes = scene.wire.handshakes();

    scene.browser.value("(window.__jump = 3_600_000)").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(scene.wire.handshakes(), handshakes, "the socket answered");
    let chip = scene.browser.text(CHIP).await.unwrap_or_default();
    assert!(!chip.contains("min") && !chip.contains(" h"), "an age of the machine's clock: {chip}");

    // The clock jumps again. This time the socket is dead.
    scene.wire.set(Wire::Frozen);
    scene.publish_orders(6..=8).await;
    scene.browser.value("(window.__jump = 7_200_000)").await;
    let asleep = Instant::now();
    scene.banner_says("Connection lost", SOON).await;
    assert!(asleep.elapsed() < SOON, "a wake is noticed long before a silence");
    scene.wire.set(Wire::Whole);
    scene.is_whole_again(8).await;
}

#[tokio::test]
async fn a_token_that_ran_out_ends_in_words_and_not_in_a_loop() {
    let folder = tempfile::TempDir::new().expect("a temporary directory");
    let secret = folder.path().join("secret");
    e2e::write_private(&secret, "a secret of thirty-two bytes or more, for tests");
    let secret = secret.to_string_lossy().into_owned();
    let server = Server::start(&["--no-host", "--auth-secret-file", &secret]);
    let wire = Proxy::before(&server.url()).await;
    let browser = Browser::open(1440, 900).await;
    browser.replace_clock().await;
    let keep = |token: &str| format!("sessionStorage.setItem('tickertape.token', '{token}');");
    let script = json!({"source": keep(&token(&secret, "15s"))});
    let script = browser.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
    browser.driver.goto(wire.url()).await.expect("the page opens");
    browser.text_becomes(STATE, |text| text.contains("Live")).await;

    let (said, _) = wait::until("the page asks to sign in", LONG, || async {
        browser.text(BANNER).await.filter(|text| text.contains("Sign in again"))
    })
    .await;
    assert!(said.contains("signed out"), "{said}");
    let handshakes = wire.handshakes();
    browser.pass_time(Duration::from_secs(60)).await;
    assert_eq!(wire.handshakes(), handshakes, "no attempt in 60 s");

    // A page that is opened again with the same token tries the token once.
    browser.driver.refresh().await.expect("the page opens");
    browser.text_becomes(BANNER, |text| text.contains("asks for a token")).await;
    browser.pass_time(Duration::from_secs(5)).await;
    assert_eq!(wire.handshakes(), handshakes + 1, "one attempt");

    let sign_in = format!(
        "(() => {{ const field = document.querySelector('.sign-in input'); field.value = '{}';
            field.form.requestSubmit(); return true; }})()",
        token(&secret, "1h")
    );
    browser.devtools("Page.removeScriptToEvaluateOnNewDocument", script).await;
    browser.value(&sign_in).await;
    browser.text_becomes(STATE, |text| text.contains("Live")).await;
    assert_eq!(browser.value(&format!("document.querySelector('{BANNER}')")).await, Value::Null);
}

fn token(secret: &str, ttl: &str) -> String {
    let output = std::process::Command::new(e2e::setting("TICKERTAPE_BIN"))
        .args(["token", "--auth-secret-file", secret, "--subscribe", "*", "--ttl", ttl])
        .output()
        .expect("the program runs");
    String::from_utf8(output.stdout).expect("a token").trim().to_string()
}

#[tokio::test]
async fn a_range_that_can_no_longer_be_fetched_is_a_gap_named_in_the_panels_details() {
    let server = Server::start(&["--no-host", "--keep-count", "10"]);
    let wire = Proxy::before(&server.url()).await;
    let browser = Browser::open(1440, 900).await;
    browser.driver.goto(wire.url()).await.expect("the page opens");
    let publish = async |from: u32, to: u32| {
        for n in from..to {
            server.publish("lab/beat", &json!({"a": n, "b": 2 * n})).await;
        }
    };
    publish(0, 3).await;
    browser.appears(CHIP).await;
    wire.set(Wire::Cut);
    wait::until("the page notices", LONG, || browser.text(BANNER)).await;
    publish(3, 200).await;
    wire.set(Wire::Whole);
    browser.text_becomes(STATE, |text| text.contains("Live")).await;
    publish(200, 203).await;
    browser.text_becomes(CHIP, |text| text.starts_with("gap, ") && text.ends_with(" lost")).await;
    browser.value(&format!("document.querySelector('{CHIP}').click()")).await;
    let details = "[data-testid=panel][data-topic=\"lab/beat\"] [data-testid=details] li";
    browser.text_becomes(details, |text| text.starts_with("lost for good from ")).await;
    browser.screenshot("gap").await;
}
