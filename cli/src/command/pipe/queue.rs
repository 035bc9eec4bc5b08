//! Collects publications in batches, together with the numbers of the lines from which they were made.

use std::collections::VecDeque;

use shared::publication::Item;

use crate::command::batch::Batcher;

/// The items of one request, and the numbers of the lines from which they were made.
#[derive(Debug)]
pub struct Batch {
    /// The items, in order.
    pub items: Vec<Item>,
    /// Numbers of the lines, in order.
    pub lines: Vec<u64>,
}

/// Collects the publications to one topic in batches.
#[derive(Debug, Default)]
pub struct Queue {
    batcher: Batcher,
    /// The numbers of the lines of each item that waits.
    lines: VecDeque<Vec<u64>>,
}

impl Queue {
    /// Adds an item. If it does not fit into the current batch, returns that batch and begins a new one with the item.
    pub fn push(&mut self, item: Item, lines: Vec<u64>, now_ms: u64) -> Option<Batch> {
        let full = self.batcher.push(item, now_ms).map(|items| self.with_lines(items));
        self.lines.push_back(lines);
        full
    }

    /// Keeps room for metadata of this size in bytes.
    pub fn reserve(&mut self, bytes: usize) {
        self.batcher.reserve(bytes);
    }

    /// Returns the time at which the batch is to be sent, in milliseconds; `None` if the batch is empty.
    pub fn due_ms(&self) -> Option<u64> {
        self.batcher.due_ms()
    }

    /// Returns the current batch, and begins a new one.
    pub fn take(&mut self) -> Batch {
        let items = self.batcher.take();
        self.with_lines(items)
    }

    fn with_lines(&mut self, items: Vec<Item>) -> Batch {
        let lines = self.lines.drain(..items.len().min(self.lines.len())).flatten().collect();
        Batch { items, lines }
    }
}
