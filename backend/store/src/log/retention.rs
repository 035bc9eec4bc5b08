//! Deletes publications from the history of a topic that exceed the limits on their age, number or size.

use backend_core::Retention;
use redb::{ReadableTable, Table};
use shared::Millis;

use super::tables::{damaged_row, received_at, row_bytes};

/// The oldest row (publication) of a topic in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Oldest {
    /// Offset of the row. If the topic has no rows, it is the offset after the head.
    pub offset: u64,
    /// Time at which the publication was received. If the topic has no rows, it has no meaning.
    pub received_at: Millis,
}

impl Oldest {
    /// Returns true if the row has to be deleted at `now`, because it is too old or there are too many rows. `head` is
    /// the offset of the topic's newest publication.
    ///
    /// Blocks of rollup were computed up to the offset `rolled`. A row after it is not deleted because there are too many
    /// rows. Such rows are limited only by the size of the whole history.
    pub fn is_beyond(&self, retention: &Retention, (head, rolled): (u64, u64), now: Millis) -> bool {
        let is_too_many = self.offset < retention.lowest_offset(head) && self.offset <= rolled;
        self.offset <= head && (is_too_many || self.received_at < retention.cutoff(now))
    }
}

/// A topic's log from which rows are deleted: the number of the topic, the offset of its newest publication, its oldest
/// row, and the size of its rows in bytes.
#[derive(Debug)]
pub(super) struct Log<'a> {
    pub number: u32,
    pub head: u64,
    /// Offset up to which blocks of rollup were computed.
    pub rolled: u64,
    pub oldest: &'a mut Oldest,
    pub bytes: &'a mut u64,
}

type History<'t> = Table<'t, (u32, u64), &'static [u8]>;

impl Log<'_> {
    /// Deletes the oldest rows of the log as long as they are too old at `now` or there are more rows than `retention`
    /// allows. Deletes at most `budget` rows, and returns the number of deleted rows.
    pub fn trim(
        mut self,
        history: &mut History<'_>,
        retention: &Retention,
        now: Millis,
        budget: u64,
    ) -> Result<u64, redb::Error> {
        let mut removed = 0;
        while removed < budget && self.oldest.is_beyond(retention, (self.head, self.rolled), now) {
            self.remove_oldest(history)?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Deletes the oldest rows until at least `bytes` bytes are deleted. Deletes at most `budget` rows, and returns the
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
