//! The result of a load test.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use shared::Topic;

use crate::progress::Progress;
use crate::viewer::ViewerReport;

/// Totals over the publisher and all viewers, and the violations that they found.
#[derive(Debug, Default)]
pub struct Report {
    /// Descriptions of all violations: lost, repeated or wrong publications, and refused requests. Empty if there were none.
    pub violations: Vec<String>,
    /// Number of viewers.
    pub viewers: usize,
    /// Time from the moment at which all viewers were connected until the publisher's last acknowledgement.
    pub took: Duration,
    /// Number of publications that were acknowledged.
    pub publications: u64,
    /// Number of publications that were delivered, summed over all viewers.
    pub delivered: u64,
    /// Number of gaps announced to viewers.
    pub gaps: u64,
    /// Number of publications in the gaps that were announced to viewers.
    pub lost: u64,
    /// Number of times a page would have shown its user a banner about the connection.
    pub banners: u64,
    /// Number of connections that viewers replaced before the server closed them.
    pub rotations: u64,
    /// Smallest number of connections that any viewer has replaced.
    pub least_rotations: u64,
    /// Number of connections that viewers made after they had lost one.
    pub reconnects: u64,
    /// Number of publications that arrived a second time. The session drops these.
    pub duplicates: u64,
    /// Number of `history` requests with which viewers fetched missing publications.
    pub histories: u64,
    /// Longest time for which any viewer received no publication.
    pub pause: Duration,
    /// Reasons for which connections were lost or could not be opened, with the number of times, summed over all viewers.
    pub causes: BTreeMap<String, u64>,
}

impl Report {
    /// Compares the end of a topic's log on the server with the last acknowledged offset, and records a violation if
    /// they differ. They must be equal, because every publisher repeats a publication until it is acknowledged.
    pub fn check_end(&mut self, progress: &Progress, topic: &Topic, end: Option<u64>) {
        let acknowledged = progress.acknowledged(topic);
        if end != Some(acknowledged) {
            self.violations
                .push(format!("{topic}: {acknowledged} acknowledged, and the log ends at {end:?}"));
        }
    }

    pub(crate) fn add(&mut self, viewer: ViewerReport) {
        let ViewerReport { ledger, stats, banners, pause, causes } = viewer;
        self.violations.extend(ledger.violations);
        self.delivered += ledger.seen;
        self.gaps += ledger.gaps;
        self.lost += ledger.lost;
        self.banners += banners;
        self.rotations += stats.rotations;
        self.reconnects += stats.reconnects;
        self.duplicates += stats.duplicates;
        self.histories += stats.history_requests;
        self.pause = self.pause.max(pause);
        for (cause, times) in causes {
            *self.causes.entry(cause).or_default() += times;
        }
    }
}

impl fmt::Display for Report {
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
        write!(f, ", {} violations", self.violations.len())?;
        if self.causes.is_empty() { Ok(()) } else { write!(f, ", connections lost: {:?}", self.causes) }
    }
}
