//! The format of the store's file: its eight tables, and the bytes of their keys and values.
//!
//! This module describes the format with the number [`FORMAT`]. A change that an older version of the server would
//! misread increases that number. A change that an older version ignores, such as another table, does not.

use backend_core::ports::Head;
use backend_core::trusted_time::{Remembered, Uptime};
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};
use shared::{Epoch, Millis, Publication, Topic, TopicMeta};

use super::producers::{OldProducers, Producers};

/// Number of the file's format, stored in the table [`META`] under the key [`FORMAT_KEY`].
pub const FORMAT: u64 = 1;
/// Key of the format's number in the table [`META`].
pub const FORMAT_KEY: &str = "format";

/// Table with numbers that describe the whole file, such as the number of its format. The types of this table never
/// change, so that every version of the server can read [`FORMAT_KEY`].
pub const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// Table that maps the name of each topic to a [`StoredHead`] as JSON.
pub const HEADS: TableDefinition<&str, &[u8]> = TableDefinition::new("heads");
/// Table of all publications. It maps the topic's number and the offset to the bytes that [`encode_row`] returns.
pub const HISTORY: TableDefinition<(u32, u64), &[u8]> = TableDefinition::new("history");
/// Table of producers that version 0.1.0 writes. It maps the topic's number and the producer's id to the `seq` of its
/// last request and the offset of the last publication of that request.
pub const OLD_PRODUCERS: TableDefinition<(u32, &str), (u64, u64)> = TableDefinition::new("producers");
/// Table of producers. It maps the topic's number and the producer's principal and id to the `seq` of its last request,
/// the offset of the last publication of that request, and the time from which the row may be deleted.
pub const PRODUCERS: TableDefinition<(u32, &str), (u64, u64, i64)> =
    TableDefinition::new("producers_of_principals");

/// Key of a block of rollup: the topic's number, the number of the level, and the index of the block.
pub type RollupKey = (u32, u8, u64);
/// Table of the blocks of rollup. Its values are those of [`encode`](super::rollups::encode). Versions before rollups ignore this table.
pub const ROLLUPS: TableDefinition<RollupKey, &[u8]> = TableDefinition::new("rollups");

/// Table that maps the name of each board to everything about it except its document, as JSON. Versions before boards ignore this
/// table and the next one.
pub const BOARDS: TableDefinition<&str, &[u8]> = TableDefinition::new("boards");
/// Table that maps the name of each board to the text of its document.
pub const BOARD_TEXTS: TableDefinition<&str, &str> = TableDefinition::new("board_texts");

/// Keys of the table [`META`] under which the last reading of the clocks is stored: the number of the machine's start,
/// the time since this start, and the two times that [`backend_core::trusted_time`] computes. Files that version 0.1.0
/// wrote have none of these keys.
const BOOT: &str = "boot";
const UPTIME_MS: &str = "uptime_ms";
const NOW_MS: &str = "now_ms";
const RETENTION_MS: &str = "retention_ms";

/// Writes the times of the last reading of the clocks to the table [`META`].
pub fn remember(transaction: &WriteTransaction, times: &Remembered) -> Result<(), redb::Error> {
    let mut meta = transaction.open_table(META)?;
    let Remembered { uptime, now_ms, retention_ms } = times;
    if let Some(uptime) = uptime {
        meta.insert(BOOT, uptime.boot)?;
        meta.insert(UPTIME_MS, uptime.ms.max(0).unsigned_abs())?;
    }
    meta.insert(NOW_MS, now_ms.max(&0).unsigned_abs())?;
    meta.insert(RETENTION_MS, retention_ms.max(&0).unsigned_abs())?;
    Ok(())
}

/// Reads the times that [`remember`] has written; `None` if the file does not contain them.
pub fn remembered(meta: &impl ReadableTable<&'static str, u64>) -> Result<Option<Remembered>, redb::Error> {
    let get = |key: &'static str| Ok::<_, redb::Error>(meta.get(key)?.map(|value| value.value()));
    let millis = |value: u64| Millis::try_from(value).unwrap_or(Millis::MAX);
    let (Some(now), Some(retention)) = (get(NOW_MS)?, get(RETENTION_MS)?) else { return Ok(None) };
    let uptime = get(BOOT)?.zip(get(UPTIME_MS)?);
    let uptime = uptime.map(|(boot, ms)| Uptime { boot, ms: millis(ms) });
    Ok(Some(Remembered { uptime, now_ms: millis(now), retention_ms: millis(retention) }))
}

/// The tables of one write transaction.
pub struct Tables<'t> {
    pub heads: Table<'t, &'static str, &'static [u8]>,
    pub history: Table<'t, (u32, u64), &'static [u8]>,
    pub rollups: Table<'t, RollupKey, &'static [u8]>,
    pub producers: Producers<'t>,
    pub old_producers: OldProducers<'t>,
}

impl<'t> Tables<'t> {
    /// Opens the tables, and creates those that are missing.
    pub fn open(transaction: &'t WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self {
            heads: transaction.open_table(HEADS)?,
            history: transaction.open_table(HISTORY)?,
            rollups: transaction.open_table(ROLLUPS)?,
            producers: transaction.open_table(PRODUCERS)?,
            old_producers: transaction.open_table(OLD_PRODUCERS)?,
        })
    }
}

/// The value of a topic in the table [`HEADS`], as JSON: its epoch, its newest publication, its metadata, and data
/// about its history.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredHead {
    /// Number that stands for the topic in the keys of the other tables.
    pub number: u32,
    epoch: Epoch,
    last: Publication,
    #[serde(default, skip_serializing_if = "TopicMeta::is_empty")]
    meta: TopicMeta,
    /// Name of the principal that created the topic. It is empty for a topic that version 0.1.0 stored.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Size of the topic's history in bytes, as the sum of [`row_bytes`]. It is `None` for a topic that version 0.1.0
    /// stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Size of the topic's rollups in bytes. It is `None` for a topic that a version without rollups stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollup_bytes: Option<u64>,
}

impl StoredHead {
    /// Creates the value to store for a topic. `owner` is the principal that created the topic, `bytes` the size of its
    /// history, and `rollup_bytes` that of its rollups.
    pub fn new(number: u32, head: &Head, owner: &str, bytes: u64, rollup_bytes: u64) -> Self {
        let Head { epoch, last, meta, .. } = head.clone();
        let (bytes, rollup_bytes) = (Some(bytes), Some(rollup_bytes));
        Self { number, epoch, last, meta, owner: owner.to_owned(), bytes, rollup_bytes }
    }

    /// Converts the stored value to the head that callers of the store get.
    pub fn into_head(self, topic: Topic) -> Head {
        Head { topic, epoch: self.epoch, last: self.last, meta: self.meta }
    }
}

const MILLIS: usize = size_of::<Millis>();

/// Encodes a row of history: `received_at` and `ts`, little-endian, then the JSON text of the data as it was published.
/// The offset is in the key.
pub fn encode_row(publication: &Publication) -> Vec<u8> {
    let mut row = Vec::with_capacity(2 * MILLIS + publication.data.text().len());
    row.extend(publication.received_at.to_le_bytes());
    row.extend(publication.ts.to_le_bytes());
    row.extend(publication.data.text().as_bytes());
    row
}

/// Number of bytes that a row takes in the file in addition to its value, for its key and its share of a page.
const ROW_OVERHEAD_BYTES: u64 = 32;

/// Returns the number of bytes that a row of history counts for when the size of the history is limited.
pub fn row_bytes(row: &[u8]) -> u64 {
    row.len() as u64 + ROW_OVERHEAD_BYTES
}

/// Returns the sum of [`row_bytes`] for all rows of the topic with this number.
pub fn history_bytes(
    history: &impl ReadableTable<(u32, u64), &'static [u8]>,
    number: u32,
) -> Result<u64, redb::Error> {
    let mut bytes = 0;
    for row in history.range((number, 0)..=(number, u64::MAX))? {
        bytes += row_bytes(row?.1.value());
    }
    Ok(bytes)
}

/// Decodes a row of history; returns `None` if the bytes are not a valid row.
pub fn decode_row(offset: u64, row: &[u8]) -> Option<Publication> {
    let (received_at, rest) = split_millis(row)?;
    let (ts, data) = split_millis(rest)?;
    Some(Publication { offset, ts, received_at, data: serde_json::from_slice(data).ok()? })
}

/// Decodes only the time at which a row's publication was received; returns `None` if the bytes are not a valid row.
pub fn received_at(row: &[u8]) -> Option<Millis> {
    split_millis(row).map(|(received_at, _)| received_at)
}

/// Splits a time from the beginning of `bytes`; returns `None` if they are too short.
pub(super) fn split_millis(bytes: &[u8]) -> Option<(Millis, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<MILLIS>()?;
    Some((Millis::from_le_bytes(*head), rest))
}

/// Returns the offset of a topic's oldest row, and the time at which its publication was received; `None` if the topic
/// has no rows.
pub fn oldest_row(
    history: &impl ReadableTable<(u32, u64), &'static [u8]>,
    number: u32,
) -> Result<Option<(u64, Millis)>, redb::Error> {
    let Some(first) = history.range((number, 0)..=(number, u64::MAX))?.next() else { return Ok(None) };
    let (key, row) = first?;
    let offset = key.value().1;
    let at = received_at(row.value()).ok_or_else(|| damaged_row(number, offset))?;
    Ok(Some((offset, at)))
}

/// Returns the error for bytes in the history that are not a valid row.
pub fn damaged_row(number: u32, offset: u64) -> redb::Error {
    redb::Error::Corrupted(format!("history row {offset} of topic number {number}"))
}

#[cfg(test)]
mod tests {
    use shared::Data;

    use super::*;

    #[test]
    fn a_row_reads_as_it_was_written_and_begins_with_its_time() {
        let publication = Publication {
            offset: 7,
            ts: -1,
            received_at: 1 << 41,
            data: Data::parse(r#"{"b": 1, "a": [2.50]}"#).unwrap(),
        };
        let row = encode_row(&publication);
        assert_eq!(received_at(&row), Some(1 << 41));
        assert_eq!(decode_row(7, &row), Some(publication));
    }

    #[test]
    fn bytes_that_are_not_a_row_are_recognised() {
        assert_eq!(received_at(&[1, 2, 3]), None);
        assert_eq!(decode_row(1, &[0; 15]), None);
        assert_eq!(decode_row(1, &[0; 20]), None);
    }
}
