//! Publications that wait to be sent, with the numbers of their lines.

use std::collections::VecDeque;

use shared::publication::Item;

use crate::command::batch::Batcher;

/// Items for one request, and the lines that they were made of.
#[derive(Debug)]
pub struct Batch {
    /// The items.
    pub items: Vec<Item>,
    /// Numbers of lines, in order.
    pub lines: Vec<u64>,
}

/// Gathers publications to one topic.
#[derive(Debug, Default)]
pub struct Queue {
    batcher: Batcher,
    /// The lines of each item that waits.
    lines: VecDeque<Vec<u64>>,
}

impl Queue {
    /// Adds an item. Gives the batch before it, if both do not fit one request.
    pub fn push(&mut self, item: Item, lines: Vec<u64>, now_ms: u64) -> Option<Batch> {
        let full = self.batcher.push(item, now_ms).map(|items| self.with_lines(items));
        self.lines.push_back(lines);
        full
    }

    /// The time at which the batch is to be sent, in milliseconds; `None` while it is empty.
    pub fn due_ms(&self) -> Option<u64> {
        self.batcher.due_ms()
    }

    /// Whatever waits.
    pub fn take(&mut self) -> Batch {
        let items = self.batcher.take();
        self.with_lines(items)
    }

    fn with_lines(&mut self, items: Vec<Item>) -> Batch {
        let lines = self.lines.drain(..items.len().min(self.lines.len())).flatten().collect();
        Batch { items, lines }
    }
}
