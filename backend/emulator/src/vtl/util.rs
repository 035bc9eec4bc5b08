//! The functions of `$util`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::error::TemplateError;

/// Characters that forms leave as they are (the media type `application/x-www-form-urlencoded`).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// Calls a function of `$util` with one text.
pub fn call(name: &str, text: &str) -> Result<Value, TemplateError> {
    let failed = |error: &dyn std::fmt::Display| TemplateError::new(format!("$util.{name}: {error}"));
    Ok(match name {
        "escapeJavaScript" => escaped(text).into(),
        "parseJson" => serde_json::from_str(text).map_err(|error| failed(&error))?,
        "urlEncode" => utf8_percent_encode(text, FORM).to_string().replace("%20", "+").into(),
        "urlDecode" => {
            let spaced = text.replace('+', " ");
            percent_decode_str(&spaced).decode_utf8().map_err(|error| failed(&error))?.into_owned().into()
        }
        "base64Encode" => STANDARD.encode(text).into(),
        "base64Decode" => {
            let bytes = STANDARD.decode(text).map_err(|error| failed(&error))?;
            String::from_utf8(bytes).map_err(|error| failed(&error))?.into()
        }
        _ => return Err(failed(&"there is no such function")),
    })
}

/// Escapes text for a string literal of JavaScript, single quotes and slashes included.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\'' | '"' | '\\' | '/' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            ' '..='~' => escaped.push(character),
            _ => character
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| escaped.push_str(&format!("\\u{unit:04X}"))),
        }
    }
    escaped
}
