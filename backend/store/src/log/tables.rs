//! What stands in the file: four tables and the bytes in them.
//!
//! Everything below belongs to format [`FORMAT`]; whoever changes it raises that number.

use backend_core::ports::Head;
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};
use shared::{Epoch, Millis, Publication, Topic, TopicMeta};

/// The version of everything in this file, kept in [`META`] under [`FORMAT_KEY`].
pub const FORMAT: u64 = 1;
/// Where [`META`] keeps the format.
pub const FORMAT_KEY: &str = "format";

/// Facts about the file. Its shape never changes, so that every version can read [`FORMAT_KEY`].
pub const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// Topic → [`StoredHead`] as JSON.
pub const HEADS: TableDefinition<&str, &[u8]> = TableDefinition::new("heads");
/// (topic's number, offset) → a row as [`encode_row`] writes it.
pub const HISTORY: TableDefinition<(u32, u64), &[u8]> = TableDefinition::new("history");
/// (topic's number, producer's id) → (last `seq`, offset of the last item it landed at).
pub const PRODUCERS: TableDefinition<(u32, &str), (u64, u64)> = TableDefinition::new("producers");

/// The tables of one write transaction.
pub struct Tables<'t> {
    pub heads: Table<'t, &'static str, &'static [u8]>,
    pub history: Table<'t, (u32, u64), &'static [u8]>,
    pub producers: Table<'t, (u32, &'static str), (u64, u64)>,
}

impl<'t> Tables<'t> {
    /// Opens the tables, and creates those that are missing.
    pub fn open(transaction: &'t WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self {
            heads: transaction.open_table(HEADS)?,
            history: transaction.open_table(HISTORY)?,
            producers: transaction.open_table(PRODUCERS)?,
        })
    }
}

/// A topic's head as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredHead {
    /// Stands for the topic in the keys of the other tables.
    pub number: u32,
    epoch: Epoch,
    last: Publication,
    #[serde(default, skip_serializing_if = "TopicMeta::is_empty")]
    meta: TopicMeta,
}

impl StoredHead {
    /// A head as it goes into the file.
    pub fn new(number: u32, head: &Head) -> Self {
        Self { number, epoch: head.epoch.clone(), last: head.last.clone(), meta: head.meta.clone() }
    }

    /// The head as the ports know it.
    pub fn into_head(self, topic: Topic) -> Head {
        Head { topic, epoch: self.epoch, last: self.last, meta: self.meta }
    }
}

const MILLIS: usize = size_of::<Millis>();

/// A row of history: `received_at` and `ts`, little-endian, then the data as JSON. The offset is in the key.
pub fn encode_row(publication: &Publication) -> Result<Vec<u8>, serde_json::Error> {
    let mut row = Vec::with_capacity(64);
    row.extend(publication.received_at.to_le_bytes());
    row.extend(publication.ts.to_le_bytes());
    serde_json::to_writer(&mut row, &publication.data)?;
    Ok(row)
}

/// Reads a row; `None` if it is none.
pub fn decode_row(offset: u64, row: &[u8]) -> Option<Publication> {
    let (received_at, rest) = split_millis(row)?;
    let (ts, data) = split_millis(rest)?;
    Some(Publication { offset, ts, received_at, data: serde_json::from_slice(data).ok()? })
}

/// When a row's publication was received, without reading the rest; `None` if it is no row.
pub fn received_at(row: &[u8]) -> Option<Millis> {
    split_millis(row).map(|(received_at, _)| received_at)
}

fn split_millis(bytes: &[u8]) -> Option<(Millis, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<MILLIS>()?;
    Some((Millis::from_le_bytes(*head), rest))
}

/// The offset and time of a topic's oldest row, if it has any.
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

/// A row that is none.
pub fn damaged_row(number: u32, offset: u64) -> redb::Error {
    redb::Error::Corrupted(format!("history row {offset} of topic number {number}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_reads_as_it_was_written_and_tells_its_time_first() {
        let publication =
            Publication { offset: 7, ts: -1, received_at: 1 << 41, data: json!({"b": 1, "a": [2.5]}) };
        let row = encode_row(&publication).unwrap();
        assert_eq!(received_at(&row), Some(1 << 41));
        assert_eq!(decode_row(7, &row), Some(publication));
    }

    #[test]
    fn what_is_no_row_is_not_taken_for_one() {
        assert_eq!(received_at(&[1, 2, 3]), None);
        assert_eq!(decode_row(1, &[0; 15]), None);
        assert_eq!(decode_row(1, &[0; 20]), None);
    }
}
