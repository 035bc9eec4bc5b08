//! What one viewer was told, checked as it comes: every publication of a topic carries its own offset as data.

use std::collections::BTreeMap;

use shared::{Epoch, Position, Publication, Topic};

use crate::board::Board;

/// One viewer's books.
#[derive(Default)]
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
