//! Fetches the settings of the board, `config.json` beside the page.

use shared::board_config::BoardConfig;

use crate::http;

/// Fetches the file. If it is missing or not valid, returns an empty configuration, with which the page's own server is used.
pub async fn fetch() -> BoardConfig {
    http::text("config.json").await.map(|text| BoardConfig::read(&text)).unwrap_or_default()
}
