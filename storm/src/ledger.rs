//! What one viewer was told, checked as it comes: every publication of a topic carries its own offset as data.

use std::collections::BTreeMap;

use shared::{Epoch, Position, Publication, Topic};

use crate::Board;

/// One viewer's books.
#[derive(Debug, Default)]
pub struct Ledger {
    topics: BTreeMap<Topic, Account>,
    /// What should not have been.
    pub faults: Vec<String>,
    /// Publications seen.
    pub seen: u64,
    /// Gaps announced.
    pub gaps: u64,
    /// Publications in them.
    pub lost: u64,
}

#[derive(Debug)]
struct Account {
    epoch: Epoch,
    last: u64,
}

impl Ledger {
    /// Publications, as the session hands them on.
    pub fn publications(&mut self, topic: &Topic, epoch: &Epoch, items: &[Publication]) {
        for item in items {
            self.seen += 1;
            let account = self
                .topics
                .entry(topic.clone())
                .or_insert_with(|| Account { epoch: epoch.clone(), last: item.offset - 1 });
            if account.epoch != *epoch || item.offset != account.last + 1 || item.data != item.offset {
                let Account { epoch: old, last } = account;
                self.faults
                    .push(format!("{topic}: {old}:{last}, then {epoch}:{} {}", item.offset, item.data));
            }
            account.last = item.offset;
        }
    }

    /// A gap, as the session announces it. It has to begin where the viewer is, and to be lost indeed.
    pub fn gap(&mut self, topic: &Topic, from: &Position, to: &Position, board: &Board) {
        self.gaps += 1;
        self.lost += to.offset.saturating_sub(from.offset);
        let last = self.topics.get(topic).map(|account| account.last);
        if last != Some(from.offset) || to.offset <= from.offset || !board.may_be_forgotten(topic, to.offset)
        {
            self.faults.push(format!("{topic}: {last:?}, then a gap from {from} to {to}"));
        }
        if let Some(account) = self.topics.get_mut(topic) {
            account.last = to.offset;
        }
    }

    /// Anything else that should not be.
    pub fn fault(&mut self, what: impl std::fmt::Debug) {
        self.faults.push(format!("{what:?}"));
    }

    /// Whether everything that was acknowledged has been seen.
    pub fn is_complete(&self, board: &Board) -> bool {
        self.behind(board).is_empty()
    }

    /// Where something is missing still: the last place seen, and the last there is.
    pub fn behind(&self, board: &Board) -> Vec<(String, Option<u64>, u64)> {
        let missing = board.topics().filter_map(|topic| {
            let (last, end) = (self.topics.get(topic).map(|account| account.last), board.acknowledged(topic));
            // More may have been seen: an acknowledgement can be lost.
            last.is_none_or(|last| last < end).then(|| (topic.to_string(), last, end))
        });
        missing.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: u64 = 100;

    fn board(acknowledged: u64) -> (Board, Topic) {
        let (board, topic) = (Board::new(&["storm/1"], 1, KEPT), Topic::new("storm/1").unwrap());
        board.acknowledge(&topic, acknowledged);
        (board, topic)
    }

    /// Books in which these offsets were written one after the other, each with itself as data.
    fn seen(offsets: &[u64]) -> Ledger {
        let mut ledger = Ledger::default();
        for offset in offsets {
            saw(&mut ledger, "e", *offset, *offset);
        }
        ledger
    }

    fn saw(ledger: &mut Ledger, epoch: &str, offset: u64, data: u64) {
        let item = Publication { offset, ts: 0, received_at: 0, data: data.into() };
        ledger.publications(&board(0).1, &Epoch::new(epoch), &[item]);
    }

    #[test]
    fn what_comes_once_and_in_order_is_no_fault_and_complete_when_all_is_there() {
        let ledger = seen(&[7, 8, 9]);
        assert_eq!((ledger.faults.len(), ledger.seen), (0, 3));
        assert!(ledger.is_complete(&board(9).0));
        assert!(!ledger.is_complete(&board(10).0));
    }

    #[test]
    fn what_is_doubled_missing_or_out_of_order_is_a_fault() {
        for offsets in [[1, 2, 2], [1, 2, 4], [1, 3, 2]] {
            assert!(!seen(&offsets).faults.is_empty(), "{offsets:?}");
        }
    }

    #[test]
    fn what_was_not_published_there_and_what_is_of_another_log_is_a_fault() {
        for (epoch, data) in [("e", 3), ("f", 2)] {
            let mut ledger = seen(&[1]);
            saw(&mut ledger, epoch, 2, data);
            assert_eq!(ledger.faults.len(), 1, "{epoch} {data}");
        }
    }

    #[test]
    fn a_gap_is_a_fault_unless_it_begins_where_the_viewer_is_and_the_server_may_have_forgotten() {
        for (from, acknowledged, faults) in [(2, 5 + KEPT, 0), (1, 5 + KEPT, 1), (2, 5, 1)] {
            let (board, topic) = board(acknowledged);
            let mut ledger = seen(&[1, 2]);
            let place = |offset| Position::new(Epoch::new("e"), offset);
            ledger.gap(&topic, &place(from), &place(5), &board);
            assert_eq!(ledger.faults.len(), faults, "from {from} with {acknowledged}");
        }
    }
}
