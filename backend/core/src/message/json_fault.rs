//! Writes error messages for text that is not valid JSON.

use serde_json::Error;

/// Describes why `text` is not valid JSON and at which position, and suggests a remedy if one is known.
pub(crate) fn explain(error: &Error, text: &str) -> String {
    let fault = error.to_string();
    // serde_json's message ends with " at line 1 column 7". For a single line, the column is enough.
    let what = fault.split(" at line ").next().unwrap_or(&fault);
    let place = if text.trim_end().contains('\n') {
        format!("line {} column {}", error.line(), error.column())
    } else {
        format!("column {}", error.column())
    };
    match hint(error, text) {
        Some(hint) => format!("the text is not JSON: {what} at {place}; {hint}"),
        None => format!("the text is not JSON: {what} at {place}"),
    }
}

fn hint(error: &Error, text: &str) -> Option<&'static str> {
    let line = text.lines().nth(error.line().saturating_sub(1))?;
    let before = line.char_indices().nth(error.column().saturating_sub(2)).map_or(0, |(at, _)| at);
    let rest = line[before..].trim_start_matches(['-', ':', ',', ' ', '[', '"']);
    let names = ["NaN", "nan", "Infinity", "infinity", "inf"];
    if names.iter().any(|name| rest.starts_with(name)) || line.trim_start_matches('-').starts_with("Inf") {
        return Some("JSON has no NaN or Infinity: leave the field out, or send a string");
    }
    error.to_string().contains("number out of range").then_some("send a number between -1.8e308 and 1.8e308")
}
