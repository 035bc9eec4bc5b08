//! Deletion of rows that retention drops.

use backend_core::Retention;
use redb::{ReadableTable, Table};
use shared::Millis;

use super::tables::{damaged_row, received_at};

/// The oldest row of a topic in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Oldest {
    /// Offset of the row; one beyond the head if there is no row.
    pub offset: u64,
    /// Time at which it was received; meaningless if there is no row.
    pub received_at: Millis,
}

impl Oldest {
    /// True if the row is to be dropped at `now` from a log that ends with `head`.
    pub fn is_beyond(&self, retention: &Retention, head: u64, now: Millis) -> bool {
        self.offset <= head
            && (self.offset < retention.lowest_offset(head) || self.received_at < retention.cutoff(now))
    }
}

/// Deletes at most `budget` rows that `retention` drops, the oldest first. Answers with their number.
pub(super) fn trim(
    history: &mut Table<'_, (u32, u64), &'static [u8]>,
    log: Log,
    oldest: &mut Oldest,
    retention: &Retention,
    budget: u64,
) -> Result<u64, redb::Error> {
    let mut removed = 0;
    while removed < budget && oldest.is_beyond(retention, log.head, log.now) {
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

/// The log to trim: the number of its topic, its end, and the current time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Log {
    pub number: u32,
    pub head: u64,
    pub now: Millis,
}
