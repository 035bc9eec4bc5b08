//! States of the past as a strip. Depends on [`super::topic_past`], [`crate::states`] and
//! [`crate::sorted`].

use std::ops::Range;

use shared::{Bucket, Millis};

use super::compose::joined_at;
use super::topic_past::TopicPast;
use super::track::Track;
use super::value::word;
use crate::sorted::sort_by;
use crate::states::States;

/// The states of a stretch of time, for the strip of a state panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastStates {
    /// Parts of the stretch, oldest first. Each lasts until the next begins.
    parts: Vec<(Millis, Part)>,
}

/// A part of a strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The topic was in this state.
    State(String),
    /// The state changed more often than the buckets can tell. It ended with this state.
    Mixed(String),
    /// Nothing is known, because nothing was published before.
    Nothing,
    /// Publications are lost.
    Lost,
    /// This part is not loaded yet.
    Unloaded,
}

impl PastStates {
    /// Reads the states from buckets of this length, followed by those of the publications in `known`, which are
    /// complete from the time `raw_from` on. A state lasts until the next one is published, as in a live panel.
    pub fn of(past: &TopicPast, step_ms: u64, known: &States, raw_from: Millis) -> Self {
        Self::of_series(past, step_ms, "", known, raw_from)
    }

    /// Reads the states of one series, like [`Self::of`]. The name is empty for data that is a state itself.
    pub fn of_series(past: &TopicPast, step_ms: u64, name: &str, known: &States, raw_from: Millis) -> Self {
        let (track, raw_from) = (past.track(step_ms), raw_from.max(known.known_from()));
        let joined_at = joined_at(&track, raw_from);
        let mut states: Vec<(Millis, Part)> = Vec::new();
        let series = track.series().iter().filter(|series| series.name == name);
        let buckets = series.flat_map(|series| &series.buckets).filter(|bucket| bucket.first_ms < joined_at);
        buckets.for_each(|bucket| states.extend(parts(bucket)));
        let newer = known.changes().into_iter();
        let newer = newer.map(|(at_ms, state)| (at_ms, Part::State(state.to_owned())));
        let has_none = states.is_empty();
        states.extend(newer.filter(|(at_ms, _)| has_none || *at_ms >= joined_at));
        let mut all = Self { parts: states };
        sort_by(&mut all.parts, |(at_ms, _)| *at_ms);
        for lost in track.lost() {
            all.cover(lost.first_ms + 1..lost.last_ms, &Part::Lost);
        }
        unloaded(&track, raw_from, past.kept_from()).for_each(|span| all.cover(span, &Part::Unloaded));
        all
    }

    /// Returns the names of the series whose buckets contain booleans or texts.
    pub fn names(past: &TopicPast, step_ms: u64) -> Vec<String> {
        let track = past.track(step_ms);
        let is_state = |bucket: &Bucket| bucket.range.is_none() && is_state(bucket.last.text());
        let series = track.series().iter().filter(|series| series.buckets.iter().any(is_state));
        series.map(|series| series.name.clone()).collect()
    }

    /// Returns the states of live data. Nothing is known of the ranges in `lost`, and what is before `complete_from` may not be
    /// loaded.
    pub fn live(known: &States, lost: &[(Millis, Millis)], complete_from: Millis) -> Self {
        let complete_from = complete_from.max(known.known_from());
        let changes = known.changes().into_iter();
        let mut all =
            Self { parts: changes.map(|(at_ms, state)| (at_ms, Part::State(state.to_owned()))).collect() };
        for (from, to) in lost {
            all.cover(from + 1..*to, &Part::Lost);
        }
        let known_from = all.parts.first().map_or(Millis::MAX, |(at_ms, _)| *at_ms).min(complete_from);
        if complete_from > Millis::MIN && known_from > Millis::MIN {
            all.parts.insert(0, (Millis::MIN, Part::Unloaded));
            all.parts.extend((all.parts.len() == 1).then_some((complete_from, Part::Nothing)));
        }
        all
    }

    /// Returns the time since which the state at a time holds, as far as it is known, and true if it may have begun earlier.
    pub fn since(&self, ts_ms: Millis) -> Option<(Millis, bool)> {
        let place = self.parts.partition_point(|(from_ms, _)| *from_ms <= ts_ms).checked_sub(1)?;
        let state = &self.parts.get(place)?.1;
        let same = self.parts[..place].iter().rev().take_while(|(_, part)| part == state).count();
        let first = place - same;
        let is_first = first == 0 || !matches!(self.parts[first - 1].1, Part::State(_) | Part::Mixed(_));
        Some((self.parts[first].0, is_first))
    }

    /// Returns the parts in the window, oldest first, each with the share of the window that it fills, from 0 to 1. Neighbours
    /// that are equal are one part. After the present time `now`, nothing is known.
    pub fn strip(&self, window: &Range<Millis>, now: Millis) -> Vec<(Part, f64)> {
        let length = (window.end - window.start).max(1) as f64;
        let spans = self.within(window, now).into_iter();
        spans.map(|(span, part)| (part, (span.end - span.start) as f64 / length)).collect()
    }

    /// Returns the parts in the window, oldest first, each with its times in the window. Neighbours that are equal are one part.
    /// After the present time `now`, nothing is known.
    pub fn within(&self, window: &Range<Millis>, now: Millis) -> Vec<(Range<Millis>, Part)> {
        let begin = [(Millis::MIN, Part::Nothing)];
        let known = self.parts.partition_point(|(from_ms, _)| *from_ms < now);
        let end = [(now, Part::Nothing)];
        let parts = || begin.iter().chain(&self.parts[..known]).chain(&end);
        let ends = parts().skip(1).map(|(from_ms, _)| *from_ms).chain([Millis::MAX]);
        let mut within: Vec<(Range<Millis>, Part)> = Vec::new();
        for ((from_ms, part), end_ms) in parts().zip(ends) {
            let (start, end) = ((*from_ms).max(window.start), end_ms.min(window.end));
            match within.last_mut() {
                _ if end <= start => {}
                Some((span, last)) if last == part => span.end = end,
                Some(_) | None => within.push((start..end, part.clone())),
            }
        }
        within
    }

    /// Returns the state at a time; `None` if it is not known.
    pub fn at(&self, ts_ms: Millis) -> Option<&str> {
        match self.part_at(ts_ms)? {
            Part::State(state) | Part::Mixed(state) => Some(state),
            Part::Nothing | Part::Lost | Part::Unloaded => None,
        }
    }

    fn part_at(&self, ts_ms: Millis) -> Option<&Part> {
        let place = self.parts.partition_point(|(from_ms, _)| *from_ms <= ts_ms);
        self.parts.get(place.checked_sub(1)?).map(|(_, part)| part)
    }

    /// Replaces everything in a span. After it, what lasted until then goes on.
    fn cover(&mut self, span: Range<Millis>, part: &Part) {
        if span.is_empty() {
            return;
        }
        let after = self.part_at(span.end).cloned().unwrap_or(Part::Nothing);
        let first = self.parts.partition_point(|(from_ms, _)| *from_ms < span.start);
        let last = self.parts.partition_point(|(from_ms, _)| *from_ms <= span.end);
        self.parts.splice(first..last, [(span.start, part.clone()), (span.end, after)]);
    }
}

/// Returns the parts of a bucket. A bucket with one change has both states; the time of the change is known to within
/// the width of the bucket on the screen.
fn parts(bucket: &Bucket) -> [(Millis, Part); 2] {
    let (first, last) = (word(&bucket.first), word(&bucket.last));
    let begin = if bucket.changes > 1 { Part::Mixed(last.clone()) } else { Part::State(first) };
    [(bucket.first_ms, begin), (bucket.last_ms, Part::State(last))]
}

/// Returns true if the text of a value is a boolean or a text.
fn is_state(text: &str) -> bool {
    text.starts_with(['"', 't', 'f'])
}

/// Returns the spans that are not loaded.
fn unloaded(
    track: &Track,
    raw_from: Millis,
    kept_from: Option<Millis>,
) -> impl Iterator<Item = Range<Millis>> {
    let mut from = kept_from.unwrap_or(Millis::MIN);
    let mut spans = Vec::new();
    for loaded in track.loaded().iter() {
        spans.push(from..loaded.start.min(raw_from));
        from = from.max(loaded.end);
    }
    spans.push(from..raw_from);
    spans.into_iter().filter(|span| !span.is_empty())
}

#[cfg(test)]
mod tests;
