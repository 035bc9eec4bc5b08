//! A running `tickertape replay`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::child::Spawned;
use crate::setting;

/// Starts `tickertape replay` with a recording, and returns it with the address of its page.
///
/// # Panics
///
/// If the program does not start.
pub fn replay(file: &Path) -> (Spawned, String) {
    let process = Spawned::start(
        Command::new(setting("TICKERTAPE_BIN"))
            .args(["replay", "--json", "--listen", "127.0.0.1:0", "--site", &setting("TICKERTAPE_SITE")])
            .arg(file),
    );
    let url = process
        .line_with(|line| serde_json::from_str::<Value>(line).ok()?["url"].as_str().map(str::to_owned));
    (process, url)
}
