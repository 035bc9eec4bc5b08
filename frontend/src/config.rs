//! Fetches the settings of the board, `config.json` beside the page.

use shared::board_config::BoardConfig;

use crate::{early, http};

/// Fetches the file. If it is missing or not valid, returns an empty configuration, with which the page's own server is
/// used. Returns `None` if the server cannot be reached, or a proxy answers in its place that it cannot be reached.
pub async fn fetch() -> Option<BoardConfig> {
    let (status, text) = match early::config() {
        Some(answer) => answer.await?,
        None => ask().await?,
    };
    match status {
        200..300 => Some(BoardConfig::read(&text)),
        500.. => None,
        _ => Some(BoardConfig::default()),
    }
}

/// Returns the status and the text of the server's answer.
async fn ask() -> Option<(u16, String)> {
    let response = http::fetch("GET", "config.json", None).await?;
    Some((response.status(), http::body(&response).await?))
}
