//! Facts about one series of several topics, which apply to this series alone. Depends on [`super::spans`] and [`super::moment`].

use super::moment::{Newest, Usual};
use super::spans::Spans;

/// Facts about a series of a set that contains the series of several topics. In other sets, they are the same for all series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Apart {
    /// Maximum time in milliseconds between two samples that are joined by a line; `None` if all are joined.
    pub hole_ms: Option<i64>,
    /// Time from which on `hole_ms` applies, in milliseconds since the Unix epoch.
    pub raw_from: i64,
    /// Ranges of time whose data is lost for good.
    pub lost: Spans,
    /// Index of the series that this one shows at an earlier time, which is its own if the present has no such series; `None` for a
    /// series of the present.
    pub like: Option<usize>,
}

/// A place in the history of a set, from which rows that were added later can be found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Number of rows that were ever at the end of the set.
    pub end: u64,
    /// Number of changes that are not rows at the end.
    pub upheavals: u64,
    /// Number of series.
    pub series: usize,
    /// True if the set has buckets.
    pub is_reduced: bool,
}

/// The newest field of a series and the usual time between its numbers, as another set has them.
#[derive(Clone, Debug)]
pub struct Recent {
    /// The newest field; `None` if there is none.
    pub newest: Option<Newest>,
    /// The usual time between numbers of the series.
    pub usual: Usual,
}
