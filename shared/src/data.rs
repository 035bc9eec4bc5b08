//! The data of a publication: JSON text that is checked once and then carried unchanged.
//!
//! The text is never rewritten between the publisher and a reader, so the digits of large integers, decimal places (`21.50`) and
//! the order of keys arrive as they were sent. Only code that interprets the data, such as the
//! board with its charts, parses it, with [`Data::value`].
//!
//! ```
//! use shared::Data;
//!
//! let data = Data::parse(r#"{"price": 21.50, "id": 12345678901234567890}"#).unwrap();
//! assert_eq!(data.text(), r#"{"price": 21.50, "id": 12345678901234567890}"#);
//! assert_eq!(data.value()["price"], 21.5);
//! assert!(Data::parse("1e999").is_err(), "beyond the range of a number");
//! ```

pub(crate) mod check;
mod error;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::limits;
use crate::read::{Fields, Read};

pub use error::DataError;

/// Names of the field that contains the message of an event, in order of preference. Loggers use these names: `MESSAGE` is used by
/// journald, `short_message` by GELF, and `log` by Docker's json-file driver. An object with such a text is a line of a log.
pub const MESSAGE_FIELDS: [&str; 8] =
    ["message", "msg", "MESSAGE", "text", "event", "short_message", "log", "body"];

/// JSON text of one publication. A clone shares the text and only increments a reference count.
///
/// The text is always syntactically valid JSON on a single line. Text that was received ([`Deserialize`]) has passed
/// no other check: a server calls [`Data::check`] before it puts the data into a log, and a client relies on that.
///
/// Two `Data` are equal if their texts are equal.
#[derive(Clone)]
pub struct Data(Arc<RawValue>);

impl Data {
    /// Parses and checks `text`.
    ///
    /// # Errors
    ///
    /// [`DataError`]: the text is not JSON, or [`Data::check`] refuses it.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let raw: &RawValue =
            serde_json::from_str(text).map_err(|error| DataError::NotJson { fault: error.to_string() })?;
        let data = Self::from_raw(raw);
        data.check()?;
        Ok(data)
    }

    /// Returns the fields of an object, in the order in which they were sent, with their values as JSON text; `None` if the data is
    /// anything else. A name is copied only if it contains an escape sequence.
    pub fn fields(&self) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
        if !self.text().starts_with('{') {
            return None;
        }
        Fields::of(&self.0).ok().map(Fields::into_pairs)
    }

    /// Creates data, without checking it, from a part of a larger JSON text that serde_json has parsed.
    ///
    /// White space between tokens is kept. If the text contains a line break, all white space between tokens is removed, so that
    /// the data of a publication always fits on one line of NDJSON.
    pub fn from_raw(raw: &RawValue) -> Self {
        if !raw.get().contains(['\n', '\r']) {
            return Self(raw.to_owned().into());
        }
        // This cannot fail: valid JSON without the white space between its tokens is valid JSON.
        let compact = RawValue::from_string(without_white_space(raw.get()));
        Self(compact.unwrap_or_else(|_| raw.to_owned()).into())
    }

    /// Returns the JSON text.
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// Returns the parsed value. Numbers become `u64`, `i64` or `f64`, so digits of a large number can be lost.
    ///
    /// The result is `null` if [`Data::check`] refuses the text.
    pub fn value(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_default()
    }

    /// Checks that the data can be appended to a log, and that all readers will interpret it in the same way.
    ///
    /// # Errors
    ///
    /// [`DataError`] for the first error that is found: the data is `null`, has more than [`limits::PUBLICATION_BYTES`]
    /// bytes or more than [`limits::DATA_DEPTH`] levels, a number is beyond the range of an `f64`, a string contains
    /// half of a surrogate pair, or an object has the same key twice.
    pub fn check(&self) -> Result<(), DataError> {
        let text = self.text();
        if text == "null" {
            return Err(DataError::Missing);
        }
        if text.len() > limits::PUBLICATION_BYTES {
            return Err(DataError::TooLarge { bytes: text.len(), limit: limits::PUBLICATION_BYTES });
        }
        check::check(text, limits::DATA_DEPTH)
    }
}

/// Removes the white space outside of strings from `text`, which must be valid JSON.
fn without_white_space(text: &str) -> String {
    let mut is_string = false;
    let mut is_escaped = false;
    text.chars()
        .filter(|character| {
            if is_string {
                let ends = !is_escaped && *character == '"';
                is_escaped = !is_escaped && *character == '\\';
                is_string = !ends;
                return true;
            }
            is_string = *character == '"';
            !matches!(character, ' ' | '\t' | '\n' | '\r')
        })
        .collect()
}

impl<T: Into<Value>> From<T> for Data {
    fn from(value: T) -> Self {
        let raw = serde_json::value::to_raw_value(&value.into());
        // A `Value` can always be serialised, because its keys are strings and its numbers are finite.
        Self(raw.unwrap_or_else(|_| RawValue::NULL.to_owned()).into())
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Keeps the original text. This works only if serde_json's parser calls this function directly. If the text is first
/// parsed to a `Value`, as `from_value` and serde's internally tagged and untagged enums do, the original text is lost.
impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|raw| Self::from_raw(&raw))
    }
}

impl Read for Data {
    fn read(json: &RawValue) -> serde_json::Result<Self> {
        Ok(Self::from_raw(json))
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Data {}

/// Compares the parsed value with `other`.
impl PartialEq<Value> for Data {
    fn eq(&self, other: &Value) -> bool {
        self.value() == *other
    }
}

/// Compares the parsed value with `other`.
impl PartialEq<u64> for Data {
    fn eq(&self, other: &u64) -> bool {
        self.value() == *other
    }
}

/// Writes the JSON text.
impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Writes the JSON text.
impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(test)]
mod tests;
