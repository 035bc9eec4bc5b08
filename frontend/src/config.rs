//! Fetches the settings of the board, `config.json` beside the page.

use shared::board_config::BoardConfig;

use crate::http;
use gloo_net::http::Method;

/// Fetches the file. If it is missing or not valid, returns an empty configuration, with which the page's own server is
/// used. Returns `None` if the server cannot be reached, or a proxy answers in its place that it cannot be reached.
pub async fn fetch() -> Option<BoardConfig> {
    let response = http::request(Method::GET, "config.json", None).await?;
    match response.status() {
        200..300 => Some(BoardConfig::read(&response.text().await.ok()?)),
        500.. => None,
        _ => Some(BoardConfig::default()),
    }
}
