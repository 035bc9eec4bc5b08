//! The web page under test: the CSS selectors of its parts, and functions that open it.

use std::time::{Duration, Instant};

use crate::browser::{Browser, TIMEOUT};
use crate::server::Server;
use crate::wait;

/// CSS selector of the banner that reports problems with the connection.
pub const BANNER: &str = "[data-testid=banner]";

/// Returns the CSS selector of the panel that shows `topic`.
pub fn panel(topic: &str) -> String {
    format!("[data-testid=panel][data-topic=\"{topic}\"]")
}

/// Opens the page of a server in a window of 1440 by 900 pixels.
///
/// # Panics
///
/// If the page does not open.
pub async fn open(server: &Server) -> Browser {
    open_at(&server.url()).await
}

/// Opens the page at this address.
///
/// # Panics
///
/// If the page does not open.
pub async fn open_at(url: &str) -> Browser {
    let browser = Browser::open(1440, 900).await;
    browser.listen_for_complaints().await;
    browser.driver.goto(url).await.expect("the page opens");
    browser
}

/// Waits until the controls of the page are loaded, which follow the first panel.
///
/// # Panics
///
/// If they are not loaded in time.
pub async fn is_loaded(browser: &Browser) {
    wait::until("the controls are loaded", TIMEOUT, || async {
        let waits = browser.value("!!document.querySelector('.not-loaded, #shell')").await;
        (waits == false).then_some(())
    })
    .await;
}

/// Waits until the clock of the page has gone on by this time.
///
/// # Panics
///
/// If it does not within [`TIMEOUT`].
pub async fn seconds_pass(browser: &Browser, seconds: f64) {
    let began = browser.value("Date.now()").await.as_f64().unwrap_or_default();
    browser.is_true(&format!("Date.now() > {began} + {}", seconds * 1_000.0)).await;
}

/// Publishes the state `failed` by `publish` until the page has told it by a notification, with the script of
/// [`crate::scripts::keep_notifications`]. The page begins to look for new trouble at a time that depends on the speed of the machine, and
/// trouble that is there before is not told. It is over when the state has been `closed` for five seconds, and is then published again.
///
/// # Panics
///
/// If nothing is told.
pub async fn trouble_is_told(browser: &Browser, publish: impl AsyncFn(&'static str)) {
    const ROUNDS: usize = 6;
    let told = async || browser.value("window.__told.length").await.as_u64().unwrap_or_default();
    let before = told().await;
    for _ in 0..ROUNDS {
        publish("failed").await;
        let published = Instant::now();
        while published.elapsed() < Duration::from_secs(6) {
            if told().await > before {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        publish("closed").await;
        seconds_pass(browser, 8.0).await;
    }
    panic!("no trouble was told in {ROUNDS} rounds");
}
