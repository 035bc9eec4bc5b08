//! One entry of a topic's log, and what may stand in it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Millis, limits};

/// One entry of a topic's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// Its number in the log, from 1 without holes.
    pub offset: u64,
    /// When it happened, by the publisher's clock (or the server's, if the publisher named no time).
    pub ts: Millis,
    /// When the server took it in, by the server's clock.
    pub received_at: Millis,
    /// A number, a bool, a string, an object of them (each field becomes a series), or a list of objects
    /// (a table).
    pub data: Value,
}

/// What a publisher hands in, before it has a place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// As [`Publication::data`].
    pub data: Value,
    /// As [`Publication::ts`]; the server's time if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<Millis>,
}

impl Item {
    /// An item that happens when the server receives it.
    pub fn now(data: impl Into<Value>) -> Self {
        Self { data: data.into(), ts: None }
    }

    /// Whether the log takes this item at `now`.
    ///
    /// # Errors
    ///
    /// [`DataError`], in words fit for whoever sent it.
    pub fn check(&self, now: Millis) -> Result<(), DataError> {
        check_data(&self.data)?;
        check_ts(self.ts, now)
    }
}

/// Why data cannot be published. The publisher has to change it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// JSON `null`, or nothing.
    #[error("data is missing: send a number, a bool, a string, an object or a list")]
    Missing,
    /// Larger than [`limits::PUBLICATION_BYTES`] as JSON.
    #[error("data has {bytes} bytes as JSON; the limit is {limit}")]
    TooLarge {
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Nested deeper than [`limits::DATA_DEPTH`].
    #[error("data is nested deeper than {limit} levels")]
    TooDeep {
        /// Levels allowed.
        limit: usize,
    },
    /// A time stamp further from the server's clock than [`limits::TS_PAST_MS`] or
    /// [`limits::TS_FUTURE_MS`].
    #[error(
        "ts {ts} is too far from the server's clock ({now}): milliseconds since 1970 are expected, at \
         most {} days ago and {} minutes ahead",
        limits::TS_PAST_MS / 86_400_000,
        limits::TS_FUTURE_MS / 60_000
    )]
    Timestamp {
        /// The time stamp as it came.
        ts: Millis,
        /// The server's clock.
        now: Millis,
    },
}

/// Whether `data` may stand in a log.
///
/// # Errors
///
/// [`DataError`], without looking further than the first fault.
pub fn check_data(data: &Value) -> Result<(), DataError> {
    if data.is_null() {
        return Err(DataError::Missing);
    }
    if is_deeper_than(data, limits::DATA_DEPTH) {
        return Err(DataError::TooDeep { limit: limits::DATA_DEPTH });
    }
    let bytes = data.to_string().len();
    if bytes > limits::PUBLICATION_BYTES {
        return Err(DataError::TooLarge { bytes, limit: limits::PUBLICATION_BYTES });
    }
    Ok(())
}

/// Whether a publisher's time stamp is one that can be meant.
///
/// # Errors
///
/// [`DataError::Timestamp`], which also catches seconds or microseconds sent for milliseconds.
pub fn check_ts(ts: Option<Millis>, now: Millis) -> Result<(), DataError> {
    match ts {
        Some(ts) if ts < now - limits::TS_PAST_MS || ts > now + limits::TS_FUTURE_MS => {
            Err(DataError::Timestamp { ts, now })
        }
        Some(_) | None => Ok(()),
    }
}

fn is_deeper_than(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| is_deeper_than(item, levels - 1)),
        Value::Object(fields) => {
            levels == 0 || fields.values().any(|field| is_deeper_than(field, levels - 1))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOW: Millis = 1_800_000_000_000;

    #[test]
    fn every_shape_a_panel_can_show_is_accepted() {
        for data in
            [json!(21.5), json!(true), json!("open"), json!({"in": 1, "out": 2}), json!([{"q": "mail"}])]
        {
            assert_eq!(check_data(&data), Ok(()), "{data}");
        }
    }

    #[test]
    fn null_large_and_deep_data_are_refused_by_name() {
        assert_eq!(check_data(&Value::Null), Err(DataError::Missing));
        let large = json!("x".repeat(limits::PUBLICATION_BYTES));
        assert_eq!(
            check_data(&large),
            Err(DataError::TooLarge {
                bytes: limits::PUBLICATION_BYTES + 2,
                limit: limits::PUBLICATION_BYTES
            })
        );
        let deep = (0..=limits::DATA_DEPTH).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(check_data(&deep), Err(DataError::TooDeep { limit: limits::DATA_DEPTH }));
        let just_so = (0..limits::DATA_DEPTH).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(check_data(&just_so), Ok(()));
    }

    #[test]
    fn a_time_stamp_in_seconds_is_caught() {
        assert_eq!(check_ts(Some(NOW / 1000), NOW), Err(DataError::Timestamp { ts: NOW / 1000, now: NOW }));
        assert_eq!(check_ts(Some(NOW), NOW), Ok(()));
        assert_eq!(check_ts(None, NOW), Ok(()));
    }
}
