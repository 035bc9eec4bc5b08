//! Writes the file of `--outputs-file`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::CliError;

/// Writes the outputs of a template as a JSON object. The file appears with all of its content, so that a program may wait for it.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write(path: &Path, outputs: &BTreeMap<String, String>) -> Result<(), CliError> {
    let unusable = |error: std::io::Error| {
        CliError::failed(format!("--outputs-file {} cannot be written: {error}", path.display()))
            .hint("give the path of a file in a folder that exists")
    };
    let text = serde_json::to_string_pretty(outputs).map_err(CliError::failed)?;
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    std::fs::write(&fresh, text + "\n").and_then(|()| std::fs::rename(&fresh, path)).map_err(unusable)
}
