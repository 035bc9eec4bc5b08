//! Deletion of rows that retention drops.

use backend_core::Retention;
use redb::{ReadableTable, Table};
use shared::Millis;

use super::tables::{damaged_row, received_at, row_bytes};

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

/// A log from which rows are deleted: the number of its topic, the offset of its end, its oldest row, and the size of its
/// rows in bytes.
#[derive(Debug)]
pub(super) struct Log<'a> {
    pub number: u32,
    pub head: u64,
    pub oldest: &'a mut Oldest,
    pub bytes: &'a mut u64,
}

type History<'t> = Table<'t, (u32, u64), &'static [u8]>;

impl Log<'_> {
    /// Deletes at most `budget` rows that `retention` drops at `now`, the oldest first. Returns the number of deleted rows.
    pub fn trim(
        mut self,
        history: &mut History<'_>,
        retention: &Retention,
        now: Millis,
        budget: u64,
    ) -> Result<u64, redb::Error> {
        let mut removed = 0;
        while removed < budget && self.oldest.is_beyond(retention, self.head, now) {
            self.remove_oldest(history)?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Deletes the oldest rows until the deleted rows have `bytes` bytes together, but at most `budget` rows. Returns the
    /// number of deleted rows.
    pub fn shrink(mut self, history: &mut History<'_>, bytes: u64, budget: u64) -> Result<u64, redb::Error> {
        let (mut removed, enough) = (0, self.bytes.saturating_sub(bytes));
        while removed < budget && *self.bytes > enough && self.oldest.offset <= self.head {
            self.remove_oldest(history)?;
            removed += 1;
        }
        Ok(removed)
    }

    fn remove_oldest(&mut self, history: &mut History<'_>) -> Result<(), redb::Error> {
        let row = history.remove((self.number, self.oldest.offset))?.map(|row| row_bytes(row.value()));
        *self.bytes = self.bytes.saturating_sub(row.unwrap_or_default());
        self.oldest.offset += 1;
        if let Some(row) = history.get((self.number, self.oldest.offset))? {
            let at = received_at(row.value());
            self.oldest.received_at = at.ok_or_else(|| damaged_row(self.number, self.oldest.offset))?;
        }
        Ok(())
    }
}
