//! What is to be told of a storm.

use std::fmt;
use std::time::Duration;

use shared::Topic;

use crate::Board;
use crate::viewer::Report;

/// What it came to.
#[derive(Debug, Default)]
pub struct Told {
    /// What should not have been.
    pub faults: Vec<String>,
    /// How many watched.
    pub viewers: usize,
    /// From everybody's arrival to the publisher's last word.
    pub took: Duration,
    /// Publications acknowledged.
    pub publications: u64,
    /// Publications delivered, to all viewers.
    pub delivered: u64,
    /// Gaps announced.
    pub gaps: u64,
    /// Publications in them.
    pub lost: u64,
    /// How often a person would have read of trouble.
    pub banners: u64,
    /// Connections replaced before they were cut.
    pub rotations: u64,
    /// Of the viewer with the fewest.
    pub least_rotations: u64,
    /// Connections made again after one was lost.
    pub reconnects: u64,
    /// Publications that came again and were dropped.
    pub duplicates: u64,
    /// Requests for what was missing.
    pub histories: u64,
    /// The longest time any viewer was without a publication.
    pub pause: Duration,
}

impl Told {
    /// Compares a log's end, as the server tells it, with what was acknowledged. Every publisher has asked for each of
    /// its publications until it was, so there is nothing else in the log.
    pub fn check_end(&mut self, board: &Board, topic: &Topic, end: Option<u64>) {
        let acknowledged = board.acknowledged(topic);
        if end != Some(acknowledged) {
            self.faults.push(format!("{topic}: {acknowledged} acknowledged, and the log ends at {end:?}"));
        }
    }

    pub(crate) fn add(&mut self, report: Report) {
        let Report { ledger, stats, banners, pause } = report;
        self.faults.extend(ledger.faults);
        self.delivered += ledger.seen;
        self.gaps += ledger.gaps;
        self.lost += ledger.lost;
        self.banners += banners;
        self.rotations += stats.rotations;
        self.reconnects += stats.reconnects;
        self.duplicates += stats.duplicates;
        self.histories += stats.history_requests;
        self.pause = self.pause.max(pause);
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} viewers, {:.0?}, {} published", self.viewers, self.took, self.publications)?;
        write!(f, ", {} delivered, {} gaps ({} lost)", self.delivered, self.gaps, self.lost)?;
        write!(
            f,
            ", {} rotations (at least {} each), {} reconnects",
            self.rotations, self.least_rotations, self.reconnects
        )?;
        write!(f, ", {} duplicates dropped, {} histories", self.duplicates, self.histories)?;
        write!(f, ", {} banners, longest pause {:.0?}", self.banners, self.pause)?;
        write!(f, ", {} faults", self.faults.len())
    }
}
