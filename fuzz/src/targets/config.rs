//! The settings of a board, `config.json`.

use serde_json::value::RawValue;
use shared::board_config::BoardConfig;

use crate::target::{Target, signature};

pub const TARGET: Target = Target {
    name: "config",
    words: &["{\"ws\":", "\"http\":", "\"token\":", "\"wss://\"", "null", "\\ud83d", ","],
    seeds: None,
    run,
};

const ORIGIN: &str = "https://board.example";

/// Checks that every address is either the one of the settings or one of the page's own server, and that settings which are not
/// valid are empty.
fn run(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let config = BoardConfig::read(&text);
    // Not a `Value`, which needs every text in the file to be valid Unicode: fields that the board does not know are skipped.
    if serde_json::from_str::<&RawValue>(&text).is_err() {
        assert_eq!(config, BoardConfig::default(), "text that is not JSON has no settings");
    }
    let addresses = config.addresses(ORIGIN);
    assert_eq!(addresses.ws, config.ws.clone().unwrap_or("wss://board.example/ws".into()));
    assert_eq!(addresses.http, config.http.clone().unwrap_or(ORIGIN.into()));
    signature((config.ws.is_some(), config.http.is_some(), config.token.map(|token| token.len().min(3))))
}
