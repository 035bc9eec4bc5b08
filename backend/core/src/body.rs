//! Reading the body of `POST /topics/{topic}`.
//!
//! | body | means |
//! |---|---|
//! | a JSON number, string, bool or object | one publication with that as its data |
//! | `{"data": …}` or `{"data": …, "ts": …}`, no other keys | one publication: an *envelope* |
//! | a JSON list | a batch: each element an envelope, or data itself |
//! | several JSON values, each on its own line (NDJSON) | a batch: each line an envelope, or data itself |
//! | anything, with `Content-Type: text/plain` | one publication: the text is one string |
//!
//! The `ts` of an envelope is seconds or milliseconds since 1970, whole or not, or ISO 8601 with its offset.
//!
//! A list that is meant as one table goes in an envelope: `{"data": [{…}, {…}]}`. Every content type but
//! `text/plain` is read as JSON, because `curl -d` calls everything a form.

use serde_json::{Map, Value};
use shared::publication::Item;
use shared::timestamp::{self, TimestampError};
use shared::{ErrorCode, limits};

use crate::message::json_fault;
use crate::refusal::Refusal;

/// What a body holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// In order; at least one, at most [`limits::BATCH_ITEMS`].
    pub items: Vec<Item>,
    lines: Vec<usize>,
}

impl Body {
    /// The line, from 1, that the item with this index began on; `None` if the body was no NDJSON.
    pub fn line(&self, index: usize) -> Option<usize> {
        self.lines.get(index).copied()
    }
}

/// Reads a body. Whether the data may stand in a log is not looked at.
///
/// # Errors
///
/// [`BodyError`].
pub fn read(content_type: Option<&str>, bytes: &[u8]) -> Result<Body, BodyError> {
    if bytes.len() > limits::BODY_BYTES {
        return Err(BodyError::TooLarge { bytes: bytes.len(), limit: limits::BODY_BYTES });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| BodyError::NotUtf8 { line: line_at(bytes, error.valid_up_to()) })?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(BodyError::Empty);
    }
    if is_plain(content_type) { Ok(plain(text)) } else { json(text) }
}

/// Why a body cannot be read. Whoever sent it has to change it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// No bytes, or an empty list.
    #[error("nothing to publish: the body is empty")]
    Empty,
    /// More bytes than [`limits::BODY_BYTES`].
    #[error("a body has at most {limit} bytes; this one has {bytes}")]
    TooLarge {
        /// Found.
        bytes: usize,
        /// Allowed.
        limit: usize,
    },
    /// More publications than [`limits::BATCH_ITEMS`].
    #[error("a request has at most {limit} publications; this one has more")]
    TooMany {
        /// Allowed.
        limit: usize,
    },
    /// Bytes that are no text.
    #[error("the body is not UTF-8")]
    NotUtf8 {
        /// Where, from 1.
        line: usize,
    },
    /// Text that is not JSON.
    #[error("{fault}; to publish plain text, quote it or send Content-Type: text/plain")]
    NotJson {
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        fault: String,
    },
    /// Two values on one line.
    #[error("one JSON value per line is expected, and there is more after the first")]
    MoreOnLine {
        /// Which, from 1.
        line: usize,
    },
    /// An envelope whose `ts` is not a time.
    #[error("{error}")]
    Timestamp {
        /// Which line, from 1; `None` if the body is one value.
        line: Option<usize>,
        /// The value as it came.
        error: TimestampError,
    },
}

impl BodyError {
    fn line(&self) -> Option<usize> {
        match self {
            Self::Empty | Self::TooLarge { .. } | Self::TooMany { .. } => None,
            Self::NotUtf8 { line } | Self::NotJson { line, .. } | Self::MoreOnLine { line } => Some(*line),
            Self::Timestamp { line, .. } => *line,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Empty => ErrorCode::BadData,
            Self::TooLarge { .. } | Self::TooMany { .. } => ErrorCode::TooLarge,
            Self::NotUtf8 { .. } | Self::NotJson { .. } | Self::MoreOnLine { .. } => ErrorCode::Malformed,
            Self::Timestamp { .. } => ErrorCode::BadTimestamp,
        }
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        Self::new(error.code(), &error).on_line(error.line())
    }
}

fn is_plain(content_type: Option<&str>) -> bool {
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("text/plain")
}

fn plain(text: &str) -> Body {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Body { items: vec![Item::now(line)], lines: Vec::new() }
}

fn json(text: &str) -> Result<Body, BodyError> {
    let mut values = values(text)?;
    let items: Vec<Item> = match values.as_mut_slice() {
        [(_, Value::Array(elements))] => {
            std::mem::take(elements).into_iter().map(|value| item(value, None)).collect::<Result<_, _>>()?
        }
        [(_, value)] => vec![item(std::mem::take(value), None)?],
        _ => return lines(values),
    };
    bounded(items, Vec::new())
}

fn lines(values: Vec<(usize, Value)>) -> Result<Body, BodyError> {
    let lines = values.iter().map(|(line, _)| *line).collect();
    let items = values.into_iter().map(|(line, value)| item(value, Some(line)));
    bounded(items.collect::<Result<_, _>>()?, lines)
}

fn bounded(items: Vec<Item>, lines: Vec<usize>) -> Result<Body, BodyError> {
    match items.len() {
        0 => Err(BodyError::Empty),
        many if many > limits::BATCH_ITEMS => Err(BodyError::TooMany { limit: limits::BATCH_ITEMS }),
        _ => Ok(Body { items, lines }),
    }
}

/// Every value of the text with the line it begins on.
fn values(text: &str) -> Result<Vec<(usize, Value)>, BodyError> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter();
    let mut values = Vec::new();
    let (mut line, mut end) = (1, 0);
    loop {
        let gap = blank_prefix(&text[end..]);
        let (begins, breaks) = (end + gap.len(), gap.matches('\n').count());
        let value = match stream.next() {
            None => return Ok(values),
            Some(_) if end > 0 && breaks == 0 => return Err(BodyError::MoreOnLine { line }),
            Some(Err(error)) => {
                return Err(BodyError::NotJson {
                    line: error.line(),
                    fault: json_fault::explain(&error, text),
                });
            }
            Some(Ok(value)) => value,
        };
        line += breaks;
        values.push((line, value));
        end = stream.byte_offset();
        line += text[begins..end].matches('\n').count();
    }
}

fn blank_prefix(text: &str) -> &str {
    &text[..text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len()]
}

fn item(value: Value, line: Option<usize>) -> Result<Item, BodyError> {
    match value {
        Value::Object(fields) if is_envelope(&fields) => open(fields, line),
        data => Ok(Item { data, ts: None }),
    }
}

fn is_envelope(fields: &Map<String, Value>) -> bool {
    fields.contains_key("data") && fields.keys().all(|key| key == "data" || key == "ts")
}

fn open(mut fields: Map<String, Value>, line: Option<usize>) -> Result<Item, BodyError> {
    let data = fields.get_mut("data").map(Value::take).unwrap_or_default();
    let ts = match fields.get("ts") {
        None | Some(Value::Null) => None,
        Some(ts) => Some(timestamp::read(ts).map_err(|error| BodyError::Timestamp { line, error })?),
    };
    Ok(Item { data, ts })
}

fn line_at(bytes: &[u8], offset: usize) -> usize {
    1 + bytes[..offset].iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests;
