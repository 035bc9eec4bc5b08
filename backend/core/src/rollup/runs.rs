//! Joins values and runs to longer runs, which are divided where a series is silent.

use shared::Millis;
use shared::bucket::{Bucket, SILENT_INTERVALS, Tally};

/// A stretch of time that contains values: a bucket of a series, or a count of publications.
pub(super) trait Run: Clone {
    fn first_ms(&self) -> Millis;
    fn last_ms(&self) -> Millis;
    fn count(&self) -> u64;
    /// Adds the values of `later`, which count as later if they have the same time.
    fn merge(&mut self, later: &Self);
    /// Merges all `runs`, in this order. Returns `None` if there are none.
    fn merged<'a>(runs: impl Iterator<Item = &'a Self>) -> Option<Self>
    where
        Self: 'a;

    /// Returns the time from the first to the last value, in milliseconds.
    fn span_ms(&self) -> u64 {
        self.last_ms().abs_diff(self.first_ms())
    }
}

impl Run for Bucket {
    fn first_ms(&self) -> Millis {
        self.first_ms
    }

    fn last_ms(&self) -> Millis {
        self.last_ms
    }

    fn count(&self) -> u64 {
        self.count
    }

    fn merge(&mut self, later: &Self) {
        Self::merge(self, later);
    }

    fn merged<'a>(runs: impl Iterator<Item = &'a Self>) -> Option<Self> {
        Self::merged(runs)
    }
}

impl Run for Tally {
    fn first_ms(&self) -> Millis {
        self.first_ms
    }

    fn last_ms(&self) -> Millis {
        self.last_ms
    }

    fn count(&self) -> u64 {
        self.count
    }

    fn merge(&mut self, later: &Self) {
        Self::merge(self, later);
    }

    fn merged<'a>(mut runs: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let mut all = *runs.next()?;
        runs.for_each(|run| all.merge(run));
        Some(all)
    }
}

/// Joins `runs`, which are in order of offset, unless there is a silence between them: a time without values that is longer than five
/// times the median interval between two values. If there would be more than `most` runs, only the longest silences divide them.
///
/// The result is in order of time, and no two runs of it overlap. For example, values at the seconds 1, 2, 3, 60, 61 become the runs
/// 1 to 3 and 60 to 61, because the median interval is a second.
pub(super) fn join<R: Run>(runs: Vec<R>, most: usize) -> Vec<R> {
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by_key(|index| runs[*index].first_ms());
    let gaps = gaps(&runs, &order);
    let shortest_ms = median(&runs, &gaps).saturating_mul(SILENT_INTERVALS);
    let mut silences: Vec<(u64, usize)> = gaps
        .into_iter()
        .enumerate()
        .map(|(at, gap_ms)| (gap_ms, at))
        .filter(|(gap_ms, _)| *gap_ms > shortest_ms)
        .collect();
    silences.sort_unstable_by(|one, other| other.cmp(one));
    silences.truncate(most.saturating_sub(1));
    let mut ends: Vec<usize> = silences.into_iter().map(|(_, at)| at + 1).collect();
    ends.sort_unstable();
    ends.push(order.len());
    let mut joined = Vec::with_capacity(ends.len());
    let mut begin = 0;
    for end in ends {
        joined.extend(merged(&runs, &mut order[begin..end]));
        begin = end;
    }
    joined
}

/// Merges some of `runs` in order of offset, so that of values with the same time the one with the higher offset counts as later.
fn merged<R: Run>(runs: &[R], some: &mut [usize]) -> Option<R> {
    some.sort_unstable();
    R::merged(some.iter().map(|index| &runs[*index]))
}

/// Returns the time between each run and the next, in order of time. It is 0 if they overlap.
fn gaps<R: Run>(runs: &[R], order: &[usize]) -> Vec<u64> {
    let mut last_ms = Millis::MIN;
    let mut gaps = Vec::with_capacity(order.len());
    for (place, index) in order.iter().enumerate() {
        let run = &runs[*index];
        if place > 0 {
            gaps.push(u64::try_from(run.first_ms().saturating_sub(last_ms)).unwrap_or(0));
        }
        last_ms = last_ms.max(run.last_ms());
    }
    gaps
}

/// Returns the median interval between two values, in milliseconds: those between runs, and within a run its mean interval.
fn median<R: Run>(runs: &[R], gaps: &[u64]) -> u64 {
    let within = runs.iter().filter(|run| run.count() > 1).map(|run| {
        let intervals = run.count() - 1;
        (run.span_ms() / intervals, intervals)
    });
    let mut intervals: Vec<(u64, u64)> = within.chain(gaps.iter().map(|gap_ms| (*gap_ms, 1))).collect();
    intervals.sort_unstable();
    let half = intervals.iter().map(|(_, count)| count).sum::<u64>() / 2;
    let mut seen = 0;
    let is_half = |(_, count): &&(u64, u64)| {
        seen += count;
        seen > half
    };
    intervals.iter().find(is_half).map_or(0, |(interval_ms, _)| *interval_ms)
}
