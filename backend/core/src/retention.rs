//! Retention of history.

use shared::{Millis, TopicMeta};

/// Time without a publication after which a topic without history is forgotten, in milliseconds: a week.
pub const FORGET_MS: Millis = 7 * 24 * 60 * 60 * 1000;

/// Bounds of each topic's history. The head of a topic stays, whatever is dropped.
///
/// Reads apply these bounds exactly, at the `now` that they are given. Publications beyond them are deleted from the store
/// a little later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Age in milliseconds after which a publication is dropped, counted from when it was received.
    pub max_age_ms: i64,
    /// Number of the newest publications that are kept.
    pub max_items_per_topic: u64,
}

impl Default for Retention {
    /// One day, and a little more than one publication per second for that day.
    fn default() -> Self {
        Self { max_age_ms: 24 * 60 * 60 * 1000, max_items_per_topic: 100_000 }
    }
}

impl Retention {
    /// The time before which publications are too old at `now`.
    pub fn cutoff(&self, now: Millis) -> Millis {
        now.saturating_sub(self.max_age_ms)
    }

    /// Returns true if a topic is to be forgotten at `now`: its history is empty, nobody has published to it for
    /// [`FORGET_MS`], and its metadata does not say how often its publisher publishes. A topic whose metadata says this is
    /// shown as stale instead.
    pub fn forgets(&self, meta: &TopicMeta, last_received_at: Millis, is_empty: bool, now: Millis) -> bool {
        is_empty && meta.expect_every_ms.is_none() && last_received_at < now.saturating_sub(FORGET_MS)
    }

    /// The lowest offset that is kept by count, in a log that ends with `head`.
    pub fn lowest_offset(&self, head: u64) -> u64 {
        head.saturating_add(1).saturating_sub(self.max_items_per_topic).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_forgotten_if_it_is_empty_and_silent_and_does_not_say_how_often_it_publishes() {
        let (retention, plain) = (Retention::default(), TopicMeta::default());
        let expected = TopicMeta { expect_every_ms: Some(1_000), ..TopicMeta::default() };
        assert!(retention.forgets(&plain, 0, true, FORGET_MS + 1));
        assert!(!retention.forgets(&plain, 0, true, FORGET_MS));
        assert!(!retention.forgets(&plain, 0, false, FORGET_MS + 1));
        assert!(!retention.forgets(&expected, 0, true, 10 * FORGET_MS));
    }
}
