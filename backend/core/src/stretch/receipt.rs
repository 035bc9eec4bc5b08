//! Reads the publications that were received in a stretch of time.
//!
//! Times of receipt need not rise with the offsets: the clock may have been set, and several servers may append to one topic. So no
//! offset divides a log into earlier and later publications. Blocks with the times of receipt of their publications show which parts of the
//! log need not be read.

use std::ops::Range;

use shared::{Epoch, Millis, Publication, Topic};

use super::plan::{self, Task, Use};
use crate::ports::{TopicLog, Unavailable};
use crate::rollup::{Block, Level};

/// Number of blocks and publications after which a search ends, even if it has not found as many as are wanted. Only a log without blocks
/// needs so many, or one whose times of receipt jump back and forth all the time.
const WORK: usize = 32_768;
/// Maximum number of blocks that are read at once.
const PAGE_BLOCKS: u64 = 512;
/// Maximum number of publications that are read at once.
const PAGE_ITEMS: u64 = 1_024;
/// Number of publications that are read at once if fewer are wanted, since some of them may have been received at other times.
const LEAST_ITEMS: u64 = 64;

/// The order in which a log is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// From the lowest offset to the highest.
    OldestFirst,
    /// From the highest offset to the lowest.
    NewestFirst,
}

/// The publications that are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The stretch of time in which they were received.
    pub received: Range<Millis>,
    /// Offset after which they are. All publications after it must be kept.
    pub after: u64,
    /// The order in which they are searched for.
    pub order: Order,
    /// Maximum number of them.
    pub limit: usize,
}

/// The result of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// The publications, in order of offset. No publication between them is lost: the search ends at a lost one when it has found others.
    pub items: Vec<Publication>,
    /// Offset of the publication that follows the last lost one before the first result, in the order of the search; `None` if none was
    /// lost there.
    pub after_loss: Option<u64>,
    /// Number of blocks and publications that were read.
    pub work: usize,
}

/// Searches the log `epoch`, which ends at the offset `head`.
///
/// # Errors
///
/// [`Unavailable`] if the store cannot be read.
pub async fn received_in<L: TopicLog>(
    log: &L,
    (topic, epoch, head): (&Topic, &Epoch, u64),
    wanted: Wanted,
    now: Millis,
) -> Result<Received, Unavailable> {
    let tasks = plan::begin(wanted.after, head);
    let found = Received { items: Vec::new(), after_loss: None, work: 0 };
    let search = Search { log, topic, epoch, head, now, wanted, tasks, found, is_gap: false, is_cut: false };
    search.run().await
}

struct Search<'a, L> {
    log: &'a L,
    topic: &'a Topic,
    epoch: &'a Epoch,
    head: u64,
    now: Millis,
    wanted: Wanted,
    /// Tasks that are left, the next one last.
    tasks: Vec<Task>,
    /// Publications and losses that were found, in the order of the search.
    found: Received,
    /// True if publications are missing directly before the next one of the search.
    is_gap: bool,
    /// True if publications are missing after those that were found.
    is_cut: bool,
}

impl<L: TopicLog> Search<'_, L> {
    async fn run(mut self) -> Result<Received, Unavailable> {
        while !self.is_over() {
            let Some(task) = self.tasks.pop() else { break };
            match task {
                Task::Blocks(level, indices) => self.blocks(level, indices).await?,
                Task::Items(offsets, _) => self.items(offsets).await?,
                // Nothing of these blocks is wanted.
                Task::Add(..) | Task::Pass(_) => {}
            }
        }
        if self.wanted.order == Order::NewestFirst {
            self.found.items.reverse();
        }
        Ok(self.found)
    }

    fn is_over(&self) -> bool {
        self.is_cut || self.found.items.len() >= self.wanted.limit || self.found.work >= WORK
    }

    async fn blocks(&mut self, level: Level, indices: Range<u64>) -> Result<(), Unavailable> {
        let (part, rest) = self.wanted.order.split(indices, PAGE_BLOCKS);
        if !rest.is_empty() {
            self.tasks.push(Task::Blocks(level, rest));
        }
        let complete = part.start..part.end.min(level.complete(self.head));
        let mut found = Vec::new();
        if !complete.is_empty() {
            let limit = usize::try_from(PAGE_BLOCKS).unwrap_or(usize::MAX);
            found = self.log.blocks(self.topic, self.epoch, level, complete, limit, self.now).await?;
            self.found.work += found.len().max(1);
        }
        let decide = |block: &Block| self.wanted.decide(block);
        let mut tasks = plan::divide(level, part, found, decide, (self.wanted.after, self.head));
        if self.wanted.order == Order::OldestFirst {
            tasks.reverse();
        }
        self.tasks.extend(tasks);
        Ok(())
    }

    async fn items(&mut self, offsets: Range<u64>) -> Result<(), Unavailable> {
        let order = self.wanted.order;
        // A search that has found little reads more at once.
        let left = self.wanted.limit.saturating_sub(self.found.items.len());
        let length = (left.max(self.found.work) as u64).clamp(LEAST_ITEMS, PAGE_ITEMS);
        let (part, rest) = order.split(offsets, length);
        if !rest.is_empty() {
            self.tasks.push(Task::Items(rest, Vec::new()));
        }
        let mut items = self.read(&part).await?;
        let (mut next, end) = match order {
            Order::OldestFirst => (part.start, part.end),
            Order::NewestFirst => (part.end, part.start),
        };
        if order == Order::NewestFirst {
            items.reverse();
        }
        for item in items {
            let (near, far) = order.sides(item.offset);
            self.is_gap |= near != next;
            next = far;
            self.visit(item);
        }
        self.is_gap |= next != end;
        Ok(())
    }

    /// Reads the publications with these offsets, in order of offset. Where some are missing before others, this looks for them again:
    /// publications are written in order, but those before a place may have been written after a read had passed it.
    async fn read(&mut self, part: &Range<u64>) -> Result<Vec<Publication>, Unavailable> {
        let items = self.read_once(part).await?;
        let until = items.last().map_or(part.start, |last| last.offset + 1);
        let is_whole = items.len() as u64 == until - part.start;
        if is_whole { Ok(items) } else { self.read_once(&(part.start..until)).await }
    }

    /// Reads with [`TopicLog::stored`], which does not look for the beginning of the log, as [`TopicLog::read`] does each time.
    async fn read_once(&mut self, part: &Range<u64>) -> Result<Vec<Publication>, Unavailable> {
        let wanted = usize::try_from(part.end - part.start).unwrap_or(usize::MAX);
        let mut items = self.log.stored(self.topic, self.epoch, part.start - 1, wanted, self.now).await?;
        self.found.work += items.len().max(1);
        items.retain(|item| part.contains(&item.offset));
        Ok(items)
    }

    fn visit(&mut self, item: Publication) {
        if self.is_gap && !self.found.items.is_empty() {
            self.is_cut = true;
        }
        if self.is_over() {
            return;
        }
        if std::mem::take(&mut self.is_gap) {
            self.found.after_loss = Some(item.offset);
        }
        if self.wanted.received.contains(&item.received_at) {
            self.found.items.push(item);
        }
    }
}

impl Wanted {
    /// Passes over a block of which no publication was received in the stretch of time, and divides any other.
    fn decide(&self, block: &Block) -> Use {
        let (first_ms, last_ms) = block.received;
        let is_outside = last_ms < self.received.start || first_ms >= self.received.end;
        if is_outside { Use::Pass } else { Use::Divide }
    }
}

impl Order {
    /// Divides a range into the part that is searched first, of at most this length, and the rest.
    fn split(self, range: Range<u64>, length: u64) -> (Range<u64>, Range<u64>) {
        match self {
            Self::OldestFirst => {
                let middle = range.start.saturating_add(length).min(range.end);
                (range.start..middle, middle..range.end)
            }
            Self::NewestFirst => {
                let middle = range.end.saturating_sub(length).max(range.start);
                (middle..range.end, range.start..middle)
            }
        }
    }

    /// Returns the two places beside a publication, of which the first one comes first in the search. The place before a publication has
    /// its offset, and the place after it has the next one.
    fn sides(self, offset: u64) -> (u64, u64) {
        match self {
            Self::OldestFirst => (offset, offset + 1),
            Self::NewestFirst => (offset + 1, offset),
        }
    }
}
