//! Retention of history.

use shared::Millis;

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

    /// The lowest offset that is kept by count, in a log that ends with `head`.
    pub fn lowest_offset(&self, head: u64) -> u64 {
        head.saturating_add(1).saturating_sub(self.max_items_per_topic).max(1)
    }
}
