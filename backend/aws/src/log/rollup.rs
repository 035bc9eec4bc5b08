//! Rollups in the history table: blocks, in which the history of a topic is reduced to buckets.
//!
//! | item | key | attributes |
//! |---|---|---|
//! | a block | history `{topic}#{epoch}#{level}`, last offset of the block | the block as text, and the time at which DynamoDB deletes it |
//!
//! The function that writes a change to history also writes the blocks that the change completes. It computes them from the history
//! table, so that it writes the same blocks if the change is delivered again. Changes of a topic are written in order, so all
//! publications of a complete block are in the table, unless one could not be read.
//!
//! For 64 publications this is one query and one write, and for 512 one more of each. Reading a day takes one query for a megabyte of
//! blocks, instead of one for each megabyte of publications.

use std::collections::BTreeMap;
use std::ops::Range;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use backend_core::ports::{Change, Unavailable};
use backend_core::rollup::{Block, Level};
use shared::{Epoch, Millis, Publication, Topic};

use super::names::{BLOCK, LOG, OFFSET, RECEIVED_AT};
use super::{DynamoLog, Retention, part};
use crate::item::{AttributeError, Item, number, read_number, read_text, text};
use crate::request::{query_all, unavailable};
use crate::tables::{TTL, ttl};

/// Maximum number of items of the history table in one query.
const PAGE: i32 = 1_000;

/// Blocks by level and index.
type Blocks = BTreeMap<(Level, u64), Block>;

impl DynamoLog {
    /// Computes and writes the blocks that `change` completes. The change must be in the history table.
    pub(super) async fn roll(&self, change: &Change) -> Result<(), Unavailable> {
        let (Some(first), Some(last)) = (change.items.first(), change.items.last()) else { return Ok(()) };
        let completed =
            |level: Level| level.complete(first.offset.saturating_sub(1))..level.complete(last.offset);
        let indices = completed(Level::LOWEST);
        if indices.is_empty() {
            return Ok(());
        }
        let begin = *Level::LOWEST.offsets(indices.start).start();
        let mut items: BTreeMap<u64, Publication> = BTreeMap::new();
        if begin < first.offset {
            items = self.written(&change.topic, &change.epoch, begin..first.offset).await?;
        }
        items.extend(change.items.iter().map(|item| (item.offset, item.clone())));
        let mut blocks = Blocks::new();
        for index in indices {
            let own: Vec<Publication> =
                items.range(Level::LOWEST.offsets(index)).map(|(_, item)| item.clone()).collect();
            blocks.extend(Block::of(&own).map(|block| ((Level::LOWEST, index), block)));
        }
        for level in Level::all().skip(1) {
            for index in completed(level) {
                let parts = self.parts_of_block(change, level, index, &blocks).await?;
                blocks.extend(Block::merged(&parts).map(|block| ((level, index), block)));
            }
        }
        for ((level, index), block) in &blocks {
            self.put_block(change, *level, *index, block).await?;
        }
        Ok(())
    }

    /// Reads at most `limit` blocks of a log, with their indices. A block that was just written may be missing, because a read that is
    /// not strongly consistent costs half as much, and publications are read where there is no block.
    pub(super) async fn read_blocks(
        &self,
        (topic, epoch): (&Topic, &Epoch),
        level: Level,
        indices: Range<u64>,
        limit: usize,
        cutoff: Millis,
    ) -> Result<Vec<(u64, Block)>, Unavailable> {
        let Some(last) = indices.end.checked_sub(1).filter(|last| *last >= indices.start) else {
            return Ok(Vec::new());
        };
        let log = blocks_of(topic, epoch, level);
        let offsets = *level.offsets(indices.start).start()..level.offsets(last).end().saturating_add(1);
        let query = self.query_history(&log, offsets).limit(page_size(limit));
        let mut rows = query.into_paginator().items().send();
        let mut blocks = Vec::new();
        while blocks.len() < limit {
            let Some(row) = rows.try_next().await.map_err(unavailable)? else { break };
            let block = read_block(&row)?;
            if block.received.1 >= cutoff {
                blocks.push((level.index_of(read_number(&row, OFFSET)?), block));
            }
        }
        Ok(blocks)
    }

    /// Reads at most `limit` publications after the offset `after` that are in the history table, and those of the topic's last append
    /// if they directly follow.
    pub(super) async fn read_stored(
        &self,
        (topic, epoch): (&Topic, &Epoch),
        after: u64,
        limit: usize,
        cutoff: Millis,
    ) -> Result<Vec<Publication>, Unavailable> {
        let head = self.stored_head(topic).await?.filter(|head| head.epoch == *epoch);
        let Some(head) = head.filter(|head| head.end() > after) else { return Ok(Vec::new()) };
        let mut items: BTreeMap<u64, Publication> = BTreeMap::new();
        let mut seen = after;
        while items.len() < limit && seen + 1 < head.first() {
            let before = seen;
            for item in self.next_parts((topic, epoch), before, limit - items.len()).await? {
                seen = seen.max(item.offset);
                if item.offset > after && item.offset <= head.end() && item.received_at >= cutoff {
                    items.insert(item.offset, item);
                }
            }
            if seen == before {
                break;
            }
        }
        if seen + 1 >= head.first() {
            let last = head.items.iter().filter(|item| item.offset > after && item.received_at >= cutoff);
            items.extend(last.map(|item| (item.offset, item.clone())));
        }
        Ok(items.into_values().take(limit).collect())
    }

    /// Reads the parts of history that end with one of the `count` offsets after `after`, and the next part if there is none that ends
    /// with the last of them. Parts have the offset of their last publication as their key. So no part is read, and billed, that is not
    /// needed, however many publications it has.
    async fn next_parts(
        &self,
        (topic, epoch): (&Topic, &Epoch),
        after: u64,
        count: usize,
    ) -> Result<Vec<Publication>, Unavailable> {
        let log = part::log(topic, epoch);
        let end = after.saturating_add(count as u64).saturating_add(1);
        let within = self.query_history(&log, after + 1..end).consistent_read(true);
        let mut rows = query_all(within).await?;
        let last = rows.last().map(|row| read_number::<u64>(row, OFFSET)).transpose()?;
        if last.is_none_or(|last| last + 1 < end) {
            let next = self.query_history(&log, end..u64::MAX).consistent_read(true).limit(1);
            rows.extend(next.send().await.map_err(unavailable)?.items.unwrap_or_default());
        }
        let mut items = Vec::new();
        for row in &rows {
            items.extend(part::read(row)?);
        }
        Ok(items)
    }

    /// Reads the publications with these offsets that are in the history table.
    async fn written(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        offsets: Range<u64>,
    ) -> Result<BTreeMap<u64, Publication>, Unavailable> {
        let log = part::log(topic, epoch);
        let query = self.query_history(&log, offsets.start..u64::MAX).consistent_read(true);
        // A part has at least one publication, and parts may overlap.
        let mut rows = query.limit(page_size(Level::LOWEST.size() as usize)).into_paginator().items().send();
        let mut items = BTreeMap::new();
        while let Some(row) = rows.try_next().await.map_err(unavailable)? {
            let part = part::read(&row)?;
            let is_last = part.last().is_none_or(|last| last.offset + 1 >= offsets.end);
            let wanted = part.into_iter().filter(|item| offsets.contains(&item.offset));
            items.extend(wanted.map(|item| (item.offset, item)));
            if is_last {
                break;
            }
        }
        Ok(items)
    }

    /// Returns the blocks of the level below of which a block consists: those that were just computed, and those in the table.
    async fn parts_of_block(
        &self,
        change: &Change,
        level: Level,
        index: u64,
        computed: &Blocks,
    ) -> Result<Vec<Block>, Unavailable> {
        let Some(below) = level.below() else { return Ok(Vec::new()) };
        let indices = index * Level::FAN..(index + 1) * Level::FAN;
        let offsets = *below.offsets(indices.start).start()..level.offsets(index).end().saturating_add(1);
        let mut parts: BTreeMap<u64, Block> = BTreeMap::new();
        if !indices.clone().all(|index| computed.contains_key(&(below, index))) {
            let log = blocks_of(&change.topic, &change.epoch, below);
            let query = self.query_history(&log, offsets).consistent_read(true);
            let mut rows = query.into_paginator().items().send();
            while let Some(row) = rows.try_next().await.map_err(unavailable)? {
                parts.insert(below.index_of(read_number(&row, OFFSET)?), read_block(&row)?);
            }
        }
        parts.extend(indices.filter_map(|index| Some((index, computed.get(&(below, index))?.clone()))));
        Ok(parts.into_values().collect())
    }

    async fn put_block(
        &self,
        change: &Change,
        level: Level,
        index: u64,
        block: &Block,
    ) -> Result<(), Unavailable> {
        let item = block_item(change, level, index, block, &self.retention);
        let put = self.client.put_item().table_name(&self.tables.history).set_item(Some(item));
        put.send().await.map(drop).map_err(unavailable)
    }

    fn query_history(&self, log: &str, offsets: Range<u64>) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.tables.history)
            .key_condition_expression("#log = :log AND #offset BETWEEN :first AND :last")
            .expression_attribute_names("#log", LOG)
            .expression_attribute_names("#offset", OFFSET)
            .expression_attribute_values(":log", text(log))
            .expression_attribute_values(":first", number(offsets.start))
            .expression_attribute_values(":last", number(offsets.end - 1))
    }
}

/// Returns the partition key of a log's blocks of this level.
fn blocks_of(topic: &Topic, epoch: &Epoch, level: Level) -> String {
    format!("{}#{}", part::log(topic, epoch), level.number())
}

fn block_item(change: &Change, level: Level, index: u64, block: &Block, retention: &Retention) -> Item {
    Item::from([
        (LOG.into(), text(blocks_of(&change.topic, &change.epoch, level))),
        (OFFSET.into(), number(level.offsets(index).end())),
        (BLOCK.into(), text(block.to_json())),
        (RECEIVED_AT.into(), number(block.received.1)),
        (TTL.into(), number(ttl(block.received.1.saturating_add(retention.max_age_ms)))),
    ])
}

fn read_block(row: &Item) -> Result<Block, AttributeError> {
    Block::from_json(read_text(row, BLOCK)?).map_err(|error| AttributeError::new(BLOCK, error))
}

fn page_size(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(PAGE).clamp(1, PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_reads_as_it_was_written_and_expires_with_its_newest_publication() {
        let items: Vec<Publication> = (1..=64)
            .map(|offset| Publication {
                offset,
                ts: 5,
                received_at: 1_000 + offset as Millis,
                data: 1.into(),
            })
            .collect();
        let (topic, epoch) = (Topic::new("a/b").unwrap(), Epoch::new("e"));
        let block = Block::of(&items).unwrap();
        let change = Change { topic, epoch, items, meta: None, ended: false };
        let retention = Retention { max_age_ms: 10_000, max_items_per_topic: 1 };
        let item = block_item(&change, Level::LOWEST, 0, &block, &retention);
        assert_eq!(read_text(&item, LOG), Ok("a/b#e#1"));
        assert_eq!(read_number(&item, OFFSET), Ok(64));
        assert_eq!(read_number(&item, TTL), Ok(12));
        assert_eq!(read_block(&item), Ok(block));
    }
}
