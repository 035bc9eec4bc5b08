//! Buckets: the past of one series, reduced to a few numbers for each stretch of time.
//!
//! In JSON, a bucket is a list, because a reply contains hundreds of them:
//!
//! ```text
//! [first_ms, span_ms, count, changes, first, last, min, max, others]
//! ```
//!
//! Elements at the end are left out if they say nothing: `others` if it is 0, `min` and `max` if no value is a number, and `last`,
//! `min` and `max` if `changes` is 0, because all values are then equal to `first`.
//!
//! ```
//! use shared::bucket::Bucket;
//!
//! let numbers: Bucket = serde_json::from_str("[1800000000000,59000,60,58,21.50,22.0,20.75,23]").unwrap();
//! assert_eq!((numbers.last_ms, numbers.count), (1_800_000_059_000, 60));
//! assert_eq!(numbers.first.text(), "21.50");
//! let steady: Bucket = serde_json::from_str(r#"[1800000000000,59000,60,0,"open"]"#).unwrap();
//! assert_eq!((steady.last.text(), steady.range), ("\"open\"", None));
//! ```

mod json;
mod value;

use serde::{Deserialize, Serialize};

use crate::read::read;
use crate::{Data, Millis};

pub use value::{Scalar, is_number};

/// The values of one series that lie in a stretch of time.
///
/// A value is a number, `true`, `false`, `null` or a short text, as JSON text. A number has the digits that were sent, unless it has more
/// than [`limits::BUCKET_NUMBER_BYTES`](crate::limits::BUCKET_NUMBER_BYTES); then it is written as an `f64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Effective time of the first value: the earlier of the time of the event and the time of receipt.
    pub first_ms: Millis,
    /// Effective time of the last value. The bucket says nothing about the time before `first_ms` and after `last_ms`.
    pub last_ms: Millis,
    /// Number of values.
    pub count: u64,
    /// Number of values that differ from the value before them. It is 0 only if all values are equal. It is approximate if
    /// publications about the same time were sent in different requests.
    pub changes: u64,
    /// The first value.
    pub first: Data,
    /// The last value.
    pub last: Data,
    /// The lowest and the highest number; `None` if no value is a number.
    pub range: Option<Range>,
    /// Number of values that are not numbers, if there are also numbers; 0 otherwise.
    pub others: u64,
}

/// The lowest and the highest number of a bucket, as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The lowest number.
    pub min: Data,
    /// The highest number.
    pub max: Data,
}

impl Bucket {
    /// Creates the bucket of a single value with the effective time `at_ms`.
    pub fn of(at_ms: Millis, value: &Scalar) -> Self {
        let data = value.data();
        let range = is_number(data).then(|| Range { min: data.clone(), max: data.clone() });
        let (first, last) = (data.clone(), data.clone());
        Self { first_ms: at_ms, last_ms: at_ms, count: 1, changes: 0, first, last, range, others: 0 }
    }

    /// Returns true if all values are numbers.
    pub fn is_numeric(&self) -> bool {
        self.range.is_some() && self.others == 0
    }

    /// Returns the mean time between two values, in milliseconds; `None` if there is only one value.
    pub fn interval_ms(&self) -> Option<u64> {
        let steps = self.count.checked_sub(1).filter(|steps| *steps > 0)?;
        Some(self.last_ms.abs_diff(self.first_ms) / steps)
    }

    /// Returns true if the time between this bucket and `next` is a silence: longer than `step_ms`, and longer than five times the
    /// mean time between two values of the denser bucket of the two. A chart draws no line over a silence.
    ///
    /// If both buckets have a single value, only the length of the step counts.
    pub fn is_silent_before(&self, next: &Self, step_ms: u64) -> bool {
        let silence_ms = next.first_ms.saturating_sub(self.last_ms);
        let interval_ms = self.interval_ms().into_iter().chain(next.interval_ms()).min().unwrap_or(0);
        let longest_ms = step_ms.max(interval_ms.saturating_mul(SILENT_INTERVALS));
        u64::try_from(silence_ms).is_ok_and(|silence_ms| silence_ms > longest_ms)
    }

    /// Adds the values of `later`. If values of both have the same time, those of `later` count as later.
    pub fn merge(&mut self, later: &Self) {
        let mut ends = Ends::of(self.range.as_ref());
        self.merge_with(later, &mut ends);
    }

    /// Returns a bucket with the values of all `buckets`, as repeated calls of [`Self::merge`] would make it. `None` if there are none.
    pub fn merged<'a>(buckets: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut buckets = buckets.into_iter();
        let mut all = buckets.next()?.clone();
        let mut ends = Ends::of(all.range.as_ref());
        buckets.for_each(|bucket| all.merge_with(bucket, &mut ends));
        Some(all)
    }

    /// Adds the values of `later`. `ends` are those of this bucket, and are parsed once for many calls.
    fn merge_with(&mut self, later: &Self, ends: &mut Ends) {
        let is_change = u64::from(self.last != later.first);
        self.others = self.texts().saturating_add(later.texts());
        self.changes = self.changes.saturating_add(later.changes).saturating_add(is_change);
        self.count = self.count.saturating_add(later.count);
        if later.first_ms < self.first_ms {
            (self.first_ms, self.first) = (later.first_ms, later.first.clone());
        }
        if later.last_ms >= self.last_ms {
            (self.last_ms, self.last) = (later.last_ms, later.last.clone());
        }
        match (&mut self.range, &later.range) {
            (Some(range), Some(other)) => range.merge(other, ends),
            (None, Some(other)) => (self.range, *ends) = (Some(other.clone()), Ends::of(Some(other))),
            (Some(_) | None, None) => {}
        }
        if self.range.is_none() {
            self.others = 0;
        }
    }

    /// Returns the number of values that are not numbers.
    fn texts(&self) -> u64 {
        if self.range.is_some() { self.others } else { self.count }
    }
}

impl Range {
    /// Adds the numbers of `other`. `ends` are those of this range.
    fn merge(&mut self, other: &Self, ends: &mut Ends) {
        let others = Ends::of(Some(other));
        if others.min < ends.min {
            (self.min, ends.min) = (other.min.clone(), others.min);
        }
        if others.max > ends.max {
            (self.max, ends.max) = (other.max.clone(), others.max);
        }
    }
}

/// The numbers of a range, parsed.
#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    min: Option<f64>,
    max: Option<f64>,
}

impl Ends {
    fn of(range: Option<&Range>) -> Self {
        let Some(Range { min, max }) = range else { return Self::default() };
        let first = value::number(min);
        // The range of a single value, which is the usual one, is parsed once.
        let last = if min == max { first } else { value::number(max) };
        Self { min: first, max: last }
    }
}

/// Number of mean intervals between two values after which a time without values is a silence.
pub const SILENT_INTERVALS: u64 = 5;

/// The buckets of one series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Path of the field in the published data, such as `disk.free`, or `load.0` for an item of a list. Empty for data that is a
    /// single value.
    pub name: String,
    /// Buckets in order of their first value's time.
    pub buckets: Vec<Bucket>,
}

read!(Series { name, buckets });

/// Publications that are counted but have no value that could be drawn, such as lines of a log and tables. In JSON, it is a
/// list `[first_ms, span_ms, count]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Effective time of the first publication.
    pub first_ms: Millis,
    /// Effective time of the last publication.
    pub last_ms: Millis,
    /// Number of publications.
    pub count: u64,
}

impl Tally {
    /// Adds the publications of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.first_ms = self.first_ms.min(other.first_ms);
        self.last_ms = self.last_ms.max(other.last_ms);
        self.count = self.count.saturating_add(other.count);
    }
}

/// Series of which a reply has no buckets, because the topic has too many series.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeftOut {
    /// Number of these series.
    pub count: u64,
    /// Names of some of these series, at most [`limits::BUCKET_NAMES`](crate::limits::BUCKET_NAMES).
    pub names: Vec<String>,
}

read!(LeftOut { count, names });

impl LeftOut {
    /// Returns true if no series is left out.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(test)]
mod tests;
