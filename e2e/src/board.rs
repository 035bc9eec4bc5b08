//! The web page under test: the CSS selectors of its parts, and functions that open it.

use crate::browser::Browser;
use crate::server::Server;

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
