//! Publications that wait to be sent, with the numbers of the lines that they were made from.

use std::collections::VecDeque;

use shared::publication::Item;

use crate::command::batch::Batcher;

/// Items for one request, and the lines that they were made from.
#[derive(Debug)]
pub struct Batch {
    /// The items, in order.
    pub items: Vec<Item>,
    /// Numbers of the lines, in order.
    pub lines: Vec<u64>,
}

/// Gathers publications to one topic into batches.
#[derive(Debug, Default)]
pub struct Queue {
    batcher: Batcher,
    /// The lines of each waiting item.
    lines: VecDeque<Vec<u64>>,
}

impl Queue {
    /// Adds an item. Returns the previous batch if the item does not fit into the same request.
    pub fn push(&mut self, item: Item, lines: Vec<u64>, now_ms: u64) -> Option<Batch> {
        let full = self.batcher.push(item, now_ms).map(|items| self.with_lines(items));
        self.lines.push_back(lines);
        full
    }

    /// Returns the time at which the batch is to be sent, in milliseconds; `None` if the batch is empty.
    pub fn due_ms(&self) -> Option<u64> {
        self.batcher.due_ms()
    }

    /// Returns the items that wait with their lines, and begins a new batch.
    pub fn take(&mut self) -> Batch {
        let items = self.batcher.take();
        self.with_lines(items)
    }

    fn with_lines(&mut self, items: Vec<Item>) -> Batch {
        let lines = self.lines.drain(..items.len().min(self.lines.len())).flatten().collect();
        Batch { items, lines }
    }
}
