//! One JSON value a line.

use serde_json::Value;
use shared::publication::Item;

use super::LineError;

/// Reads a line. An object of `data` and perhaps `ts`, and nothing else, is an envelope; anything else is the
/// data itself.
///
/// # Errors
///
/// [`LineError::NotJson`].
pub fn read(line: &str) -> Result<Item, LineError> {
    let value: Value =
        serde_json::from_str(line).map_err(|error| LineError::NotJson { reason: reason(&error) })?;
    Ok(if is_envelope(&value) {
        serde_json::from_value(value.clone()).unwrap_or_else(|_| Item::now(value))
    } else {
        Item::now(value)
    })
}

fn is_envelope(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| {
        fields.contains_key("data") && fields.keys().all(|key| matches!(key.as_str(), "data" | "ts"))
    })
}

/// serde_json's words, with the column alone: there is one line only.
fn reason(error: &serde_json::Error) -> String {
    let words = error.to_string();
    match words.split_once(" at line ") {
        Some((what, _)) => format!("{what} at column {}", error.column()),
        None => words,
    }
}
