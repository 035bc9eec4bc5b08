//! One number a line.

use serde_json::Value;

use super::{LineError, scalar};

/// Reads a line that is a number and nothing else.
///
/// # Errors
///
/// [`LineError::NotANumber`], [`LineError::NotFinite`].
pub fn read(line: &str) -> Result<Value, LineError> {
    let text = line.trim();
    let number = scalar::number(text)?.ok_or_else(|| LineError::NotANumber { text: text.into() })?;
    Ok(Value::Number(number))
}
