//! Counts of the events in schedules. A property that no event has tested is not known to hold.

use std::fmt;
use std::ops::AddAssign;

use tickertape_session::{Event, Stats};

macro_rules! coverage {
    ($($(#[$doc:meta])* $name:ident, $words:literal;)*) => {
        /// Counts over one schedule or many.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Coverage {
            /// Longest time until every client had caught up, in milliseconds.
            pub recovery_ms: u64,
            $($(#[$doc])* pub $name: u64,)*
        }

        impl Coverage {
            /// Each count with its description.
            pub fn counts(&self) -> Vec<(&'static str, u64)> {
                vec![$(($words, self.$name),)*]
            }
        }

        impl AddAssign for Coverage {
            fn add_assign(&mut self, other: Self) {
                self.recovery_ms = self.recovery_ms.max(other.recovery_ms);
                $(self.$name += other.$name;)*
            }
        }
    };
}

coverage! {
    /// Schedules that ran.
    schedules, "schedules";
    /// Steps of all schedules.
    steps, "steps";
    /// Publications shown.
    shown, "publications shown";
    /// Of those, by replay or `history`.
    recovered, "of those recovered";
    /// Repeats that were dropped.
    duplicates, "duplicates dropped";
    /// Publications that came too early.
    out_of_order, "out of order";
    /// `history` requests.
    history, "history requests";
    /// Gaps announced.
    gaps, "gaps announced";
    /// Logs that began again with a new epoch.
    epochs, "logs begun anew";
    /// Connections made after one was lost.
    reconnects, "reconnections";
    /// Attempts that failed.
    failed_attempts, "failed attempts";
    /// Connections replaced in time.
    rotations, "rotations";
    /// Connections closed for age or silence.
    cut_by_gateway, "cut for age or silence";
    /// Publications acknowledged.
    acknowledged, "acknowledged";
    /// Publications dropped, with an event.
    dropped, "dropped and reported";
    /// Publications refused, with an event.
    refused, "refused and reported";
    /// Tokens replaced without reconnecting.
    refreshed, "tokens refreshed";
    /// Sessions that gave up over their token.
    signed_out, "signed out";
}

impl Coverage {
    /// Counts an event.
    pub fn count(&mut self, event: &Event) {
        match event {
            Event::EpochChanged { .. } => self.epochs += 1,
            Event::Published { .. } => self.acknowledged += 1,
            Event::PublishRefused { .. } => self.refused += 1,
            Event::Dropped { tickets, .. } => self.dropped += tickets.len() as u64,
            Event::Refreshed { .. } => self.refreshed += 1,
            Event::Failed { .. } => self.signed_out += 1,
            _ => {}
        }
    }

    /// Adds the counters of a session.
    pub fn add_stats(&mut self, stats: &Stats) {
        self.shown += stats.publications;
        self.recovered += stats.recovered;
        self.duplicates += stats.duplicates;
        self.out_of_order += stats.out_of_order;
        self.history += stats.history_requests;
        self.gaps += stats.gaps;
        self.reconnects += stats.reconnects;
        self.failed_attempts += stats.failed_attempts;
        self.rotations += stats.rotations;
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (words, count) in self.counts() {
            writeln!(f, "{count:>12} {words}")?;
        }
        write!(f, "{:>12} ms until the slowest had caught up", self.recovery_ms)
    }
}
