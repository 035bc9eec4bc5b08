//! Counts the events that happened in simulated runs (schedules). A property of the system counts as tested only if the
//! events that could break it have happened.

use std::fmt;
use std::ops::AddAssign;

use tickertape_session::{Event, Stats};

macro_rules! coverage {
    ($($(#[$doc:meta])* $name:ident, $words:literal;)*) => {
        /// Counts of the events that happened in one or more simulated runs.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Coverage {
            /// Maximum time that clients needed to catch up after all faults had ended, in milliseconds.
            pub recovery_ms: u64,
            $($(#[$doc])* pub $name: u64,)*
        }

        impl Coverage {
            /// Returns each count with a short description.
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
    /// Number of simulated runs (schedules).
    schedules, "schedules";
    /// Number of simulated steps of all runs.
    steps, "steps";
    /// Number of publications that sessions delivered.
    shown, "publications shown";
    /// Number of delivered publications that arrived late, by replay or in the answer to a `history` request.
    recovered, "of those recovered";
    /// Number of publications that arrived a second time and were dropped.
    duplicates, "duplicates dropped";
    /// Number of publications that arrived before their predecessors and were held back.
    out_of_order, "out of order";
    /// Number of publications that the server left out, because clients had asked for conflated ones.
    left_out, "left out on request";
    /// Number of `history` requests that sessions sent for missing publications.
    history, "history requests";
    /// Number of times that a session reported publications as lost.
    gaps, "gaps announced";
    /// Number of times that a session switched to a new log of a topic, with another epoch.
    epochs, "logs begun anew";
    /// Number of connections that were made after one was lost.
    reconnects, "reconnections";
    /// Number of attempts to connect that failed.
    failed_attempts, "failed attempts";
    /// Number of connections that were replaced before the gateway closed them.
    rotations, "rotations";
    /// Number of connections that the gateway closed because they were too old or idle.
    cut_by_gateway, "cut for age or silence";
    /// Number of publish requests that were acknowledged.
    acknowledged, "acknowledged";
    /// Number of publish requests that a session dropped and reported as dropped.
    dropped, "dropped and reported";
    /// Number of publish requests that the server refused and the session reported as refused.
    refused, "refused and reported";
    /// Number of times that a session replaced its token without reconnecting.
    refreshed, "tokens refreshed";
    /// Number of sessions that gave up because of their token.
    signed_out, "signed out";
}

impl Coverage {
    /// Adds an event of a session to the counts.
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

    /// Adds the counters of a session to the counts.
    pub fn add_stats(&mut self, stats: &Stats) {
        self.shown += stats.publications;
        self.recovered += stats.recovered;
        self.duplicates += stats.duplicates;
        self.out_of_order += stats.out_of_order;
        self.left_out += stats.left_out;
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
