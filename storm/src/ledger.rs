//! Checks the deliveries to one viewer as they arrive. The data of every publication is its own offset, so a wrong,
//! missing or repeated publication is noticed.
//!
//! For example, offsets 1 and 2 were delivered. Then offset 3 with data `3` is right. Offset 3 with data `4`, offset 2
//! and offset 4 are violations. Offset 4 is right only if the session announced a gap from 2 to 3 before it, and the
//! server has deleted publication 3.

use std::collections::BTreeMap;

use shared::{Epoch, Position, Publication, Topic};

use crate::progress::Progress;

/// Record of the deliveries and announced gaps of one viewer, and of all violations.
#[derive(Debug, Default)]
pub struct Ledger {
    topics: BTreeMap<Topic, Account>,
    /// Descriptions of all violations: wrong data, duplicates, and gaps that were not announced.
    pub violations: Vec<String>,
    /// Number of publications that were delivered.
    pub seen: u64,
    /// Number of gaps that the session announced.
    pub gaps: u64,
    /// Number of publications inside the announced gaps.
    pub lost: u64,
}

#[derive(Debug)]
struct Account {
    epoch: Epoch,
    last: u64,
}

impl Ledger {
    /// Checks publications in the order in which the session delivers them.
    pub fn publications(&mut self, topic: &Topic, epoch: &Epoch, items: &[Publication]) {
        for item in items {
            self.seen += 1;
            let account = self
                .topics
                .entry(topic.clone())
                .or_insert_with(|| Account { epoch: epoch.clone(), last: item.offset - 1 });
            if account.epoch != *epoch || item.offset != account.last + 1 || item.data != item.offset {
                let Account { epoch: old, last } = account;
                self.violations
                    .push(format!("{topic}: {old}:{last}, then {epoch}:{} {}", item.offset, item.data));
            }
            account.last = item.offset;
        }
    }

    /// Checks a gap that the session announces: it must begin at the last offset of this viewer, and the server must
    /// have deleted the publications in it.
    pub fn gap(&mut self, topic: &Topic, from: &Position, to: &Position, progress: &Progress) {
        self.gaps += 1;
        self.lost += to.offset.saturating_sub(from.offset);
        let last = self.topics.get(topic).map(|account| account.last);
        if last != Some(from.offset) || to.offset <= from.offset || !progress.may_be_deleted(topic, to.offset)
        {
            self.violations.push(format!("{topic}: {last:?}, then a gap from {from} to {to}"));
        }
        if let Some(account) = self.topics.get_mut(topic) {
            account.last = to.offset;
        }
    }

    /// Records a violation that is not about a single publication.
    pub fn violation(&mut self, description: impl std::fmt::Debug) {
        self.violations.push(format!("{description:?}"));
    }

    /// Returns true if every acknowledged publication was delivered to the viewer.
    pub fn is_complete(&self, progress: &Progress) -> bool {
        self.behind(progress).is_empty()
    }

    /// Returns the topics with acknowledged publications that were not delivered. Each comes with the last offset that
    /// was delivered and the last offset that was acknowledged.
    pub fn behind(&self, progress: &Progress) -> Vec<(String, Option<u64>, u64)> {
        let missing = progress.topics().filter_map(|topic| {
            let (last, end) =
                (self.topics.get(topic).map(|account| account.last), progress.acknowledged(topic));
            // More may have been delivered than acknowledged, because an acknowledgement can be lost.
            last.is_none_or(|last| last < end).then(|| (topic.to_string(), last, end))
        });
        missing.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: u64 = 100;

    fn progress(acknowledged: u64) -> (Progress, Topic) {
        let (progress, topic) = (Progress::new(&["storm/1"], 1, KEPT), Topic::new("storm/1").unwrap());
        progress.acknowledge(&topic, acknowledged);
        (progress, topic)
    }

    /// Returns a ledger to which publications with these offsets were delivered in this order. The data of each is its offset.
    fn seen(offsets: &[u64]) -> Ledger {
        let mut ledger = Ledger::default();
        for offset in offsets {
            saw(&mut ledger, "e", *offset, *offset);
        }
        ledger
    }

    fn saw(ledger: &mut Ledger, epoch: &str, offset: u64, data: u64) {
        let item = Publication { offset, ts: 0, received_at: 0, data: data.into() };
        ledger.publications(&progress(0).1, &Epoch::new(epoch), &[item]);
    }

    #[test]
    fn deliveries_in_order_are_no_violation_and_complete_once_all_acknowledged_ones_are_there() {
        let ledger = seen(&[7, 8, 9]);
        assert_eq!((ledger.violations.len(), ledger.seen), (0, 3));
        assert!(ledger.is_complete(&progress(9).0));
        assert!(!ledger.is_complete(&progress(10).0));
    }

    #[test]
    fn a_duplicate_a_hole_and_a_wrong_order_are_violations() {
        for offsets in [[1, 2, 2], [1, 2, 4], [1, 3, 2]] {
            assert!(!seen(&offsets).violations.is_empty(), "{offsets:?}");
        }
    }

    #[test]
    fn wrong_data_and_a_publication_of_another_epoch_are_violations() {
        for (epoch, data) in [("e", 3), ("f", 2)] {
            let mut ledger = seen(&[1]);
            saw(&mut ledger, epoch, 2, data);
            assert_eq!(ledger.violations.len(), 1, "{epoch} {data}");
        }
    }

    #[test]
    fn a_gap_is_a_violation_unless_it_begins_where_the_viewer_is_and_the_server_may_have_deleted_it() {
        for (from, acknowledged, faults) in [(2, 5 + KEPT, 0), (1, 5 + KEPT, 1), (2, 5, 1)] {
            let (progress, topic) = progress(acknowledged);
            let mut ledger = seen(&[1, 2]);
            let place = |offset| Position::new(Epoch::new("e"), offset);
            ledger.gap(&topic, &place(from), &place(5), &progress);
            assert_eq!(ledger.violations.len(), faults, "from {from} with {acknowledged}");
        }
    }
}
