//! `key=value` pairs among other words, such as ping's `icmp_seq=1 ttl=57 time=12.3 ms`.

use serde_json::{Map, Value};

use super::{LineError, scalar};

/// Reads the pairs of a line; `None` if it has none.
///
/// # Errors
///
/// [`LineError::NotFinite`].
pub fn read(line: &str) -> Result<Option<Value>, LineError> {
    let mut fields = Map::new();
    for (key, value) in words(line).filter_map(pair) {
        fields.insert(key.to_owned(), scalar::read(value)?);
    }
    Ok((!fields.is_empty()).then_some(Value::Object(fields)))
}

/// A word that is a pair: a name, `=`, and something.
pub fn pair(word: &str) -> Option<(&str, &str)> {
    let (key, value) = word.split_once('=')?;
    (is_name(key) && !value.is_empty()).then_some((key, value))
}

/// What stands between blanks and commas.
pub fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|word| !word.is_empty())
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '%'))
}
