//! How much history is kept.

use shared::Millis;

/// How much of each topic's history is kept. The head stays, whatever is dropped.
///
/// Reads go by these bounds exactly, at the `now` they are given; what lies beyond them leaves the store a little later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Publications received longer ago than this are dropped, in milliseconds.
    pub max_age_ms: i64,
    /// Only so many of the newest publications are kept.
    pub max_items_per_topic: u64,
}

impl Default for Retention {
    /// A day, and a little more than one publication a second for that day.
    fn default() -> Self {
        Self { max_age_ms: 24 * 60 * 60 * 1000, max_items_per_topic: 100_000 }
    }
}

impl Retention {
    /// What was received before this time is too old at `now`.
    pub fn cutoff(&self, now: Millis) -> Millis {
        now.saturating_sub(self.max_age_ms)
    }

    /// The lowest offset that the count allows, in a log that ends with `head`.
    pub fn lowest_offset(&self, head: u64) -> u64 {
        head.saturating_add(1).saturating_sub(self.max_items_per_topic).max(1)
    }
}
