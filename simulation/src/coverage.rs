//! Counts of the events in schedules. They show that the schedules have tested each property, because a property counts as tested
//! only if the events that could break it have happened.

use std::fmt;
use std::ops::AddAssign;

use tickertape_session::{Event, Stats};

macro_rules! coverage {
    ($($(#[$doc:meta])* $name:ident, $words:literal;)*) => {
        /// Counts over one or more schedules.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Coverage {
            /// Maximum time that the clients of a schedule took to catch up, in milliseconds.
            pub recovery_ms: u64,
            $($(#[$doc])* pub $name: u64,)*
        }

        impl Coverage {
            /// Returns each count with its description.
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
    /// Number of schedules that were run.
    schedules, "schedules";
    /// Number of steps of all schedules.
    steps, "steps";
    /// Number of publications that sessions delivered.
    shown, "publications shown";
    /// Number of delivered publications that arrived by replay or `history`.
    recovered, "of those recovered";
    /// Number of publications that arrived a second time and were dropped.
    duplicates, "duplicates dropped";
    /// Number of publications that arrived before their predecessors.
    out_of_order, "out of order";
    /// Number of `history` requests.
    history, "history requests";
    /// Number of gaps that sessions announced.
    gaps, "gaps announced";
    /// Number of logs that were started anew with another epoch.
    epochs, "logs begun anew";
    /// Number of connections made after one was lost.
    reconnects, "reconnections";
    /// Number of attempts to connect that failed.
    failed_attempts, "failed attempts";
    /// Number of connections that were replaced before the gateway closed them.
    rotations, "rotations";
    /// Number of connections that the gateway closed because of their age or because they were idle.
    cut_by_gateway, "cut for age or silence";
    /// Number of publish requests that were acknowledged.
    acknowledged, "acknowledged";
    /// Number of publish requests that a session dropped and reported.
    dropped, "dropped and reported";
    /// Number of publish requests that were refused and reported.
    refused, "refused and reported";
    /// Number of tokens that were replaced without reconnecting.
    refreshed, "tokens refreshed";
    /// Number of sessions that gave up because of their token.
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
