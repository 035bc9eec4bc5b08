//! Series of buckets and of publications in one set, for charts. Depends on [`super::topic_past`] and
//! [`crate::chart::series`].

use shared::{Bucket, Millis};

use super::topic_past::TopicPast;
use super::track::Track;
use super::value::{field, span};
use crate::chart::Spans;
use crate::chart::band::{Band, Reduced};
use crate::chart::series::SeriesSet;
use crate::field::Field;

/// Number of rows of a composed set that stand for buckets. It is enough for the most buckets that are requested of a
/// topic, with two rows for each and a gap between any two.
const MOST_BUCKET_ROWS: usize = 24_000;

/// Number of usual times between two buckets, which are rounded up to a power of two, after which the time between two
/// buckets is a silence.
const USUAL_TIMES: Millis = 3;

/// The publications of a topic that the page has.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The numbers of the publications.
    pub series: &'a SeriesSet,
    /// Time from which on they are complete.
    pub raw_from: Millis,
    /// Name of the series of data that is a single value.
    pub own: &'a str,
    /// Maximum time in milliseconds between two publications that are joined by a line; `None` if it is not known.
    pub hole_ms: Option<Millis>,
}

/// Times between two buckets.
#[derive(Clone, Copy)]
struct Pauses {
    step_ms: u64,
    longest_ms: Millis,
}

/// Returns the set that charts show of the past: the buckets that are loaded of this length, followed by the
/// publications in `known` that are newer. Stretches of which neither is loaded are marked as such.
///
/// A bucket becomes one or two rows, with its first and its last value, and a [`Band`] from its lowest to its highest.
/// A row without a value is put where a line must not join two buckets.
pub fn compose(past: &TopicPast, step_ms: u64, known: &Known<'_>) -> SeriesSet {
    let (track, raw_from) = (past.track(step_ms), known.raw_from);
    let joined_at = joined_at(&track, raw_from);
    let mut set = known.series.clone();
    set.reduce(Reduced { step_ms, raw_from: joined_at, kept_from: past.kept_from() }, MOST_BUCKET_ROWS);
    let error_ms = set.clock_error_ms();
    for lost in track.lost() {
        let (first_ms, last_ms) = (shown(lost.first_ms, error_ms), shown(lost.last_ms, error_ms));
        set.lost_mut().add(first_ms + 1..last_ms.max(first_ms + 2));
    }
    set.set_unloaded(unloaded(&track, raw_from, past.kept_from()));
    for series in track.series() {
        let name = if series.name.is_empty() { known.own } else { &series.name };
        let buckets = series.buckets.iter().filter(|bucket| bucket.first_ms < joined_at);
        let pauses = Pauses { step_ms, longest_ms: longest_ms(&series.buckets, known.hole_ms) };
        add(&mut set, name, buckets, pauses);
    }
    set
}

/// Returns the time at which publications follow buckets. It is the end of what is loaded, if the page has all
/// publications from there on.
pub(super) fn joined_at(track: &Track, raw_from: Millis) -> Millis {
    let meets = |span: &std::ops::Range<Millis>| span.start <= raw_from && raw_from <= span.end;
    track.loaded().iter().find(meets).map_or(raw_from, |span| span.end)
}

fn unloaded(track: &Track, raw_from: Millis, kept_from: Option<Millis>) -> Spans {
    let mut unloaded = Spans::new();
    unloaded.add(kept_from.unwrap_or(Millis::MIN)..raw_from);
    track.loaded().iter().for_each(|span| unloaded.remove(span));
    unloaded
}

/// Converts an effective time to one that is corrected by the error of the publisher's clock. The effective times of buckets contain
/// the error of a clock that is behind, but not of one that is ahead.
fn shown(effective_ms: Millis, error_ms: i64) -> Millis {
    effective_ms - error_ms.min(0)
}

fn add<'a>(set: &mut SeriesSet, name: &str, buckets: impl Iterator<Item = &'a Bucket>, pauses: Pauses) {
    // A set contains times with the error, and takes it away when it is read.
    let error_ms = set.clock_error_ms();
    let sent = |effective_ms: Millis| effective_ms + error_ms.max(0);
    let (mut rows, mut bands): (Vec<(Millis, Field)>, Vec<Band>) = Default::default();
    let mut before: Option<&Bucket> = None;
    for bucket in buckets {
        let is_joined = before.is_some_and(|before| !pauses.are_broken(before, bucket));
        if let Some(before) = before.filter(|_| !is_joined) {
            rows.push((sent(before.last_ms + 1), Field::Nothing));
        }
        rows.push((sent(bucket.first_ms), field(&bucket.first)));
        if bucket.last_ms > bucket.first_ms {
            rows.push((sent(bucket.last_ms), field(&bucket.last)));
        }
        bands.extend(span(bucket).map(|span| Band {
            from_ms: shown(bucket.first_ms, error_ms),
            to_ms: shown(bucket.last_ms, error_ms),
            min: span.min,
            max: span.max,
            count: bucket.count,
            is_joined,
        }));
        before = Some(bucket);
    }
    // A series without numbers is drawn nowhere.
    if !bands.is_empty() {
        set.add_buckets(name, rows, bands);
    }
}

impl Pauses {
    /// Returns true if there is a silence between two buckets.
    fn are_broken(self, before: &Bucket, after: &Bucket) -> bool {
        let pause_ms = after.first_ms - before.last_ms;
        before.is_silent_before(after, self.step_ms) && pause_ms > self.longest_ms
    }
}

/// Returns the longest time between two buckets that is not a silence. Buckets that are shorter than the interval between
/// two publications have one value each, so that the interval is that between buckets. The time `hole_ms` applies to
/// live data, and here only if the interval was about the same.
fn longest_ms(buckets: &[Bucket], hole_ms: Option<Millis>) -> Millis {
    let usual_ms = usual_ms(buckets);
    let hole_ms = hole_ms.unwrap_or(0).min(usual_ms * USUAL_TIMES * 2);
    hole_ms.max(usual_ms * USUAL_TIMES)
}

/// Returns the usual time between two buckets: the median, rounded up to a power of two. The times are counted by their
/// powers of two, because this takes less code than to sort them.
fn usual_ms(buckets: &[Bucket]) -> Millis {
    let mut counts = [0_usize; 64];
    for (before, after) in buckets.iter().zip(buckets.iter().skip(1)) {
        let pause_ms = after.first_ms.saturating_sub(before.last_ms).max(1).unsigned_abs();
        counts[pause_ms.ilog2() as usize] += 1;
    }
    let half = buckets.len() / 2;
    let mut total = 0;
    let median = counts.iter().position(|count| {
        total += count;
        total >= half.max(1)
    });
    median.map_or(0, |power| 2 << power.min(60))
}

#[cfg(test)]
mod tests;
