//! The thresholds that the newest values of a chart cross, and since when. Depends on [`super::threshold`], [`super::series`] and
//! [`super::band`].

use std::ops::Range;

use shared::Millis;
use shared::freshness::short_duration;

use super::band::Band;
use super::clock::LocalClock;
use super::format::{Format, Unit};
use super::series::SeriesSet;
use super::threshold::{Crossed, Means, Threshold};
use crate::field::Field;

/// A threshold that the last value of a series crosses.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// Index of the series.
    pub column: usize,
    /// The threshold. If the value crosses several, it is the worst of them.
    pub threshold: Threshold,
    /// Time of the first value that is known to cross the threshold without an interruption until the last one.
    pub since_ms: Millis,
    /// Time of the last value.
    pub until_ms: Millis,
    /// True if the value before that did not cross the threshold. It is false if that value is not known, because data was lost, is
    /// not loaded, or was not sent for a while. The threshold may have been crossed for longer then.
    pub is_beginning_known: bool,
}

/// Facts about a chart from which crossed thresholds are found.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The series of the chart.
    pub set: &'a SeriesSet,
    /// Unit of the panel, and of series without one of their own.
    pub unit: &'a Unit,
    /// Maximum time in milliseconds between two samples that belong together; `None` if it is not known.
    pub hole_ms: Option<Millis>,
}

/// Returns the crossed thresholds of all series, the worst first, and of equal ones the one that has been crossed for the longest
/// time. The values are the newest ones or, for a stretch of the past, the last ones in it. Series that show an earlier time beside them
/// cross nothing.
pub fn crossings(thresholds: &[Threshold], seen: Seen<'_>, stretch: Option<&Range<Millis>>) -> Vec<Crossing> {
    let series = seen.set.series().iter().enumerate().filter(|(_, series)| series.like().is_none());
    let mut found: Vec<Crossing> =
        series.filter_map(|(column, _)| crossing(thresholds, seen, column, stretch)).collect();
    found.sort_by_key(|crossing| {
        (std::cmp::Reverse(crossing.threshold.means), crossing.since_ms - crossing.until_ms)
    });
    found
}

/// Returns the worst threshold that a value of the series `column` crosses.
pub fn worst<'a>(
    thresholds: &'a [Threshold],
    seen: Seen<'_>,
    column: usize,
    value: f64,
) -> Option<(&'a Threshold, f64)> {
    let mut worst: Option<(&Threshold, f64)> = None;
    for threshold in thresholds {
        let Some(factor) = threshold.factor(seen.set, column, seen.unit) else { continue };
        let is_worse = worst.is_none_or(|(other, _)| rank(threshold) > rank(other));
        if threshold.is_crossed_by(value * factor) && is_worse {
            worst = Some((threshold, factor));
        }
    }
    worst
}

/// Of two thresholds of the same meaning, the one that fewer values cross is the worse.
fn rank(threshold: &Threshold) -> (Means, f64) {
    (threshold.means, if threshold.is_above { threshold.bound } else { -threshold.bound })
}

/// Returns the threshold that the value of a series in this row crosses, in words; without a row, that of its newest value. If the row
/// belongs to a bucket of several values, the threshold is the worst that any of them crosses.
pub fn crossed(
    thresholds: &[Threshold],
    seen: Seen<'_>,
    column: usize,
    row: Option<usize>,
) -> Option<Crossed> {
    let set = seen.set;
    let row = row.or_else(|| set.rows_with_number(column, 0..set.len()).next_back())?;
    let at = set.time(row)?;
    let bands = set.bands(column, &(at..at)).iter().filter(|band| band.count > 1);
    let values = bands.flat_map(|band| [band.min.0, band.max.0]).chain([set.value(column, row)]);
    let crossed = values.filter_map(|value| worst(thresholds, seen, column, value));
    let (threshold, _) =
        crossed.reduce(|one, other| if rank(other.0) > rank(one.0) { other } else { one })?;
    let unit = threshold.unit(seen.set, column, seen.unit);
    Some(Crossed { means: threshold.means, words: threshold.crossed_words(unit) })
}

fn crossing(
    thresholds: &[Threshold],
    seen: Seen<'_>,
    column: usize,
    stretch: Option<&Range<Millis>>,
) -> Option<Crossing> {
    let set = seen.set;
    let rows = stretch.map_or(0..set.len(), |stretch| set.rows_within(stretch));
    let is_current = stretch.is_some() || is_current(set, column);
    let mut points = set.points(column, rows).rev().filter(|_| is_current);
    let (until_ms, value) = points.next().filter(|(_, value)| value.is_finite())?;
    let (threshold, factor) = worst(thresholds, seen, column, value)?;
    let (mut since_ms, mut is_beginning_known) = (until_ms, false);
    for (ts_ms, value) in points {
        let bucket = bucket(set, column, ts_ms, since_ms);
        let is_apart = bucket.is_none() && seen.is_apart(column, ts_ms, since_ms);
        if is_apart || !value.is_finite() {
            break;
        }
        let is_whole = bucket.is_none_or(|bucket| {
            let mildest = if threshold.is_above { bucket.min.0 } else { bucket.max.0 };
            threshold.is_crossed_by(mildest * factor)
        });
        if !is_whole {
            // The threshold was crossed at some time within the bucket.
            break;
        }
        if !threshold.is_crossed_by(value * factor) {
            is_beginning_known = bucket.is_none();
            break;
        }
        since_ms = ts_ms;
    }
    Some(Crossing { column, threshold: threshold.clone(), since_ms, until_ms, is_beginning_known })
}

/// Returns true if the newest field of a series is a number, and the series has not stopped while others continue.
fn is_current(set: &SeriesSet, column: usize) -> bool {
    let is_number = set.newest(column).is_some_and(|newest| matches!(newest.field, Field::Number { .. }));
    is_number && set.stopped_ms(column, Millis::MIN).is_none()
}

/// Returns the bucket of several values that begins at `first_ms`, if it ends there or at `last_ms`.
fn bucket(set: &SeriesSet, column: usize, first_ms: Millis, last_ms: Millis) -> Option<&Band> {
    let is_between = |band: &&Band| band.from_ms == first_ms && [first_ms, last_ms].contains(&band.to_ms);
    set.bands(column, &(first_ms..first_ms)).iter().filter(|band| band.count > 1).find(is_between)
}

impl Seen<'_> {
    /// Returns true if it is not known what happened between two samples.
    fn is_apart(&self, column: usize, before_ms: Millis, after_ms: Millis) -> bool {
        // A line may join values that were usually so far apart then, but nothing is known of the time between them.
        self.set.breaks(column, self.hole_ms).of_now().between(before_ms, after_ms)
            || self.set.unloaded().meets(before_ms, after_ms)
    }
}

impl Crossing {
    /// Returns the crossing in a few words, such as `over 500 ms, 40 s`. The series is named if the chart has several.
    pub fn text(&self, seen: Seen<'_>) -> String {
        let name = self.name(seen).filter(|_| seen.set.series().len() > 1).map(|name| [name, " "].concat());
        let words = self.threshold.crossed_words(self.unit(seen));
        let lasted = self.lasted().map(|lasted| [", ", &lasted].concat());
        [name.unwrap_or_default(), words, lasted.unwrap_or_default()].concat()
    }

    /// Returns the crossing in a sentence, with its beginning as a time of day.
    pub fn sentence(&self, seen: Seen<'_>, clock: LocalClock) -> String {
        let unit = self.unit(seen);
        let value = seen.set.latest(self.column, self.until_ms).map_or(f64::NAN, |(_, value)| value);
        let own = seen.set.unit(self.column).unwrap_or(seen.unit);
        let value = Format::for_value(&own.clone().rounded(None), value).reading_of(value);
        let words = self.threshold.words.as_ref().map(|words| [words, ": "].concat()).unwrap_or_default();
        let exact = self.threshold.exact_words(unit);
        let since = clock.seconds_beside(self.since_ms, self.until_ms);
        let when = match self.lasted() {
            Some(lasted) if self.is_beginning_known => format!(" for {lasted}, since {since}"),
            Some(lasted) => format!(" for {lasted}, since {since} or earlier"),
            None => format!(" at {since}"),
        };
        format!("{words}{} is {value}, {exact}{when}", self.name(seen).unwrap_or_default())
    }

    /// Returns true if the series has one of these names.
    pub fn is_of(&self, names: &[String], seen: Seen<'_>) -> bool {
        self.name(seen).is_some_and(|name| names.iter().any(|known| known == name))
    }

    /// Returns the time for which the threshold has been crossed in words: `40 s`, or `at least 40 s`. Returns `None` if only one value is known to
    /// cross it.
    fn lasted(&self) -> Option<String> {
        let lasted_ms = (self.until_ms - self.since_ms).unsigned_abs();
        let least = if self.is_beginning_known { "" } else { "at least " };
        (lasted_ms > 0).then(|| [least, &short_duration(lasted_ms)].concat())
    }

    fn name<'a>(&self, seen: Seen<'a>) -> Option<&'a str> {
        seen.set.series().get(self.column).map(super::series::Series::name)
    }

    fn unit<'a>(&self, seen: Seen<'a>) -> &'a Unit {
        self.threshold.unit(seen.set, self.column, seen.unit)
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
