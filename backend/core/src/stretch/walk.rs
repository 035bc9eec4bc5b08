//! The walk through a log.

use std::ops::Range;

use shared::{Epoch, Millis, Publication, Topic};

use super::plan::{self, Task, Use};
use crate::ports::{TopicLog, Unavailable};
use crate::rollup::{Block, Contents, Grid, Level, block_bytes};

/// Maximum number of blocks and publications that one walk reads.
const WORK: usize = 8_192;
/// Maximum number of blocks that are read at once. A walk that reads this many of each level has read less than [`WORK`], so every walk
/// makes progress.
const PAGE_BLOCKS: usize = 512;
/// Maximum number of publications that are read at once.
const PAGE_ITEMS: usize = 1_024;

/// The stretch of a log that is read: the publications that were received in it, and those that were received later and whose
/// effective time is in it, by at least one step before its end. Others that are a little late, such as by their way through the
/// network, thus belong only to the stretch in which they were received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Beginning of the stretch.
    pub from_ms: Millis,
    /// End of the stretch, which does not belong to it.
    pub to_ms: Millis,
    /// Length of a bucket in milliseconds.
    pub step_ms: u64,
    /// Offset at which another walk through the same stretch has ended; `None` to begin.
    pub after: Option<u64>,
    /// Maximum size of the buckets as JSON, in bytes.
    pub room_bytes: usize,
}

impl Stretch {
    /// Returns the effective times of publications that belong to this stretch although they were received later.
    fn late(&self) -> Range<Millis> {
        self.from_ms..self.to_ms.saturating_sub_unsigned(self.step_ms)
    }

    /// Returns true if a publication belongs to this stretch only because of its effective time.
    fn is_late(&self, received_at: Millis) -> bool {
        received_at >= self.to_ms
    }

    fn contains(&self, item: &Publication) -> bool {
        let effective_ms = item.ts.min(item.received_at);
        let is_in_time = (self.from_ms..self.to_ms).contains(&item.received_at);
        is_in_time || self.is_late(item.received_at) && self.late().contains(&effective_ms)
    }
}

/// The result of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The buckets.
    pub contents: Contents,
    /// Time of receipt of the oldest publication of which something is kept; `None` if nothing is kept, or if the walk continued
    /// another one.
    pub kept_from_ms: Option<Millis>,
    /// Offset after which the stretch goes on; `None` if all of it was read.
    pub next: Option<u64>,
    /// Number of blocks and publications that were read.
    pub work: usize,
}

/// A walk through a log, in order of offset.
#[derive(Debug)]
pub struct Walk<'a, L> {
    log: &'a L,
    topic: &'a Topic,
    epoch: &'a Epoch,
    head: u64,
    now: Millis,
    stretch: Stretch,
    grid: Grid,
    /// Tasks that are left, the next one last.
    tasks: Vec<Task>,
    /// Offset up to which everything was visited.
    visited: u64,
    kept_from_ms: Option<Millis>,
    work: usize,
    is_full: bool,
}

impl<'a, L: TopicLog> Walk<'a, L> {
    /// Creates a walk through the log `epoch` of a topic, which ends at the offset `head`.
    pub fn new(
        log: &'a L,
        (topic, epoch, head): (&'a Topic, &'a Epoch, u64),
        stretch: Stretch,
        now: Millis,
    ) -> Self {
        let visited = stretch.after.unwrap_or(0);
        Self {
            log,
            topic,
            epoch,
            head,
            now,
            stretch,
            grid: Grid::new(stretch.step_ms, stretch.after),
            tasks: plan::begin(visited, head),
            visited,
            kept_from_ms: None,
            work: 0,
            is_full: false,
        }
    }

    /// Reads the stretch, or as much of it as fits and may be read at once.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store cannot be read.
    pub async fn read(mut self) -> Result<Found, Unavailable> {
        while !self.is_full {
            let Some(task) = self.tasks.pop() else { break };
            match task {
                Task::Blocks(level, indices) => self.blocks(level, indices).await?,
                Task::Items(offsets, blocks) => self.items(offsets, blocks).await?,
                Task::Add(level, block) => self.add(level, block),
                Task::Pass(block) => self.pass(&block),
            }
        }
        let next = self.is_full.then_some(self.visited).filter(|visited| *visited < self.head);
        let kept_from_ms = self.kept_from_ms.filter(|_| self.stretch.after.is_none());
        Ok(Found { contents: self.grid.finish(), kept_from_ms, next, work: self.work })
    }

    async fn blocks(&mut self, level: Level, indices: Range<u64>) -> Result<(), Unavailable> {
        let complete = indices.start..indices.end.min(level.complete(self.head));
        let mut found = Vec::new();
        if !complete.is_empty() {
            if !self.spend_on(PAGE_BLOCKS) {
                return Ok(());
            }
            found = self.log.blocks(self.topic, self.epoch, level, complete, PAGE_BLOCKS, self.now).await?;
            self.work += found.len();
        }
        let is_page = found.len() >= PAGE_BLOCKS;
        let until = found.last().filter(|_| is_page).map_or(indices.end, |(index, _)| index + 1);
        if until < indices.end {
            self.tasks.push(Task::Blocks(level, until..indices.end));
        }
        let decide = |block: &Block| self.decide(block);
        let tasks = plan::divide(level, indices.start..until, found, decide, (self.visited, self.head));
        self.tasks.extend(tasks.into_iter().rev());
        Ok(())
    }

    fn decide(&self, block: &Block) -> Use {
        let Stretch { from_ms, to_ms, step_ms, .. } = self.stretch;
        let (first_ms, last_ms) = block.received;
        if self.stretch.is_late(first_ms) {
            return self.decide_late(block);
        }
        let is_inside = from_ms <= first_ms && last_ms < to_ms;
        if last_ms < from_ms {
            Use::Pass
        } else if is_inside && block.lost.is_empty() && block.longest_run_ms() <= step_ms {
            Use::Add
        } else {
            Use::Divide
        }
    }

    /// Decides about a block whose publications were received after the stretch. It is passed over without being divided, unless some of
    /// them are late. So data that is not late costs nothing, and late data costs the blocks in which it is.
    fn decide_late(&self, block: &Block) -> Use {
        let late = self.stretch.late();
        let step_ms = self.stretch.step_ms;
        let mut runs =
            block.spans().filter(|(first_ms, last_ms)| *first_ms < late.end && *last_ms >= late.start);
        let is_whole = |(first_ms, last_ms): (Millis, Millis)| {
            late.contains(&first_ms) && late.contains(&last_ms) && last_ms.abs_diff(first_ms) <= step_ms
        };
        match runs.next() {
            None => Use::Pass,
            Some(run) if is_whole(run) && runs.all(is_whole) => Use::Add,
            Some(_) => Use::Divide,
        }
    }

    async fn items(&mut self, offsets: Range<u64>, blocks: Vec<Block>) -> Result<(), Unavailable> {
        if !self.spend_on(PAGE_ITEMS) {
            return Ok(());
        }
        let wanted = usize::try_from(offsets.end - offsets.start).unwrap_or(usize::MAX).min(PAGE_ITEMS);
        let after = offsets.start - 1;
        let mut items = self.log.stored(self.topic, self.epoch, after, wanted, self.now).await?;
        self.work += items.len().max(1);
        let is_page = items.len() >= wanted;
        items.retain(|item| offsets.contains(&item.offset));
        let until = items.last().filter(|_| is_page).map_or(offsets.end, |last| last.offset + 1);
        let blocks = blocks.into_iter().filter(|block| block.offsets.1 > self.visited).collect();
        self.add_items(items, blocks, until);
        if until < offsets.end && !self.is_full {
            self.tasks.push(Task::Items(until..offsets.end, Vec::new()));
        }
        Ok(())
    }

    /// Adds publications. Where some of a block's publications are gone, the block is added instead of those that are left.
    fn add_items(&mut self, items: Vec<Publication>, blocks: Vec<Block>, until: u64) {
        let mut items = items.into_iter().peekable();
        for block in blocks {
            let (first, last) = block.offsets;
            while let Some(item) = items.next_if(|item| item.offset < first) {
                self.add_item(&item);
            }
            let mut own = Vec::new();
            while let Some(item) = items.next_if(|item| item.offset <= last) {
                own.push(item);
            }
            if self.visited < first && (own.len() as u64) < block.count {
                self.add(Level::LOWEST, block);
            } else {
                own.iter().for_each(|item| self.add_item(item));
            }
        }
        items.for_each(|item| self.add_item(&item));
        if !self.is_full {
            self.visited = self.visited.max(until - 1);
        }
    }

    fn add_item(&mut self, item: &Publication) {
        if self.is_full {
            return;
        }
        self.keep_from(item.received_at);
        let room_bytes = self.stretch.room_bytes;
        if self.stretch.contains(item) {
            // The block of a single publication is computed only where there may be no room for it.
            let is_tight = self.grid.bytes() + item.data.text().len() * ITEM_FACTOR + ITEM_BYTES > room_bytes;
            if is_tight && !self.grid.is_empty() {
                let bytes = Block::of(std::slice::from_ref(item)).map_or(0, |block| block_bytes(&block));
                if self.grid.bytes() + bytes > room_bytes {
                    self.is_full = true;
                    return;
                }
            }
            self.forget_losses_before(item.offset, item.received_at);
            self.grid.add_item(item);
        } else {
            self.grid.pass(item.offset, Some(item.ts.min(item.received_at)));
        }
        self.visited = item.offset;
    }

    /// Adds a block if there is room for it. Otherwise a smaller block or publications are added, and if there is no room for them
    /// either, the walk ends.
    fn add(&mut self, level: Level, block: Block) {
        if self.is_full {
            return;
        }
        self.keep_from(block.received.0);
        let is_late = self.stretch.is_late(block.received.0);
        let block = if is_late { block.clipped(&self.stretch.late()) } else { block };
        let fits = self.grid.bytes() + block_bytes(&block) <= self.stretch.room_bytes;
        self.forget_losses_before(block.offsets.0, block.received.0);
        if fits {
            self.grid.add_block(&block);
        } else if !self.grid.is_empty() {
            self.is_full = true;
            return;
        } else if let Some(task) = plan::below(level, &block, self.head) {
            return self.tasks.push(task);
        } else {
            self.grid.add_block(&block.compact());
        }
        self.visited = block.offsets.1;
    }

    fn pass(&mut self, block: &Block) {
        self.keep_from(block.received.0);
        self.grid.pass(block.offsets.1, Some(block.effective().1));
        self.visited = block.offsets.1;
    }

    /// Lets no publications count as lost before `offset` if this was received after the stretch: what was lost there is not known to
    /// belong to the stretch.
    fn forget_losses_before(&mut self, offset: u64, received_at: Millis) {
        if self.stretch.is_late(received_at) {
            self.grid.pass(offset.saturating_sub(1), None);
        }
    }

    fn keep_from(&mut self, received_at: Millis) {
        self.kept_from_ms.get_or_insert(received_at);
    }

    /// Ends the walk if reading a page of this size could exceed the permitted work. Returns true if the page may be read.
    fn spend_on(&mut self, page: usize) -> bool {
        self.is_full = self.work + page > WORK;
        !self.is_full
    }
}

/// Upper bound for the size of a publication's buckets as a multiple of the size of its data. The smallest field, `"a":1,`, takes six
/// bytes, and becomes a bucket of less than 60 bytes in a series of 29.
const ITEM_FACTOR: usize = 15;
/// Upper bound for the size of the bucket of a publication that is a single value, in addition to [`ITEM_FACTOR`].
const ITEM_BYTES: usize = 100;
