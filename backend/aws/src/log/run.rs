//! Joins parts of a topic's history to a sequence of publications without gaps or duplicates. The functions here are
//! pure.

use shared::{Millis, Publication};

/// A sequence of publications in order of offset, without gaps. Later publications are added at its end.
#[derive(Debug)]
pub struct Forward {
    items: Vec<Publication>,
    next: u64,
}

impl Forward {
    /// Creates an empty sequence of publications. The first one that is added will be that at the offset `first`.
    pub fn from(first: u64) -> Self {
        Self { items: Vec::new(), next: first }
    }

    /// Adds the publications of the next part of history, and skips those that the sequence already contains. Returns
    /// false if an offset is missing before one of them. Nothing more may be added then.
    pub fn add(&mut self, part: impl IntoIterator<Item = Publication>) -> bool {
        for item in part {
            if item.offset > self.next {
                return false;
            }
            if item.offset == self.next {
                self.next += 1;
                self.items.push(item);
            }
        }
        true
    }

    /// Returns the offset of the publication that has to be added next.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Returns the number of publications in the sequence.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns the first `limit` publications whose offset is at most `end`.
    pub fn into_items(self, end: u64, limit: usize) -> Vec<Publication> {
        self.items.into_iter().take_while(|item| item.offset <= end).take(limit).collect()
    }
}

/// A sequence of publications in order of offset, without gaps. Earlier publications are added at its beginning. It
/// starts with the publications of the last append, which may not be in the history table yet.
///
/// For example, the last append has the offsets 8 and 9. Adding the part of history from 5 to 7 results in 5 to 9.
/// Adding the part from 4 to 5 instead results in only 4 and 5, because 6 and 7 are not in the history table yet.
#[derive(Debug)]
pub struct Backward {
    /// The publications, newest first.
    items: Vec<Publication>,
    /// The offset of the oldest publication. If the sequence is empty, this is the offset after the part of history
    /// that is added next.
    begin: u64,
    /// True after a part of history has been added to the sequence.
    is_joined: bool,
}

impl Backward {
    /// Creates a sequence that contains the publications of the last append, which is `last`. There must be at least
    /// one publication.
    pub fn from(last: &[Publication]) -> Self {
        let items: Vec<_> = last.iter().rev().cloned().collect();
        let begin = items.last().map_or(1, |first| first.offset);
        Self { items, begin, is_joined: false }
    }

    /// Adds the part of history before the oldest publication of the sequence. Returns false if there is a gap between
    /// two parts of history.
    ///
    /// If the newest part of history does not reach up to the last append, the last append is removed from the
    /// sequence. Its publications, and the missing ones before it, are delivered to the subscriber live.
    pub fn add(&mut self, part: Vec<Publication>) -> bool {
        let Some(last) = part.last().map(|last| last.offset) else { return true };
        if last + 1 < self.begin {
            if self.is_joined {
                return false;
            }
            self.drop_last_append(last + 1);
        }
        self.is_joined = true;
        for item in part.into_iter().rev() {
            if item.offset < self.begin {
                self.begin = item.offset;
                self.items.push(item);
            }
        }
        true
    }

    /// Must be called when history has no earlier parts. If no part was added at all, the publications before the last
    /// append are not in the history table yet. The last append is then removed from the sequence.
    pub fn end(&mut self) {
        if !self.is_joined {
            self.drop_last_append(self.begin);
        }
    }

    /// Returns the number of publications in the sequence.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns the offset of the oldest publication. If the sequence is empty, returns the offset after the part of
    /// history that is added next.
    pub fn begin(&self) -> u64 {
        self.begin
    }

    /// Returns true if all publications of the sequence were received at `time` or later.
    pub fn is_since(&self, time: Millis) -> bool {
        self.items.last().is_none_or(|first| first.received_at >= time)
    }

    /// Returns the newest `limit` publications whose offset is at least `oldest` and that were received at `since` or
    /// later.
    pub fn into_items(self, oldest: u64, since: Millis, limit: usize) -> Vec<Publication> {
        let is_wanted = |item: &Publication| item.offset >= oldest && item.received_at >= since;
        let mut items: Vec<_> = self.items.into_iter().take_while(is_wanted).take(limit).collect();
        items.reverse();
        items
    }

    fn drop_last_append(&mut self, begin: u64) {
        self.items.clear();
        self.begin = begin;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(offsets: std::ops::RangeInclusive<u64>) -> Vec<Publication> {
        let item = |offset| Publication { offset, ts: 0, received_at: 10 * offset as Millis, data: 1.into() };
        offsets.map(item).collect()
    }

    fn offsets(items: Vec<Publication>) -> Vec<u64> {
        items.iter().map(|item| item.offset).collect()
    }

    #[test]
    fn forward_takes_each_offset_once_and_stops_at_a_hole() {
        let mut run = Forward::from(3);
        assert!(run.add(part(1..=4)) && run.add(part(2..=6)));
        assert_eq!((run.next(), run.len()), (7, 4));
        assert!(!run.add(part(8..=9)));
        assert_eq!(offsets(run.into_items(9, 3)), [3, 4, 5]);
    }

    #[test]
    fn forward_does_not_go_beyond_the_head_it_began_with() {
        let mut run = Forward::from(3);
        run.add(part(3..=9));
        assert_eq!(offsets(run.into_items(4, 9)), [3, 4]);
    }

    #[test]
    fn backward_takes_each_offset_once() {
        let mut run = Backward::from(&part(8..=9));
        assert!(run.add(part(5..=9)) && run.add(part(4..=6)));
        assert_eq!((run.begin(), run.len()), (4, 6));
        assert_eq!(offsets(run.into_items(1, 0, 5)), [5, 6, 7, 8, 9]);
    }

    #[test]
    fn unwritten_publications_and_those_after_them_are_left_to_live_delivery() {
        let mut run = Backward::from(&part(8..=9));
        assert!(run.add(part(4..=5)));
        assert!(!run.add(part(1..=2)), "a hole within history ends it");
        run.end();
        assert_eq!(offsets(run.into_items(1, 0, 9)), [4, 5]);
        let mut nothing_written = Backward::from(&part(8..=9));
        nothing_written.end();
        assert_eq!((nothing_written.begin(), nothing_written.len()), (8, 0));
    }

    #[test]
    fn of_a_run_backward_the_newest_that_are_wanted_are_kept() {
        let run = || Backward::from(&part(1..=9));
        assert_eq!(offsets(run().into_items(6, 0, 9)), [6, 7, 8, 9]);
        assert_eq!(offsets(run().into_items(1, 75, 9)), [8, 9]);
        assert!(run().is_since(10) && !run().is_since(11));
    }
}
