//! Rollups in the store's file: blocks, in which the history of a topic is reduced to buckets.
//!
//! The thread of [`super::roller`] computes the blocks, and the writer's thread stores them. A block is kept as long as the age of
//! publications allows, also when its publications were deleted because there were too many.

use std::ops::Range;

use backend_core::rollup::{Block, Level};
use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable, Table, TableError};
use shared::{Epoch, Millis, Topic};

use super::tables::{ROLLUPS, RollupKey, split_millis};

/// Number of bytes that a block takes in the file in addition to its value, for its key and its share of a page.
const OVERHEAD_BYTES: u64 = 40;

type Rollups<'t> = Table<'t, RollupKey, &'static [u8]>;

/// The rollups of a topic in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rolled {
    /// Offset up to which blocks were computed.
    pub until: u64,
    /// Time of receipt of the newest publication in the oldest block; `None` if there are no blocks.
    pub oldest_received_at: Option<Millis>,
    /// Size of the blocks in bytes.
    pub bytes: u64,
}

impl Rolled {
    /// The state of a topic without blocks.
    pub const NONE: Self = Self { until: 0, oldest_received_at: None, bytes: 0 };

    /// Returns true if the oldest block contains only publications that were received before `cutoff`.
    pub fn is_beyond(&self, cutoff: Millis) -> bool {
        self.oldest_received_at.is_some_and(|received_at| received_at < cutoff)
    }

    /// Deletes the oldest blocks as long as they are older than `cutoff`. Deletes at most `budget` blocks of the lowest level, and
    /// returns their number.
    pub fn expire(
        &mut self,
        table: &mut Rollups<'_>,
        number: u32,
        cutoff: Millis,
        budget: u64,
    ) -> Result<u64, redb::Error> {
        let mut removed = 0;
        while removed < budget && self.is_beyond(cutoff) {
            self.remove_oldest(table, number)?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Deletes the oldest blocks until at least `bytes` bytes are deleted. Deletes at most `budget` blocks of the lowest level, and
    /// returns their number.
    pub fn shrink(
        &mut self,
        table: &mut Rollups<'_>,
        number: u32,
        bytes: u64,
        budget: u64,
    ) -> Result<u64, redb::Error> {
        let (mut removed, enough) = (0, self.bytes.saturating_sub(bytes));
        while removed < budget && self.bytes > enough && self.oldest_received_at.is_some() {
            self.remove_oldest(table, number)?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Stores blocks that were computed.
    pub fn store(
        &mut self,
        table: &mut Rollups<'_>,
        number: u32,
        computed: &Computed,
    ) -> Result<(), redb::Error> {
        for (level, index, value) in &computed.blocks {
            let before = table.insert((number, level.number(), *index), value.as_slice())?;
            let before = before.map_or(0, |before| block_bytes(before.value()));
            self.bytes = (self.bytes + block_bytes(value)).saturating_sub(before);
            if *level == Level::LOWEST && self.oldest_received_at.is_none() {
                self.oldest_received_at = received(value).map(|(_, last_ms)| last_ms);
            }
        }
        self.until = self.until.max(computed.until);
        Ok(())
    }

    /// Deletes the oldest block of the lowest level, and those of higher levels that end with it or before it.
    fn remove_oldest(&mut self, table: &mut Rollups<'_>, number: u32) -> Result<(), redb::Error> {
        let lowest = range(number, Level::LOWEST, 0..u64::MAX);
        let first = table.range(lowest.clone())?.next().transpose()?.map(|(key, _)| key.value().2);
        let Some(index) = first else {
            self.oldest_received_at = None;
            return Ok(());
        };
        let end = *Level::LOWEST.offsets(index).end();
        for level in Level::all() {
            while let Some(index) = first_index(table, number, level)? {
                if *level.offsets(index).end() > end {
                    break;
                }
                let removed = table.remove((number, level.number(), index))?;
                let bytes = removed.map_or(0, |removed| block_bytes(removed.value()));
                self.bytes = self.bytes.saturating_sub(bytes);
            }
        }
        let oldest = table.range(lowest)?.next().transpose()?;
        self.oldest_received_at = oldest.and_then(|(_, value)| received(value.value())).map(|(_, last)| last);
        Ok(())
    }
}

/// Blocks that were computed and are to be stored.
#[derive(Debug)]
pub struct Computed {
    pub topic: Topic,
    /// Epoch of the log from which the blocks were computed. They are not stored if the topic has another one.
    pub epoch: Epoch,
    /// Blocks by level and index, as [`encode`] returns them.
    pub blocks: Vec<(Level, u64, Vec<u8>)>,
    /// Offset up to which blocks were computed.
    pub until: u64,
    /// Time of receipt of the topic's newest publication, which is not later than the present time.
    pub received_at: Millis,
}

/// Encodes a block: the time of receipt of its earliest and latest publication, little-endian, then the block's text.
pub(super) fn encode(block: &Block) -> Vec<u8> {
    let text = block.to_json();
    let mut value = Vec::with_capacity(2 * size_of::<Millis>() + text.len());
    value.extend(block.received.0.to_le_bytes());
    value.extend(block.received.1.to_le_bytes());
    value.extend(text.as_bytes());
    value
}

fn decode(value: &[u8]) -> Option<Block> {
    let (_, rest) = split_millis(value)?;
    let (_, text) = split_millis(rest)?;
    Block::from_json(str::from_utf8(text).ok()?).ok()
}

fn received(value: &[u8]) -> Option<(Millis, Millis)> {
    let (first_ms, rest) = split_millis(value)?;
    split_millis(rest).map(|(last_ms, _)| (first_ms, last_ms))
}

fn block_bytes(value: &[u8]) -> u64 {
    value.len() as u64 + OVERHEAD_BYTES
}

fn range(number: u32, level: Level, indices: Range<u64>) -> Range<(u32, u8, u64)> {
    (number, level.number(), indices.start)..(number, level.number(), indices.end)
}

fn first_index(table: &Rollups<'_>, number: u32, level: Level) -> Result<Option<u64>, redb::Error> {
    let first = table.range(range(number, level, 0..u64::MAX))?.next().transpose()?;
    Ok(first.map(|(key, _)| key.value().2))
}

/// Reads the state of a topic's rollups from the file. `bytes` is the size of the blocks, if the file contains it.
pub(super) fn load(
    table: Option<&impl ReadableTable<RollupKey, &'static [u8]>>,
    number: u32,
    bytes: Option<u64>,
) -> Result<Rolled, redb::Error> {
    let Some(table) = table else { return Ok(Rolled::NONE) };
    let lowest = || table.range(range(number, Level::LOWEST, 0..u64::MAX));
    let Some((_, oldest)) = lowest()?.next().transpose()? else { return Ok(Rolled::NONE) };
    let oldest_received_at = received(oldest.value()).map(|(_, last_ms)| last_ms);
    let last = lowest()?.next_back().transpose()?.map(|(key, _)| key.value().2);
    let until = last.map_or(0, |last| *Level::LOWEST.offsets(last).end());
    let bytes = match bytes {
        Some(bytes) => bytes,
        None => all_bytes(table, number)?,
    };
    Ok(Rolled { until, oldest_received_at, bytes })
}

fn all_bytes(table: &impl ReadableTable<RollupKey, &'static [u8]>, number: u32) -> Result<u64, redb::Error> {
    let mut bytes = 0;
    for row in table.range((number, 0, 0)..=(number, u8::MAX, u64::MAX))? {
        bytes += block_bytes(row?.1.value());
    }
    Ok(bytes)
}

/// Opens the table of rollups for reading; `None` if the file has none, because an older version of the server wrote it.
pub(super) fn open(
    transaction: &ReadTransaction,
) -> Result<Option<redb::ReadOnlyTable<RollupKey, &'static [u8]>>, redb::Error> {
    match transaction.open_table(ROLLUPS) {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Reads at most `limit` blocks of the topic with this number, with their indices, in order. Blocks whose publications were all received before `cutoff` are
/// left out.
pub(super) fn read(
    db: &Database,
    number: u32,
    (level, indices): (Level, Range<u64>),
    limit: usize,
    cutoff: Millis,
) -> Result<Vec<(u64, Block)>, redb::Error> {
    let transaction = db.begin_read()?;
    let Some(table) = open(&transaction)? else { return Ok(Vec::new()) };
    let mut blocks = Vec::new();
    for row in table.range(range(number, level, indices))? {
        if blocks.len() >= limit {
            break;
        }
        let (key, value) = row?;
        let index = key.value().2;
        if received(value.value()).is_some_and(|(_, last_ms)| last_ms < cutoff) {
            continue;
        }
        blocks.push((index, decode(value.value()).ok_or_else(|| damaged(number, level, index))?));
    }
    Ok(blocks)
}

/// Returns the error for bytes that are not a block.
fn damaged(number: u32, level: Level, index: u64) -> redb::Error {
    redb::Error::Corrupted(format!(
        "rollup block {index} of level {} of topic number {number}",
        level.number()
    ))
}
