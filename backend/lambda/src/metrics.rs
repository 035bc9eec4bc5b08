//! The metrics of one invocation: the differences between the service's counters before and after it.

use std::sync::{Mutex, PoisonError};

use backend_core::stats::Snapshot;
use shared::Millis;

use crate::emf::{self, Metric, Unit};

/// Names and units of all metrics. The template's alarms use some of the names. A test checks that these names exist.
pub const METRICS: [(&str, Unit); 9] = [
    (CONNECTS, Unit::Count),
    (DISCONNECTS, Unit::Count),
    (PUBLICATIONS, Unit::Count),
    (POSTS, Unit::Count),
    (GONE, Unit::Count),
    (THROTTLED, Unit::Count),
    (FAILED, Unit::Count),
    (UNREADABLE, Unit::Count),
    (FAN_OUT_DURATION, Unit::Milliseconds),
];

const CONNECTS: &str = "Connects";
const DISCONNECTS: &str = "Disconnects";
const PUBLICATIONS: &str = "Publications";
/// Number of messages to clients that API Gateway accepted.
const POSTS: &str = "Posts";
/// Number of posts to connections that were already closed.
const GONE: &str = "Gone";
/// Number of posts that were given up because API Gateway answered `LimitExceeded`.
const THROTTLED: &str = "Throttled";
/// Number of posts that failed for a reason other than a closed connection or a limit, and of other operations that
/// failed.
const FAILED: &str = "Failed";
/// Number of records of the table's stream that this version cannot read.
const UNREADABLE: &str = "Unreadable";
/// Time that one invocation took to post its publications to the subscribers, in milliseconds. It is measured from just
/// before the first post to the end of the last one.
const FAN_OUT_DURATION: &str = "FanOutDuration";

/// Computes the metrics of an invocation from the service's counters, which only grow. It stores the counters of the
/// last call.
#[derive(Debug, Default)]
pub struct Meter {
    last: Mutex<Snapshot>,
}

/// The metrics that only the function `broadcast` has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FanOut {
    /// Time that the posts of this invocation took, in milliseconds. `None` if there was no subscriber.
    pub duration_ms: Option<u64>,
    /// Number of records of the table's stream that this version cannot read.
    pub unreadable: u64,
}

impl Meter {
    /// Returns the differences between `counts` and the counters at the last call, as metrics. Metrics that are zero
    /// are left out.
    pub fn take(&self, counts: Snapshot, fan_out: FanOut) -> Vec<Metric> {
        let before =
            std::mem::replace(&mut *self.last.lock().unwrap_or_else(PoisonError::into_inner), counts);
        let counted = [
            (CONNECTS, counts.connects - before.connects),
            (DISCONNECTS, counts.disconnects - before.disconnects),
            (PUBLICATIONS, counts.publications - before.publications),
            (POSTS, counts.posts - before.posts),
            (GONE, counts.gone - before.gone),
            (THROTTLED, counts.dropped - before.dropped),
            (FAILED, counts.failed - before.failed),
            (UNREADABLE, fan_out.unreadable),
        ];
        let counted = counted.into_iter().filter(|(_, value)| *value > 0);
        let counted = counted.map(|(name, value)| Metric { name, unit: Unit::Count, value });
        let took = fan_out.duration_ms.map(|value| Metric {
            name: FAN_OUT_DURATION,
            unit: Unit::Milliseconds,
            value,
        });
        counted.chain(took).collect()
    }

    /// Writes the metrics to standard output, which Lambda sends to CloudWatch.
    pub fn log(&self, function: &str, request_id: &str, now: Millis, counts: Snapshot, fan_out: FanOut) {
        if let Some(line) = emf::line(function, request_id, now, &self.take(counts, fan_out)) {
            println!("{line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_invocation_reports_what_it_has_added() {
        let meter = Meter::default();
        let first = Snapshot { connects: 1, posts: 2, ..Snapshot::default() };
        let names = |metrics: Vec<Metric>| {
            metrics.iter().map(|metric| (metric.name, metric.value)).collect::<Vec<_>>()
        };
        assert_eq!(names(meter.take(first, FanOut::default())), [("Connects", 1), ("Posts", 2)]);
        let second = Snapshot { posts: 7, dropped: 1, gone: 3, ..first };
        let fan_out = FanOut { duration_ms: Some(41), unreadable: 0 };
        assert_eq!(
            names(meter.take(second, fan_out)),
            [("Posts", 5), ("Gone", 3), ("Throttled", 1), ("FanOutDuration", 41)]
        );
        assert_eq!(meter.take(second, FanOut::default()), []);
    }

    #[test]
    fn every_metric_is_in_the_list() {
        let all = Snapshot {
            connects: 1,
            disconnects: 1,
            publications: 1,
            posts: 1,
            gone: 1,
            dropped: 1,
            failed: 1,
        };
        let metrics = Meter::default().take(all, FanOut { duration_ms: Some(1), unreadable: 1 });
        let metrics: Vec<_> = metrics.iter().map(|metric| (metric.name, metric.unit)).collect();
        assert_eq!(metrics, METRICS);
    }
}
