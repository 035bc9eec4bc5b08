//! The limits on how many publications of a topic are kept, and for how long.

use shared::{Millis, TopicMeta};

/// Time in milliseconds without a new publication after which a topic whose history is empty is deleted: one week.
pub const FORGET_MS: Millis = 7 * 24 * 60 * 60 * 1000;

/// Limits on the history of each topic: the age and the number of its publications. The newest publication of a topic
/// is always kept as its head.
///
/// Reads apply these limits exactly, at the time `now` that they are given. The store deletes publications beyond the
/// limits a little later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Age in milliseconds after which a publication is deleted. The age counts from the time at which the publication
    /// was received.
    pub max_age_ms: i64,
    /// Number of publications of each topic that are kept. Older ones are deleted.
    pub max_items_per_topic: u64,
}

impl Default for Retention {
    /// Returns the default limits: an age of one day, and slightly more publications than one per second of that day.
    fn default() -> Self {
        Self { max_age_ms: 24 * 60 * 60 * 1000, max_items_per_topic: 100_000 }
    }
}

impl Retention {
    /// Returns the time that separates old publications from others: those received before it are too old at `now`.
    pub fn cutoff(&self, now: Millis) -> Millis {
        now.saturating_sub(self.max_age_ms)
    }

    /// Returns true if a topic is to be deleted at `now`. Its history must be empty, nobody must have published to it
    /// for [`FORGET_MS`], and its metadata must not say how often its publisher publishes. A topic whose metadata says
    /// this is kept and shown as stale.
    pub fn forgets(&self, meta: &TopicMeta, last_received_at: Millis, is_empty: bool, now: Millis) -> bool {
        is_empty && meta.expect_every_ms.is_none() && last_received_at < now.saturating_sub(FORGET_MS)
    }

    /// Returns the lowest offset that is kept if only the number of publications counts. `head` is the offset of the
    /// newest one.
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
