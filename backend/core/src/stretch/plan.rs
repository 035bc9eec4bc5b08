//! The parts of a log that a walk still has to visit, in order of offset.

use std::ops::Range;

use crate::rollup::{Block, Level};

/// Number of blocks of the lowest level whose publications are read together.
const BLOCKS_READ_TOGETHER: u64 = 16;

/// A part of a log that a walk still has to visit.
#[derive(Debug)]
pub(super) enum Task {
    /// Blocks of this level, by their index.
    Blocks(Level, Range<u64>),
    /// The publications with these offsets, and the blocks that are used if publications of theirs are gone.
    Items(Range<u64>, Vec<Block>),
    /// A block that is added to the answer.
    Add(Level, Block),
    /// A block that is passed over.
    Pass(Block),
}

/// The decision about a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The block is outside of the stretch.
    Pass,
    /// The block is added to the answer.
    Add,
    /// The block is replaced by smaller ones, or by its publications.
    Divide,
}

/// Returns the first tasks of a walk through the offsets after `after`, in a log that ends at `head`.
pub(super) fn begin(after: u64, head: u64) -> Vec<Task> {
    if after >= head {
        return Vec::new();
    }
    let top = Level::all().rev().find(|level| level.complete(head) > level.index_of(after + 1));
    vec![match top {
        Some(level) => Task::Blocks(level, level.index_of(after + 1)..level.index_of(head) + 1),
        None => Task::Items(after + 1..head + 1, Vec::new()),
    }]
}

/// Divides the blocks of one level that a walk has read into tasks, in order of offset. `found` are the blocks that exist, with their
/// index, in the range `indices`; blocks between them do not exist. Nothing up to the offset `after` and beyond `head` is visited.
pub(super) fn divide(
    level: Level,
    indices: Range<u64>,
    found: Vec<(u64, Block)>,
    decide: impl Fn(&Block) -> Use,
    (after, head): (u64, u64),
) -> Vec<Task> {
    let mut tasks = Tasks {
        level,
        after,
        head,
        tasks: Vec::new(),
        divided: indices.start..indices.start,
        blocks: Vec::new(),
    };
    for (index, block) in found {
        tasks.skip_to(index);
        // A part of the block was visited already if the walk continues another one that ended within it.
        let is_begun = *level.offsets(index).start() <= after;
        match decide(&block) {
            Use::Divide => tasks.divide(index, block),
            Use::Add if is_begun => tasks.divide(index, block),
            Use::Add => tasks.end(index, Task::Add(level, block)),
            Use::Pass => tasks.end(index, Task::Pass(block)),
        }
    }
    tasks.skip_to(indices.end);
    tasks.flush();
    tasks.tasks
}

/// Returns the tasks that replace a block of a level above the lowest.
pub(super) fn below(level: Level, block: &Block, head: u64) -> Option<Task> {
    let index = level.index_of(block.offsets.0);
    level.below().map(|below| Task::Blocks(below, children(below, index..index + 1, head)))
}

/// Returns the indices of the blocks of the level `below` in these blocks of the level above, as far as the log reaches.
fn children(below: Level, indices: Range<u64>, head: u64) -> Range<u64> {
    indices.start * Level::FAN..(indices.end * Level::FAN).min(below.index_of(head) + 1)
}

struct Tasks {
    level: Level,
    after: u64,
    head: u64,
    tasks: Vec<Task>,
    /// Consecutive blocks that are to be divided.
    divided: Range<u64>,
    blocks: Vec<Block>,
}

impl Tasks {
    /// Divides the blocks before `index`, which do not exist.
    fn skip_to(&mut self, index: u64) {
        self.divided.end = index;
    }

    fn divide(&mut self, index: u64, block: Block) {
        self.blocks.push(block);
        self.divided.end = index + 1;
    }

    fn end(&mut self, index: u64, task: Task) {
        self.flush();
        self.tasks.push(task);
        self.divided = index + 1..index + 1;
    }

    fn flush(&mut self) {
        let blocks = std::mem::take(&mut self.blocks);
        if self.divided.is_empty() {
            return;
        }
        match self.level.below() {
            Some(below) => {
                let indices = children(below, self.divided.clone(), self.head);
                let visited = below.index_of(self.after + 1);
                self.tasks.push(Task::Blocks(below, indices.start.max(visited)..indices.end));
            }
            None => self.items(blocks),
        }
        self.divided.start = self.divided.end;
    }

    /// Adds tasks for the publications of the divided blocks. Those of blocks that exist are read in small groups, so that they can be
    /// replaced by their blocks.
    fn items(&mut self, blocks: Vec<Block>) {
        let size = self.level.size();
        let mut blocks = blocks.into_iter().peekable();
        let mut begin = (self.divided.start * size).max(self.after) + 1;
        let end = (self.divided.end * size).min(self.head) + 1;
        while begin < end {
            let index = self.level.index_of(begin);
            let next = blocks.peek().map_or(self.divided.end, |block| self.level.index_of(block.offsets.0));
            // Blocks that do not exist are read together, however many they are.
            let last = if next > index { next } else { index + BLOCKS_READ_TOGETHER };
            let until = (last * size + 1).min(end);
            let mut group = Vec::new();
            while let Some(block) = blocks.next_if(|block| block.offsets.0 < until) {
                group.push(block);
            }
            self.tasks.push(Task::Items(begin..until, group));
            begin = until;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(index: u64) -> (u64, Block) {
        let offsets = Level::LOWEST.offsets(index);
        let block = Block {
            offsets: (*offsets.start(), *offsets.end()),
            received: (0, 0),
            count: 64,
            series: Vec::new(),
            lines: Vec::new(),
            lost: Vec::new(),
            left_out: Default::default(),
        };
        (index, block)
    }

    fn shown(tasks: Vec<Task>) -> Vec<String> {
        let shown = |task| match task {
            Task::Blocks(level, indices) => format!("level {} {indices:?}", level.number()),
            Task::Items(offsets, blocks) => format!("{offsets:?} with {}", blocks.len()),
            Task::Add(_, block) => format!("add {}", block.offsets.0),
            Task::Pass(block) => format!("pass {}", block.offsets.0),
        };
        tasks.into_iter().map(shown).collect()
    }

    #[test]
    fn a_walk_begins_at_the_highest_level_with_a_complete_block() {
        assert_eq!(shown(begin(0, 63)), ["1..64 with 0"]);
        assert_eq!(shown(begin(0, 64)), ["level 1 0..1"]);
        assert_eq!(shown(begin(0, 1_000)), ["level 2 0..2"]);
        assert_eq!(shown(begin(512, 1_000)), ["level 1 8..16"]);
        assert_eq!(shown(begin(9, 9)), Vec::<String>::new());
    }

    #[test]
    fn blocks_that_do_not_exist_are_replaced_together_with_those_that_are_divided() {
        let found = vec![block(1), block(3)];
        let decide = |block: &Block| if block.offsets.0 == 65 { Use::Add } else { Use::Divide };
        let tasks = divide(Level::LOWEST, 0..5, found, decide, (0, 300));
        assert_eq!(shown(tasks), ["1..65 with 0", "add 65", "129..193 with 0", "193..301 with 1"]);
        let (one, two) = (Level::LOWEST, Level::LOWEST.above().unwrap());
        let tasks = divide(two, 0..3, Vec::new(), |_| Use::Add, (600, 1_100));
        assert_eq!(shown(tasks), [format!("level {} 9..18", one.number())]);
    }

    #[test]
    fn a_block_within_which_another_walk_ended_is_divided() {
        let tasks = divide(Level::LOWEST, 0..1, vec![block(0)], |_| Use::Add, (10, 64));
        assert_eq!(shown(tasks), ["11..65 with 1"]);
    }
}
