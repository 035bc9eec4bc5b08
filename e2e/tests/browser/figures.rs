//! Tests the list of figures that opens when the connection's state is pressed: it opens by mouse and by keyboard, and
//! its numbers are right.

use std::time::Duration;

use e2e::browser::{Browser, TIMEOUT};
use e2e::proxy::{Proxy, Wire};
use e2e::server::Server;
use e2e::wait;
use serde_json::json;

const STATE: &str = "[data-testid=connection-state]";
const FIGURES: &str = "[data-testid=figures]";
/// A JavaScript program that sets the browser's clock an hour ahead of the server's. The latencies that the page shows
/// must not contain this difference.
const WRONG_CLOCK: &str = "const real = Date.now; Date.now = () => real() + 3_600_000;";
/// Maximum time until a change of the server's settings file takes effect. The server reads the file once a second.
const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_figures_open_by_key_and_by_press_and_count_what_was_provoked() {
    let folder = tempfile::TempDir::new().expect("a temporary directory");
    let chaos = folder.path().join("chaos.json");
    let torment = |settings: &str| std::fs::write(&chaos, settings).expect("written");
    torment("{}");
    let path = chaos.to_string_lossy().into_owned();
    let server = Server::start(&["--no-host", "--keep-count", "10", "--chaos", &path]);
    let wire = Proxy::before(&server.url()).await;
    let browser = Browser::open(1440, 900).await;
    let script = json!({"source": WRONG_CLOCK});
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
    browser.driver.goto(wire.url()).await.expect("the page opens");
    browser.text_becomes(STATE, |text| text.contains("Live")).await;

    browser.value(&format!("document.querySelector('{STATE}').focus()")).await;
    press_enter(&browser).await;
    assert!(is_open(&browser).await, "by key");
    let state = browser.driver.find(thirtyfour::By::Css(STATE)).await.expect("a button");
    press_enter(&browser).await;
    assert!(!is_open(&browser).await, "closed by key");
    state.click().await.expect("a press");
    assert!(is_open(&browser).await, "by press");

    let mut published = 0;
    let mut publish = async |count: u64| {
        for _ in 0..count {
            published += 1;
            server.publish("lab/beat", &json!({"n": published})).await;
        }
        published
    };
    let seen = publish(5).await;
    becomes(&browser, "publications", seen).await;
    assert_eq!(figure(&browser, "duplicates dropped").await, Some(0));

    torment(r#"{"duplicate": {"probability": 1, "ms": [1, 1]}}"#);
    wait::until("frames come twice", LONG, || async {
        server.publish("lab/other", &json!(1)).await;
        figure(&browser, "duplicates dropped").await.filter(|doubled| *doubled > 0)
    })
    .await;
    torment("{}");
    assert_eq!(figure(&browser, "reconnects").await, Some(0));
    assert_eq!(figure(&browser, "gaps").await, Some(0));

    wire.set(Wire::Cut);
    browser.text_becomes(STATE, |text| !text.contains("Live")).await;
    let at_the_cut = figure(&browser, "publications").await.unwrap_or_default();
    let missed = 200;
    publish(missed).await;
    wire.set(Wire::Whole);
    browser.text_becomes(STATE, |text| text.contains("Live")).await;
    becomes(&browser, "gaps", 1).await;
    becomes(&browser, "reconnects", 1).await;
    let kept = wait::until("what is still kept is filled in", TIMEOUT, || async {
        let kept = figure(&browser, "publications").await? - at_the_cut;
        (kept > 0).then_some(kept)
    })
    .await
    .0;
    assert_eq!(figure(&browser, "publications lost").await, Some(missed - kept));

    publish(5).await;
    let latency = wait::until("the latency is measured", TIMEOUT, || async {
        figure(&browser, "latency, median").await.zip(figure(&browser, "latency, 95th percentile").await)
    });
    let (p50_ms, p95_ms) = latency.await.0;
    assert!(p50_ms <= p95_ms && p95_ms < 5_000, "{p50_ms} ms, {p95_ms} ms: an hour is the clock's");
    browser.screenshot("figures").await;
}

/// Returns the number that the list of figures shows beside `name`.
async fn figure(browser: &Browser, name: &str) -> Option<u64> {
    let value = format!(
        "[...document.querySelectorAll('{FIGURES} dt')]
            .find((name) => name.textContent === '{name}')?.nextElementSibling.textContent"
    );
    browser.value(&value).await.as_str()?.split(' ').next()?.parse().ok()
}

async fn becomes(browser: &Browser, name: &str, wanted: u64) {
    wait::until(&format!("{name} is {wanted}"), TIMEOUT, || async {
        figure(browser, name).await.filter(|found| *found == wanted)
    })
    .await;
}

async fn is_open(browser: &Browser) -> bool {
    browser.value(&format!("document.querySelector('{FIGURES}')?.matches(':popover-open') ?? false")).await
        == json!(true)
}

async fn press_enter(browser: &Browser) {
    for kind in ["keyDown", "keyUp"] {
        let key =
            json!({"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"});
        browser.devtools("Input.dispatchKeyEvent", key).await;
    }
}
