//! Reads a part of a topic's log from the file.

use std::ops::RangeInclusive;

use backend_core::ports::{Page, ReadFrom};
use redb::{Database, ReadableDatabase, ReadableTable};
use shared::{Millis, Publication};

use super::index::Entry;
use super::tables::{HISTORY, damaged_row, decode_row, received_at};
use backend_core::Retention;

/// The arguments of a request to read a log: the place to begin, the maximum number of publications, and the time with
/// which their age is computed.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    pub from: ReadFrom,
    pub limit: usize,
    pub now: Millis,
}

/// Reads a part of a topic's log. `entry` is the topic's entry in the index, which is in memory. Publications in the
/// file that are newer than the newest one in `entry` are left out.
pub fn page(db: &Database, entry: &Entry, retention: &Retention, query: Query) -> Result<Page, redb::Error> {
    let transaction = db.begin_read()?;
    let log =
        Log { table: transaction.open_table(HISTORY)?, number: entry.number, head: entry.head.last.offset };
    let first_row = log.first_row(retention.lowest_offset(log.head))?;
    let oldest = log.first_received_since(first_row, retention.cutoff(query.now))?;
    let (start, end) = log.window(oldest, query)?;
    let items = log.items(start..=end)?;
    Ok(Page { epoch: entry.head.epoch.clone(), items, head: log.head, oldest, ends_at_loss: false })
}

/// Reads at most `limit` publications after the offset `after` that are still in the file and were received at `cutoff` or later, even if
/// there are more than retention allows.
pub fn stored(
    db: &Database,
    entry: &Entry,
    after: u64,
    limit: usize,
    cutoff: Millis,
) -> Result<Vec<Publication>, redb::Error> {
    let transaction = db.begin_read()?;
    let head = entry.head.last.offset;
    let log = Log { table: transaction.open_table(HISTORY)?, number: entry.number, head };
    let first_row = log.first_row(after.saturating_add(1))?;
    let begin = log.first_received_since(first_row, cutoff)?;
    log.items(begin..=begin.saturating_add(limit as u64).saturating_sub(1).min(head))
}

struct Log<T> {
    table: T,
    number: u32,
    head: u64,
}

impl<T: ReadableTable<(u32, u64), &'static [u8]>> Log<T> {
    /// Returns the lowest offset in the file that is `lowest` or higher. If there is none, returns the offset after the
    /// head.
    fn first_row(&self, lowest: u64) -> Result<u64, redb::Error> {
        let first = self.table.range((self.number, lowest)..=(self.number, self.head))?.next();
        first.map_or(Ok(self.head + 1), |row| Ok(row?.0.value().1))
    }

    /// Returns the lowest offset, from `low` on, whose publication was received at `since` or later. If there is none,
    /// returns the offset after the head. This is a binary search, so it assumes that the server's clock did not go
    /// back while the rows were written.
    fn first_received_since(&self, mut low: u64, since: Millis) -> Result<u64, redb::Error> {
        let mut high = self.head + 1;
        while low < high {
            let middle = low + (high - low) / 2;
            if self.received_at(middle)? < since {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    fn received_at(&self, offset: u64) -> Result<Millis, redb::Error> {
        let row = self.table.get((self.number, offset))?;
        row.and_then(|row| received_at(row.value())).ok_or_else(|| damaged_row(self.number, offset))
    }

    /// Returns the first and the last offset to read for `query`. `oldest` is the lowest offset that is kept. If there
    /// is nothing to read, the last offset is lower than the first.
    fn window(&self, oldest: u64, query: Query) -> Result<(u64, u64), redb::Error> {
        let limit = query.limit as u64;
        let newest = self.head.saturating_add(1).saturating_sub(limit);
        Ok(match query.from {
            ReadFrom::After(offset) => {
                let start = offset.saturating_add(1).max(oldest);
                (start, start.saturating_add(limit).saturating_sub(1).min(self.head))
            }
            ReadFrom::Newest => (newest.max(oldest), self.head),
            ReadFrom::ReceivedSince(at) => (self.first_received_since(oldest, at)?.max(newest), self.head),
        })
    }

    fn items(&self, offsets: RangeInclusive<u64>) -> Result<Vec<Publication>, redb::Error> {
        if offsets.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.table.range((self.number, *offsets.start())..=(self.number, *offsets.end()))?;
        rows.map(|row| {
            let (key, row) = row?;
            let offset = key.value().1;
            decode_row(offset, row.value()).ok_or_else(|| damaged_row(self.number, offset))
        })
        .collect()
    }
}
