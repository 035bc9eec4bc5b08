//! The page under test, and where things are on it.

use crate::browser::Browser;
use crate::server::Server;

/// Where the page says that something is wrong with the connection.
pub const BANNER: &str = "[data-testid=banner]";

/// The panel of a topic.
pub fn panel(topic: &str) -> String {
    format!("[data-testid=panel][data-topic=\"{topic}\"]")
}

/// Opens a server's page on a desk's screen.
///
/// # Panics
///
/// If it does not open.
pub async fn open(server: &Server) -> Browser {
    open_at(&server.url()).await
}

/// The same, for whatever serves it.
///
/// # Panics
///
/// If it does not open.
pub async fn open_at(url: &str) -> Browser {
    let browser = Browser::open(1440, 900).await;
    browser.listen_for_complaints().await;
    browser.driver.goto(url).await.expect("the page opens");
    browser
}
