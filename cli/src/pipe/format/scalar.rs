//! What a piece of text stands for: a number, a bool, or itself.

use serde_json::{Number, Value};

use super::LineError;

/// Reads a value between separators.
///
/// # Errors
///
/// [`LineError::NotFinite`].
pub fn read(text: &str) -> Result<Value, LineError> {
    match text {
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        _ => Ok(number(text)?.map_or_else(|| Value::String(text.to_owned()), Value::Number)),
    }
}

/// The number that `text` spells; whole numbers stay whole.
///
/// # Errors
///
/// [`LineError::NotFinite`].
pub fn number(text: &str) -> Result<Option<Number>, LineError> {
    if let Ok(whole) = text.parse::<i64>() {
        return Ok(Some(whole.into()));
    }
    match text.parse::<f64>() {
        Ok(float) => {
            Number::from_f64(float).map(Some).ok_or_else(|| LineError::NotFinite { text: text.into() })
        }
        Err(_) => Ok(None),
    }
}

/// Whether `text` spells a number that can be published.
pub fn is_number(text: &str) -> bool {
    matches!(number(text), Ok(Some(_)))
}
