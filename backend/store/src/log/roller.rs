//! Computes the blocks of rollup in the background, so that no publisher waits for it.
//!
//! After each commit, the writer's thread names the topics that have a complete block without rollup. The thread of this module reads
//! the block's publications from the file, computes the block, and passes it to the writer, which stores it together with the appends
//! that wait. A publication that exceeds the number that is kept is deleted only after that. When the store is opened, all topics are
//! named that have such blocks: those of a store from a version without rollups, and those that were not stored before the process
//! ended.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use backend_core::ports::Unavailable;
use backend_core::rollup::{Block, Level};
use redb::{Database, ReadableDatabase};
use shared::{Publication, Topic};
use tokio::sync::{mpsc, oneshot};

use super::index::Entry;
use super::rollups::{self, Computed, encode};
use super::state::State;
use super::tables::{HISTORY, damaged_row, decode_row};
use super::writer::Command;

/// Maximum number of blocks of the lowest level that are computed and stored together.
const BLOCKS: u64 = 64;
/// Time until a block is computed again that could not be stored.
const RETRY: Duration = Duration::from_secs(1);

/// The thread that computes blocks.
pub struct Roller {
    state: Arc<State>,
    commands: mpsc::Sender<Command>,
}

impl Roller {
    pub fn new(state: Arc<State>, commands: mpsc::Sender<Command>) -> Self {
        Self { state, commands }
    }

    /// Computes blocks until the store is closed.
    pub fn run(self) {
        let mut failing = HashSet::new();
        while let Some(topic) = self.state.unrolled().next() {
            match self.roll(&topic) {
                Ok(()) => drop(failing.remove(&topic)),
                Err(error) => {
                    if failing.insert(topic.clone()) {
                        tracing::warn!(%topic, %error, "rollups cannot be stored now; this is tried again");
                    }
                    self.state.unrolled().put_back(topic, RETRY);
                }
            }
        }
    }

    /// Computes and stores the next blocks of a topic, and names the topic again if there are more.
    fn roll(&self, topic: &Topic) -> Result<(), Unavailable> {
        let Some(entry) = self.state.index().get(topic).cloned() else { return Ok(()) };
        let Some(computed) = self.state.read(|db| compute(db, &entry))? else { return Ok(()) };
        let (reply, stored) = oneshot::channel();
        let sent = self.commands.blocking_send(Command::Roll(Box::new(computed), reply));
        sent.map_err(|_| self.state.unavailable())?;
        stored.blocking_recv().map_err(|_| self.state.unavailable())?
    }
}

/// Computes the next blocks of a topic from the publications in the file. Returns `None` if there is nothing to compute.
fn compute(db: &Database, entry: &Entry) -> Result<Option<Computed>, redb::Error> {
    let Some(begin) = entry.unrolled_from() else { return Ok(None) };
    let complete = Level::LOWEST.complete(entry.head.last.offset);
    let end = (begin + BLOCKS).min(complete);
    let transaction = db.begin_read()?;
    let history = transaction.open_table(HISTORY)?;
    let offsets = begin * Level::LOWEST.size() + 1..=end * Level::LOWEST.size();
    let mut items: Vec<Publication> = Vec::new();
    for row in history.range((entry.number, *offsets.start())..=(entry.number, *offsets.end()))? {
        let (key, row) = row?;
        let offset = key.value().1;
        items.push(decode_row(offset, row.value()).ok_or_else(|| damaged_row(entry.number, offset))?);
    }
    let mut blocks = BTreeMap::new();
    for own in
        items.chunk_by(|one, next| Level::LOWEST.index_of(one.offset) == Level::LOWEST.index_of(next.offset))
    {
        let index = own.first().map_or(0, |first| Level::LOWEST.index_of(first.offset));
        blocks.extend(Block::of(own).map(|block| ((Level::LOWEST, index), block)));
    }
    for level in Level::all().skip(1) {
        let size = level.size();
        for index in begin * Level::LOWEST.size() / size..end * Level::LOWEST.size() / size {
            let parts = parts(db, entry, level, index, &blocks)?;
            blocks.extend(Block::merged(&parts).map(|block| ((level, index), block)));
        }
    }
    let blocks = blocks.into_iter().map(|((level, index), block)| (level, index, encode(&block))).collect();
    let (topic, epoch) = (entry.head.topic.clone(), entry.head.epoch.clone());
    let received_at = entry.head.last.received_at;
    Ok(Some(Computed { topic, epoch, blocks, until: *offsets.end(), received_at }))
}

/// Returns the blocks of the level below of which a block consists: those that were just computed, and those in the file.
fn parts(
    db: &Database,
    entry: &Entry,
    level: Level,
    index: u64,
    computed: &BTreeMap<(Level, u64), Block>,
) -> Result<Vec<Block>, redb::Error> {
    let Some(below) = level.below() else { return Ok(Vec::new()) };
    let indices = index * Level::FAN..(index + 1) * Level::FAN;
    let stored = rollups::read(db, entry.number, (below, indices.clone()), Level::FAN as usize, i64::MIN)?;
    let mut parts: BTreeMap<u64, Block> = stored.into_iter().collect();
    parts.extend(indices.filter_map(|index| Some((index, computed.get(&(below, index))?.clone()))));
    Ok(parts.into_values().collect())
}
