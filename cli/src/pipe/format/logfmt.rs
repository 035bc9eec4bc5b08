//! logfmt: `level=info msg="all is well" cached`. A key without a value is true.

use serde_json::{Map, Value};

use super::{LineError, scalar};

/// Reads a line.
///
/// # Errors
///
/// [`LineError::OpenQuote`], [`LineError::NotFinite`].
pub fn read(line: &str) -> Result<Value, LineError> {
    let mut fields = Map::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (key, after) =
            rest.split_at(rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len()));
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(line, after)?,
            None => (Value::Bool(true), after),
        };
        if !key.is_empty() {
            fields.insert(key.to_owned(), value);
        }
        rest = after.trim_start();
    }
    Ok(Value::Object(fields))
}

/// A value, and what follows it.
fn value<'a>(line: &str, text: &'a str) -> Result<(Value, &'a str), LineError> {
    if let Some(quoted) = text.strip_prefix('"') {
        let column = line.chars().count() - text.chars().count() + 1;
        let (content, rest) = unquote(quoted).ok_or(LineError::OpenQuote { column })?;
        return Ok((Value::String(content), rest));
    }
    let (bare, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    Ok((scalar::read(bare)?, rest))
}

/// The content of a quoted text and what follows its closing quote; `None` if it has none.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((content, &text[at + 1..])),
            '\\' => content.push(escaped(chars.next()?.1)),
            other => content.push(other),
        }
    }
    None
}

fn escaped(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        other => other,
    }
}
