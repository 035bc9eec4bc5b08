//! One entry of a topic's log, and the checks it passes before it gets there.

use serde::{Deserialize, Serialize};

use crate::{Data, Millis, limits};

pub use crate::data::DataError;

/// One entry of a topic's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// Number of this entry in the log, counted from 1 without holes.
    pub offset: u64,
    /// Time of the event by the publisher's clock, or by the server's if the publisher named no time.
    pub ts: Millis,
    /// Time of arrival by the server's clock.
    pub received_at: Millis,
    /// A number, a bool, a string, an object of them (each field becomes a series), or a list of objects
    /// (a table).
    pub data: Data,
}

/// A publication before it has a place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The same as [`Publication::data`].
    pub data: Data,
    /// The same as [`Publication::ts`]; the server's time if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<Millis>,
}

impl Item {
    /// An item without a time stamp: the time of its event is the time at which the server receives it.
    pub fn now(data: impl Into<Data>) -> Self {
        Self { data: data.into(), ts: None }
    }

    /// Checks that this item can be put into a log at `now`.
    ///
    /// # Errors
    ///
    /// [`ItemError`], whose text is meant for the publisher.
    pub fn check(&self, now: Millis) -> Result<(), ItemError> {
        self.data.check()?;
        check_ts(self.ts, now)
    }
}

/// An item that cannot be published. The publisher has to change it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// The data cannot be published.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A time stamp further from the server's clock than [`limits::TS_PAST_MS`] or
    /// [`limits::TS_FUTURE_MS`].
    #[error(
        "ts {ts} is too far from the server's clock ({now}): milliseconds since 1970 are expected, at \
         most {} days ago and {} minutes ahead",
        limits::TS_PAST_MS / 86_400_000,
        limits::TS_FUTURE_MS / 60_000
    )]
    Timestamp {
        /// The time stamp as it was sent.
        ts: Millis,
        /// The server's clock.
        now: Millis,
    },
}

/// Checks that a publisher's time stamp is plausible.
///
/// # Errors
///
/// [`ItemError::Timestamp`], which also catches seconds or microseconds that were sent as milliseconds.
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
