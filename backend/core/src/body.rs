//! Parses the body of `POST /topics/{topic}`.
//!
//! | body | meaning |
//! |---|---|
//! | a JSON number, string, bool or object | one publication with that as its data |
//! | `{"data": …}` or `{"data": …, "ts": …}`, no other keys | one publication: an *envelope* |
//! | a JSON list | a batch: each element is an envelope or data |
//! | several JSON values, each on its own line (NDJSON) | a batch: each line is an envelope or data |
//! | anything else | one publication: the text, as one string |
//!
//! The `ts` of an envelope is a number of seconds or milliseconds since 1970, with or without a fraction, or a time in
//! ISO 8601 with its UTC offset.
//!
//! To publish a list as one value, such as a table, put it in an envelope: `{"data": [{…}, {…}]}`. The content type is
//! ignored, because `curl -d` declares every body as a form and a browser's `fetch` declares it as `text/plain`. A body
//! is refused if it begins like JSON (`{`, `[`, `"`) but is not valid JSON, or if its first two lines are JSON values and
//! a later line is not. Otherwise invalid JSON would be published as text.
//!
//! The data keeps the JSON text that was sent. It is not checked here: [`ingest`](crate::ingest) calls [`Data::check`].

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use shared::publication::Item;
use shared::timestamp::{self, TimestampError};
use shared::{Data, ErrorCode, Millis, limits};

use crate::message::json_fault;
use crate::refusal::Refusal;

/// The publications that a body contains.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// The publications in order: at least one, at most [`limits::BATCH_ITEMS`].
    pub items: Vec<Item>,
    /// For each publication, the number of the line at which it begins, from 1. Empty if the body is not NDJSON.
    pub lines: Vec<usize>,
}

/// Parses the body of a request to publish.
///
/// # Errors
///
/// A [`BodyError`] that describes the fault and, where possible, its line.
pub fn read(bytes: &[u8]) -> Result<Body, BodyError> {
    if bytes.len() > limits::BODY_BYTES {
        return Err(BodyError::TooLarge { bytes: bytes.len(), limit: limits::BODY_BYTES });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| BodyError::NotUtf8 { line: line_at(bytes, error.valid_up_to()) })?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(BodyError::Empty);
    }
    match json(text) {
        Err(BodyError::NotJson { .. } | BodyError::MoreOnLine { .. }) if is_plain(text) => Ok(plain(text)),
        read => read,
    }
}

/// The reason why the body of a request to publish cannot be parsed. The sender must change the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The body is empty, or it is an empty list.
    #[error("there is nothing to publish, because the body is empty: send a number, text or JSON")]
    Empty,
    /// The body has more bytes than [`limits::BODY_BYTES`].
    #[error(
        "a body can have at most {limit} bytes, and this one has {bytes}: divide it into several requests"
    )]
    TooLarge {
        /// Size of the body in bytes.
        bytes: usize,
        /// Largest size allowed, in bytes.
        limit: usize,
    },
    /// The body has more publications than [`limits::BATCH_ITEMS`].
    #[error(
        "a request can have at most {limit} publications, and this one has more: divide it into several requests"
    )]
    TooMany {
        /// Largest number of publications allowed.
        limit: usize,
    },
    /// The body is not valid UTF-8.
    #[error("the body is not valid UTF-8: send text or JSON in UTF-8")]
    NotUtf8 {
        /// Line of the first bad byte, from 1.
        line: usize,
    },
    /// The body begins like JSON but is not valid JSON.
    #[error(
        "{fault}: correct the JSON; to publish plain text that begins like JSON, send it as a JSON string"
    )]
    NotJson {
        /// Line of the fault, from 1.
        line: usize,
        /// Description of the fault.
        fault: String,
    },
    /// A line contains more than one JSON value.
    #[error("the line has more text after its JSON value: send one JSON value per line")]
    MoreOnLine {
        /// Number of the line, from 1.
        line: usize,
    },
    /// The `ts` of an envelope is not a valid time.
    #[error("{error}")]
    Timestamp {
        /// Line of the envelope, from 1; `None` if the body is one value.
        line: Option<usize>,
        /// The reason why the `ts` is not a valid time.
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

/// Returns true if `text` is to be published as plain text. That is the case if it does not begin like JSON, and if its
/// first two lines are not both JSON. A single line that is JSON proves nothing, because text may begin with a number. Must
/// only be called if the whole text is not valid JSON.
fn is_plain(text: &str) -> bool {
    let text = text.trim_start();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let two_are_json = (0..2).all(|_| lines.next().is_some_and(is_json));
    !text.starts_with(['{', '[', '"']) && !two_are_json
}

fn is_json(line: &str) -> bool {
    serde_json::from_str::<&RawValue>(line).is_ok()
}

fn plain(text: &str) -> Body {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Body { items: vec![Item::now(line)], lines: Vec::new() }
}

fn json(text: &str) -> Result<Body, BodyError> {
    match values(text)?.as_slice() {
        [(_, value)] if value.get().starts_with('[') => {
            let elements: Vec<&RawValue> =
                serde_json::from_str(value.get()).map_err(|error| not_json(&error, text))?;
            let items = elements.into_iter().map(|element| item(element, None));
            bounded(items.collect::<Result<_, _>>()?, Vec::new())
        }
        [(_, value)] => bounded(vec![item(value, None)?], Vec::new()),
        values => {
            let items = values.iter().map(|(line, value)| item(value, Some(*line)));
            bounded(items.collect::<Result<_, _>>()?, values.iter().map(|(line, _)| *line).collect())
        }
    }
}

fn bounded(items: Vec<Item>, lines: Vec<usize>) -> Result<Body, BodyError> {
    match items.len() {
        0 => Err(BodyError::Empty),
        many if many > limits::BATCH_ITEMS => Err(BodyError::TooMany { limit: limits::BATCH_ITEMS }),
        _ => Ok(Body { items, lines }),
    }
}

/// Splits the text into its JSON values, each with the number of the line on which it begins.
fn values(text: &str) -> Result<Vec<(usize, &RawValue)>, BodyError> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter();
    let mut values = Vec::new();
    let (mut line, mut end) = (1, 0);
    loop {
        let gap = blank_prefix(&text[end..]);
        let (begins, breaks) = (end + gap.len(), gap.matches('\n').count());
        let value = match stream.next() {
            None => return Ok(values),
            Some(_) if end > 0 && breaks == 0 => return Err(BodyError::MoreOnLine { line }),
            Some(Err(error)) => return Err(not_json(&error, text)),
            Some(Ok(value)) => value,
        };
        line += breaks;
        values.push((line, value));
        end = stream.byte_offset();
        line += text[begins..end].matches('\n').count();
    }
}

fn not_json(error: &serde_json::Error, text: &str) -> BodyError {
    BodyError::NotJson { line: error.line(), fault: json_fault::explain(error, text) }
}

fn blank_prefix(text: &str) -> &str {
    &text[..text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len()]
}

fn item(value: &RawValue, line: Option<usize>) -> Result<Item, BodyError> {
    let Some(Envelope { data, ts }) = envelope(value) else {
        return Ok(Item { data: Data::from_raw(value), ts: None });
    };
    let ts = ts.map(|ts| timestamp(ts.get(), line)).transpose()?;
    Ok(Item { data: Data::from_raw(data), ts })
}

fn timestamp(ts: &str, line: Option<usize>) -> Result<Millis, BodyError> {
    // A number that does not fit into a `Value` is not a valid time. It becomes a string, so that the error quotes it.
    let ts = serde_json::from_str(ts).unwrap_or_else(|_| Value::from(ts));
    timestamp::read(&ts).map_err(|error| BodyError::Timestamp { line, error })
}

/// A JSON object with `data`, an optional `ts` and no other keys. Parsing fails if a key occurs twice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(borrow, default)]
    ts: Option<&'a RawValue>,
}

fn envelope(value: &RawValue) -> Option<Envelope<'_>> {
    value.get().starts_with('{').then(|| serde_json::from_str(value.get()).ok())?
}

fn line_at(bytes: &[u8], offset: usize) -> usize {
    1 + bytes[..offset].iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests;
