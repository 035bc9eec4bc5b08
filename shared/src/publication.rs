//! A publication, which is one entry of a topic's log, and the checks that it has to pass before it is appended.

use serde::{Deserialize, Serialize};

use crate::read::read;
use crate::{Data, Millis, limits};

pub use crate::data::DataError;

/// One entry of a topic's log: a published value with its times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// Number of this entry in the topic's log, counted from 1 without holes.
    pub offset: u64,
    /// Time of the event by the publisher's clock. If the publisher sent no time, it is the same as `received_at`.
    pub ts: Millis,
    /// Time of receipt by the server's clock.
    pub received_at: Millis,
    /// The published value: a number, a bool, a string, an object of them (each field becomes a series), or a list of
    /// objects (shown as a table).
    pub data: Data,
}

read!(Publication { offset, ts, received_at, data });

/// A publication that is to be appended to a log. It has no offset yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The value to publish, as in [`Publication::data`].
    pub data: Data,
    /// Time of the event by the publisher's clock. If it is absent, the server's time of receipt is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<Millis>,
}

impl Item {
    /// Creates an item without a time stamp. The server then uses its time of receipt as the time of the event.
    pub fn now(data: impl Into<Data>) -> Self {
        Self { data: data.into(), ts: None }
    }

    /// Checks that this item can be appended to a log at the time `now` of the server's clock.
    ///
    /// # Errors
    ///
    /// [`ItemError`], whose text is written for the publisher.
    pub fn check(&self, now: Millis) -> Result<(), ItemError> {
        self.data.check()?;
        check_ts(self.ts, now)
    }
}

/// Reason for which an item cannot be published. The publisher has to change the item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// The data is not valid.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The time stamp is behind the server's clock by more than [`limits::TS_PAST_MS`] or ahead of it by more than
    /// [`limits::TS_FUTURE_MS`].
    #[error(
        "ts {ts} is too far from the server's clock ({now}): send milliseconds since 1970, at \
         most {} days ago and {} minutes ahead",
        limits::TS_PAST_MS / 86_400_000,
        limits::TS_FUTURE_MS / 60_000
    )]
    Timestamp {
        /// The time stamp as it was sent.
        ts: Millis,
        /// Time by the server's clock.
        now: Millis,
    },
}

/// Checks that a publisher's time stamp is not too far from the server's time `now`.
///
/// # Errors
///
/// [`ItemError::Timestamp`] if it is too far. This is also the result for a time in seconds or microseconds that was
/// sent as milliseconds.
pub fn check_ts(ts: Option<Millis>, now: Millis) -> Result<(), ItemError> {
    match ts {
        Some(ts) if ts < now - limits::TS_PAST_MS || ts > now + limits::TS_FUTURE_MS => {
            Err(ItemError::Timestamp { ts, now })
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOW: Millis = 1_800_000_000_000;

    #[test]
    fn a_time_stamp_in_seconds_is_caught() {
        assert_eq!(check_ts(Some(NOW / 1000), NOW), Err(ItemError::Timestamp { ts: NOW / 1000, now: NOW }));
        assert_eq!(check_ts(Some(NOW), NOW), Ok(()));
        assert_eq!(check_ts(None, NOW), Ok(()));
    }

    #[test]
    fn an_item_with_data_that_cannot_be_published_is_refused() {
        assert_eq!(Item::now(serde_json::Value::Null).check(NOW), Err(DataError::Missing.into()));
        assert_eq!(Item::now(1).check(NOW), Ok(()));
    }
}
