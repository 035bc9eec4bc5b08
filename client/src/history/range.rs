//! Joins the answers to several requests for publications of a log, and records which publications they lack.

use shared::server::HistoryReply;
use shared::{Epoch, Millis, Position, Publication};

/// Publications of one log of a topic, as far as they can still be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// Identifier of the log to which the publications belong.
    pub epoch: Epoch,
    /// Publications in order of offset.
    pub items: Vec<Publication>,
    /// Requested publications that can no longer be read, in the order in which this was noticed.
    pub gaps: Vec<Gap>,
    /// Time of receipt of the first publication, if earlier ones of the requested period may be missing, because they were deleted or lost.
    pub missing_before_ms: Option<Millis>,
}

/// Publications of a topic that were requested and can no longer be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Position before the first of them.
    pub from: Position,
    /// Position of the last of them; `None` if their number is unknown, because the log was replaced by a new one.
    pub to: Option<Position>,
}

impl Range {
    /// Returns a range without publications.
    pub(super) fn new(epoch: Epoch) -> Self {
        Self { epoch, items: Vec::new(), gaps: Vec::new(), missing_before_ms: None }
    }

    /// Adds the answer to a request for the publications after the offset `after`. Returns the offset from which to read on; `None` at the
    /// end of the log, or if another log has taken its place.
    pub(super) fn add(&mut self, after: u64, page: HistoryReply) -> Option<u64> {
        if page.epoch == self.epoch {
            return self.take(after, page);
        }
        self.note_other_log(after);
        None
    }

    /// Does the same as [`Self::add`], but goes on with the other log if nothing of this one was read.
    pub(super) fn add_of_any_log(&mut self, after: u64, page: HistoryReply) -> Option<u64> {
        if page.epoch == self.epoch || !self.items.is_empty() {
            return self.add(after, page);
        }
        self.note_other_log(after);
        self.epoch = page.epoch.clone();
        self.take(0, page)
    }

    /// Removes the gaps before the first publication. Returns true if there were any.
    pub(super) fn forget_gaps_at_start(&mut self) -> bool {
        let Self { epoch, items, gaps, .. } = self;
        let first = items.first().map_or(u64::MAX, |item| item.offset);
        let before = gaps.len();
        gaps.retain(|gap| gap.to.is_none() || (gap.from.epoch == *epoch && gap.from.offset >= first));
        gaps.len() < before
    }

    fn take(&mut self, after: u64, page: HistoryReply) -> Option<u64> {
        let HistoryReply { items, head, recovered, .. } = page;
        // A log that was restored from a copy may end before the position. The answer then begins with its first publication.
        let is_cut_back = head.offset < after;
        if !recovered {
            let before_first = items.first().map_or(head.offset, |first| first.offset.saturating_sub(1));
            let (from, to) = if is_cut_back { (head.offset, after) } else { (after, before_first) };
            self.lose(from, to);
        }
        let last = items.last().map(|item| item.offset);
        self.items.extend(items);
        // Offsets have to increase, or the requests would never end.
        last.filter(|last| *last < head.offset && (is_cut_back || *last > after))
    }

    fn lose(&mut self, from: u64, to: u64) {
        if from < to {
            let gap = Gap { from: self.position(from), to: Some(self.position(to)) };
            self.gaps.push(gap);
        }
    }

    fn note_other_log(&mut self, after: u64) {
        let gap = Gap { from: self.position(after), to: None };
        self.gaps.push(gap);
    }

    fn position(&self, offset: u64) -> Position {
        Position::new(self.epoch.clone(), offset)
    }
}

#[cfg(test)]
mod tests {
    use shared::Topic;

    use super::*;

    /// Returns an answer of the log `epoch`, which ends at `head`, with the publications from one offset to another.
    fn page(epoch: &str, (first, last): (u64, u64), head: u64, recovered: bool) -> HistoryReply {
        let item = |offset| Publication { offset, ts: 0, received_at: 0, data: 1.into() };
        let epoch = Epoch::new(epoch);
        let (topic, items) = (Topic::new("a").unwrap(), (first..=last).map(item).collect());
        HistoryReply {
            id: 1,
            topic,
            epoch: epoch.clone(),
            items,
            head: Position::new(epoch, head),
            recovered,
        }
    }

    fn gap(from: (&str, u64), to: Option<(&str, u64)>) -> Gap {
        let position = |(epoch, offset): (&str, u64)| Position::new(Epoch::new(epoch), offset);
        Gap { from: position(from), to: to.map(position) }
    }

    #[test]
    fn what_an_answer_lacks_is_a_gap_from_the_offset_that_was_read_last() {
        let nothing = (1, 0);
        for (after, page, gaps, next) in [
            (4, page("e", (5, 8), 9, true), vec![], Some(8)),
            (4, page("e", (5, 9), 9, true), vec![], None),
            (4, page("e", (7, 8), 9, false), vec![gap(("e", 4), Some(("e", 6)))], Some(8)),
            (4, page("e", nothing, 9, false), vec![gap(("e", 4), Some(("e", 9)))], None),
            (4, page("e", nothing, 4, true), vec![], None),
            // Publications that are no longer kept may not belong to the period, so that nothing of it is missing.
            (4, page("e", (7, 8), 9, true), vec![], Some(8)),
            // The log ends before the position.
            (9, page("e", (1, 3), 5, false), vec![gap(("e", 5), Some(("e", 9)))], Some(3)),
            (9, page("e", (3, 5), 5, false), vec![gap(("e", 5), Some(("e", 9)))], None),
            // An answer that goes back would be requested for ever.
            (4, page("e", (1, 3), 9, true), vec![], None),
        ] {
            let mut range = Range::new(Epoch::new("e"));
            let added = range.add(after, page.clone());
            assert_eq!((&range.gaps, added), (&gaps, next), "{page:?}");
            assert_eq!(range.items, page.items);
        }
    }

    #[test]
    fn another_log_takes_the_place_of_one_of_which_nothing_was_read() {
        let mut range = Range::new(Epoch::new("old"));
        assert_eq!(range.add_of_any_log(10, page("new", (901, 950), 1_000, false)), Some(950));
        assert_eq!(range.epoch, Epoch::new("new"));
        assert_eq!(range.gaps, [gap(("old", 10), None), gap(("new", 0), Some(("new", 900)))]);
        assert_eq!(range.items.len(), 50);
    }

    type Add = fn(&mut Range, u64, HistoryReply) -> Option<u64>;

    #[test]
    fn publications_of_two_logs_are_never_in_one_range() {
        for add in [Range::add, Range::add_of_any_log] as [Add; 2] {
            let mut range = Range::new(Epoch::new("old"));
            assert_eq!(add(&mut range, 0, page("old", (1, 5), 9, true)), Some(5));
            assert_eq!(add(&mut range, 5, page("new", (1, 3), 3, false)), None);
            assert_eq!((range.items.len(), &range.epoch), (5, &Epoch::new("old")));
            assert_eq!(range.gaps, [gap(("old", 5), None)]);
        }
    }

    #[test]
    fn only_gaps_before_the_first_publication_are_forgotten() {
        let mut range = Range::new(Epoch::new("e"));
        range.add(0, page("e", (5, 6), 9, false));
        range.add(6, page("e", (9, 9), 9, false));
        assert!(range.forget_gaps_at_start());
        assert_eq!(range.gaps, [gap(("e", 6), Some(("e", 8)))]);
        assert!(!range.forget_gaps_at_start());
    }
}
