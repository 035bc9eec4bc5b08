//! Values of which buckets are made: numbers, booleans, `null` and short texts.

use crate::{Data, limits};

/// A value that a bucket can contain: a number, `true`, `false`, `null` or a short text, as JSON text of limited length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar(Data);

impl Scalar {
    /// Creates the value from `data`. Returns `None` for a list, an object and a text of more than
    /// [`limits::BUCKET_TEXT_CHARS`] characters, which belongs into a log.
    ///
    /// A number of more than [`limits::BUCKET_NUMBER_BYTES`] bytes is rounded to an `f64`.
    pub fn of(data: &Data) -> Option<Self> {
        let text = data.text();
        match text.as_bytes().first()? {
            b'{' | b'[' => None,
            b'"' => is_short(data).then(|| Self(data.clone())),
            b't' | b'f' | b'n' => Some(Self(data.clone())),
            _ if text.len() <= limits::BUCKET_NUMBER_BYTES => Some(Self(data.clone())),
            _ => Some(Self(Data::from(number(data)?))),
        }
    }

    /// Returns the JSON text of the value.
    pub fn data(&self) -> &Data {
        &self.0
    }
}

/// Returns true if the JSON text is a number.
pub fn is_number(data: &Data) -> bool {
    matches!(data.text().as_bytes().first(), Some(b'-' | b'0'..=b'9'))
}

/// Returns the number; `None` if the JSON text is anything else.
pub(super) fn number(data: &Data) -> Option<f64> {
    // The JSON parser is used, because Rust's own parser of numbers would make the page larger.
    serde_json::from_str(data.text()).ok()
}

/// Returns true if a JSON string is on one line and has at most the permitted number of characters.
fn is_short(data: &Data) -> bool {
    // An escape sequence has at most six bytes for a character, and UTF-8 four.
    let most_bytes = limits::BUCKET_TEXT_CHARS * 6 + 2;
    data.text().len() <= most_bytes
        && serde_json::from_str::<String>(data.text())
            .is_ok_and(|text| text.chars().nth(limits::BUCKET_TEXT_CHARS).is_none() && !text.contains('\n'))
}
