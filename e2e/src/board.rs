//! The web page under test: the CSS selectors of its parts, and functions that open it.

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
