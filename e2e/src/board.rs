//! The page under test: its selectors, and functions that open it.

use crate::browser::Browser;
use crate::server::Server;

/// Selector of the banner.
pub const BANNER: &str = "[data-testid=banner]";

/// Returns the selector of a topic's panel.
pub fn panel(topic: &str) -> String {
    format!("[data-testid=panel][data-topic=\"{topic}\"]")
}

/// Opens a server's page on a screen of 1440 by 900 pixels.
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
