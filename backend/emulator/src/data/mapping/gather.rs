//! Collects records until a batch is due: it is full, or its window has passed ("Batching behavior"). The module is pure.

use std::collections::VecDeque;

/// Maximum size of the records of an invocation, in bytes: Lambda's limit of 6 MB, less room for the commas between records.
const PAYLOAD_BYTES: usize = 6 * 1024 * 1024 - 128 * 1024;

/// Records that wait for their invocation.
#[derive(Debug)]
pub(super) struct Gather<R> {
    batch_size: usize,
    window_ms: u64,
    waiting: VecDeque<(R, usize)>,
    bytes: usize,
    since_ms: u64,
}

impl<R> Gather<R> {
    /// Creates an empty collection. A batch has at most `batch_size` records, and is due `window_ms` after its first record.
    pub fn new(batch_size: u32, window_s: u32) -> Self {
        let batch_size = usize::try_from(batch_size).unwrap_or(usize::MAX).max(1);
        Self {
            batch_size,
            window_ms: u64::from(window_s) * 1000,
            waiting: VecDeque::new(),
            bytes: 0,
            since_ms: 0,
        }
    }

    /// Adds a record with its size.
    pub fn push(&mut self, record: R, bytes: usize, now_ms: u64) {
        if self.waiting.is_empty() {
            self.since_ms = now_ms;
        }
        self.bytes += bytes;
        self.waiting.push_back((record, bytes));
    }

    /// Returns the number of records that still fit.
    pub fn room(&self) -> usize {
        if self.bytes >= PAYLOAD_BYTES { 0 } else { self.batch_size.saturating_sub(self.waiting.len()) }
    }

    /// Returns the time at which the batch is due, which may have passed, or `None` if there are no records.
    pub fn due_ms(&self) -> Option<u64> {
        let wait = if self.room() == 0 { 0 } else { self.window_ms };
        (!self.waiting.is_empty()).then(|| self.since_ms.saturating_add(wait))
    }

    /// Takes the records of a batch. Records beyond the size of a payload stay for the next one, but one record is always taken.
    pub fn take(&mut self) -> Vec<R> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while let Some((_, size)) = self.waiting.front() {
            let fits = batch.is_empty() || bytes + size <= PAYLOAD_BYTES;
            if batch.len() == self.batch_size || !fits {
                break;
            }
            bytes += size;
            batch.extend(self.waiting.pop_front().map(|(record, _)| record));
        }
        self.bytes -= bytes;
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_due_when_it_is_full_or_its_window_has_passed() {
        let mut gather = Gather::new(3, 5);
        assert_eq!(gather.due_ms(), None);
        gather.push('a', 1, 100);
        gather.push('b', 1, 2000);
        assert_eq!(gather.due_ms(), Some(5100));
        gather.push('c', 1, 2100);
        assert_eq!(gather.due_ms(), Some(100));
        assert_eq!(gather.take(), ['a', 'b', 'c']);
        assert_eq!(gather.due_ms(), None);
    }

    #[test]
    fn messages_beyond_the_size_of_a_payload_are_the_next_batch_and_none_is_lost() {
        let mut gather = Gather::new(100, 5);
        for message in 0..30 {
            gather.push(message, 256 * 1024, 100);
        }
        let first = gather.take();
        assert_eq!((first.len(), gather.due_ms()), (23, Some(5100)));
        assert_eq!([first, gather.take()].concat(), Vec::from_iter(0..30));
        assert_eq!(gather.due_ms(), None);
    }

    #[test]
    fn a_batch_without_a_window_is_due_at_once() {
        let mut gather = Gather::new(100, 0);
        gather.push('a', 1, 100);
        assert_eq!(gather.due_ms(), Some(100));
    }

    #[test]
    fn a_payload_is_at_most_six_megabytes_and_a_larger_record_goes_alone() {
        let mut gather = Gather::new(100, 300);
        gather.push('a', 4_000_000, 0);
        gather.push('b', 4_000_000, 1);
        assert_eq!(gather.room(), 0);
        assert_eq!(gather.take(), ['a']);
        gather.push('c', 9_000_000, 2);
        assert_eq!(gather.take(), ['b']);
        assert_eq!(gather.take(), ['c']);
    }
}
