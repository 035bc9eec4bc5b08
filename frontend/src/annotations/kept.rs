//! Moments that were marked in this browser alone, because the server did not take them.

use serde_json::Value;
use shared::Millis;

use crate::prefs;

/// Maximum number of moments that are kept. Beyond it, those that were marked first are dropped.
const MOST: usize = 200;

/// Returns true if this browser keeps moments.
pub(super) fn has_any() -> bool {
    prefs::marks().len() > "[]".len()
}

/// Returns the moments that this browser keeps, with their words.
pub(super) fn all() -> Vec<(Millis, String)> {
    let marks: Value = serde_json::from_str(&prefs::marks()).unwrap_or_default();
    let mark = |mark: &Value| Some((mark.get(0)?.as_i64()?, mark.get(1)?.as_str()?.to_owned()));
    marks.as_array().into_iter().flatten().filter_map(mark).collect()
}

/// Keeps a moment.
pub(super) fn add(ts_ms: Millis, text: &str) {
    let mut marks = all();
    marks.push((ts_ms, text.to_owned()));
    let first = marks.len().saturating_sub(MOST);
    let marks = marks
        .split_off(first)
        .into_iter()
        .map(|(ts_ms, text)| Value::from(vec![Value::from(ts_ms), text.into()]));
    prefs::keep_marks(&Value::from_iter(marks).to_string());
}
