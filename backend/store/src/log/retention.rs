//! How much history is kept.

use redb::{ReadableTable, Table};
use shared::Millis;

use super::tables::{damaged_row, received_at};

/// How much of each topic's history is kept. The head stays, whatever is dropped.
///
/// Reads go by these bounds exactly, at the `now` they are given; what lies beyond them leaves the file a
/// little later.
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
    pub(super) fn cutoff(&self, now: Millis) -> Millis {
        now.saturating_sub(self.max_age_ms)
    }

    /// The lowest offset that the count allows, in a log that ends with `head`.
    pub(super) fn lowest_offset(&self, head: u64) -> u64 {
        head.saturating_add(1).saturating_sub(self.max_items_per_topic).max(1)
    }

    /// Whether the oldest row of a log that ends with `head` is to be dropped at `now`.
    pub(super) fn drops(&self, oldest: Oldest, head: u64, now: Millis) -> bool {
        oldest.offset <= head
            && (oldest.offset < self.lowest_offset(head) || oldest.received_at < self.cutoff(now))
    }
}

/// The oldest row of a topic in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Oldest {
    /// One beyond the head if there is no row.
    pub offset: u64,
    /// Means nothing if there is no row.
    pub received_at: Millis,
}

/// Deletes at most `budget` rows that `retention` drops, oldest first; answers how many.
pub(super) fn trim(
    history: &mut Table<'_, (u32, u64), &'static [u8]>,
    log: Log,
    oldest: &mut Oldest,
    retention: &Retention,
    budget: u64,
) -> Result<u64, redb::Error> {
    let mut removed = 0;
    while removed < budget && retention.drops(*oldest, log.head, log.now) {
        history.remove((log.number, oldest.offset))?;
        oldest.offset += 1;
        if let Some(row) = history.get((log.number, oldest.offset))? {
            let at = received_at(row.value());
            oldest.received_at = at.ok_or_else(|| damaged_row(log.number, oldest.offset))?;
        }
        removed += 1;
    }
    Ok(removed)
}

/// Which log is trimmed, where it ends, and at what time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Log {
    pub number: u32,
    pub head: u64,
    pub now: Millis,
}
