//! Values of buckets as fields of series. Depends on [`crate::field`].

use shared::{Bucket, Data};

use crate::field::Field;

/// Lowest and highest number of a bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// The lowest number, and its digits as they were sent.
    pub min: (f64, String),
    /// The highest number, and its digits as they were sent.
    pub max: (f64, String),
}

/// Returns the value as the field of a series. A boolean is 0 or 1, as in publications.
pub fn field(data: &Data) -> Field {
    match number(data) {
        Some((value, sent)) => Field::Number { value, sent },
        None if data.text() == "null" => Field::Nothing,
        None => Field::Text(word(data)),
    }
}

/// Returns the lowest and the highest number of a bucket; `None` if it has no numbers.
pub fn span(bucket: &Bucket) -> Option<Span> {
    if let Some(range) = &bucket.range {
        return Some(Span { min: number(&range.min)?, max: number(&range.max)? });
    }
    let (first, last) = (number(&bucket.first)?, number(&bucket.last)?);
    // All values of such a bucket are booleans, so one that changes is sometimes 0 and sometimes 1.
    Some(match bucket.changes {
        0 => Span { min: first, max: last },
        _ => Span { min: (0.0, "0".to_owned()), max: (1.0, "1".to_owned()) },
    })
}

/// Returns a value as the name of a state: a text without its quotation marks, and anything else as JSON.
pub fn word(data: &Data) -> String {
    serde_json::from_str(data.text()).unwrap_or_else(|_| data.text().to_owned())
}

fn number(data: &Data) -> Option<(f64, String)> {
    match data.text() {
        "true" => Some((1.0, "1".to_owned())),
        "false" => Some((0.0, "0".to_owned())),
        // The JSON parser is used, because Rust's own parser of numbers would make the page larger.
        text => serde_json::from_str(text).ok().map(|value| (value, text.to_owned())),
    }
}
