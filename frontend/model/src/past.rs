//! Records which parts of a topic's log are loaded in this page, and determines the parts that should be requested.

use std::collections::VecDeque;
use std::ops::Range;

use shared::{Millis, limits};

/// Minimum time between two publications whose offset and time are stored, in milliseconds. Those between them are
/// not stored, to save memory.
const STEP_MS: Millis = 5_000;
/// Time in milliseconds after which a request without an answer is repeated.
const TIMEOUT_MS: Millis = 10_000;
/// Minimum number of publications that are requested if the number of missing ones is unknown, so that the past is
/// not loaded by many small requests.
const LEAST_ITEMS: u32 = 60;

/// Offset and time of one publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Offset of the publication in the topic's log.
    pub offset: u64,
    /// Time of the event, in milliseconds since the Unix epoch.
    pub ts: Millis,
}

/// A request for older publications of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Offset before which publications are requested. The publication at this offset is not included.
    pub before: u64,
    /// Maximum number of publications in the answer.
    pub count: u32,
}

/// A part of a topic's log. Each of its publications is loaded in this page, or is known to be gone from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    first: Place,
    last: Place,
}

/// The parts of a topic's log that are loaded in this page.
///
/// Offsets have no holes, so a hole between two parts is data that is not loaded. For example, a page that has the
/// offsets 1 to 40 and 90 to 99 requests the 49 publications before 90. The offsets and times of some publications
/// are stored in addition. They give the new beginning of the loaded data when the oldest publications are dropped.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// The loaded parts, sorted by offset, with a hole between any two of them.
    held: Vec<Held>,
    places: VecDeque<Place>,
    asked: Option<(Fetch, Millis)>,
    /// True if the server has no publications before the first loaded one.
    is_whole: bool,
    /// True if publications that had been loaded were dropped.
    is_cut: bool,
    /// True if publications were lost or left out after the last loaded one, so that a hole between it and the next publication
    /// will never be filled.
    is_lossy: bool,
}

impl Past {
    /// Records that the publication at `place` is loaded in this page.
    pub fn observe(&mut self, place: Place) {
        let is_new = self.hold(place);
        let index = self.places.partition_point(|kept| kept.offset < place.offset);
        let before = index.checked_sub(1).and_then(|before| self.places.get(before));
        let after = self.places.get(index);
        let is_near = |kept: &Place| kept.ts.abs_diff(place.ts) < STEP_MS.unsigned_abs();
        if is_new && (index == 0 || !(before.is_some_and(is_near) || after.is_some_and(is_near))) {
            self.places.insert(index, place);
        }
    }

    /// Shortens the record so that it begins shortly before `ts`. Returns the time at which it begins now. The page
    /// must keep the publications from this time on.
    pub fn forget_before(&mut self, ts: Millis) -> Millis {
        while self.places.get(1).is_some_and(|second| second.ts <= ts) {
            self.places.pop_front();
            (self.is_whole, self.is_cut) = (false, true);
        }
        let Some(first) = self.places.front().copied() else { return ts };
        self.held.retain(|held| held.last.offset >= first.offset);
        if let Some(held) = self.held.first_mut().filter(|held| held.first.offset < first.offset) {
            held.first = first;
        }
        first.ts
    }

    /// Returns true if [`Self::forget_before`] would shorten the record.
    pub fn keeps_before(&self, ts: Millis) -> bool {
        self.places.get(1).is_some_and(|second| second.ts <= ts)
    }

    /// Empties the record. The caller must do this when the log has started anew, because the offsets of the old log
    /// have no meaning in the new one.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Forgets what is loaded, so that all publications are requested again, the newest one included.
    pub fn load_again(&mut self) {
        let Some(last) = self.held.last().map(|held| held.last) else { return };
        let next = Place { offset: last.offset.saturating_add(1), ts: last.ts };
        *self = Self { is_lossy: self.is_lossy, ..Self::default() };
        self.observe(next);
    }

    /// Records that publications were lost for good. Neither the present holes nor a hole before the next publication
    /// will be requested.
    pub fn lose(&mut self) {
        self.is_lossy = true;
        self.close_holes();
    }

    /// Records that nothing else can be loaded: publications that were not loaded are gone. Those that were dropped are still
    /// not loaded.
    pub fn end_loading(&mut self) {
        self.is_whole = !self.is_cut;
        self.close_holes();
    }

    /// Records that the server leaves out publications before the next one. They are not requested, because the page has asked for
    /// some publications only.
    pub fn leave_out(&mut self) {
        self.is_lossy = true;
    }

    /// Returns the request that fills the newest hole after the time `from`. If the size of the hole is unknown, it
    /// is estimated from the expected time between publications, `cadence_ms`. Returns `None` if nothing is missing
    /// or if an earlier request has not been answered yet.
    pub fn next_fetch(&self, from: Millis, cadence_ms: Option<u64>, now: Millis) -> Option<Fetch> {
        if self.asked.is_some_and(|(_, at)| now.abs_diff(at) < TIMEOUT_MS.unsigned_abs()) {
            return None;
        }
        let hole = self.held.windows(2).rev().find(|pair| pair[1].first.ts > from);
        let (before, count) = match hole {
            Some(pair) => (pair[1].first.offset, pair[1].first.offset - pair[0].last.offset - 1),
            None => {
                let first = self.held.first()?.first;
                if self.is_whole || first.offset <= 1 || first.ts <= from {
                    return None;
                }
                let missing =
                    cadence_ms.map_or(0, |cadence_ms| first.ts.abs_diff(from) / cadence_ms.max(1) + 1);
                (first.offset, missing.max(u64::from(LEAST_ITEMS)))
            }
        };
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        Some(Fetch { before, count: count.clamp(1, limits::HISTORY_ITEMS as u32) })
    }

    /// Records that `fetch` was sent to the server at the time `now`.
    pub fn asked(&mut self, fetch: Fetch, now: Millis) {
        self.asked = Some((fetch, now));
    }

    /// Records a part of the answer to the last request. Its publications must have been added by [`Past::observe`] before.
    /// Parts follow each other, the oldest first, up to the last requested publication or to a part that `is_empty`: then
    /// the publications that did not come are gone from the server, and are not requested again.
    pub fn answered(&mut self, is_empty: bool) {
        let Some((fetch, _)) = self.asked else { return };
        let index = self.held.iter().position(|held| held.first.offset == fetch.before);
        if index.is_some() && !is_empty {
            return;
        }
        self.asked = None;
        match index {
            None => {}
            Some(0) => self.is_whole = true,
            Some(index) => self.bridge(index - 1),
        }
    }

    /// Returns the time spans whose data exists but is not loaded, oldest first. If there may be data before the
    /// first loaded publication, the first span begins at `Millis::MIN`.
    pub fn missing(&self) -> Vec<Range<Millis>> {
        let first = self.held.first().filter(|held| held.first.offset > 1 && !self.is_whole);
        let before = first.map(|held| Millis::MIN..held.first.ts);
        let between = self.held.windows(2).map(|pair| pair[0].last.ts + 1..pair[1].first.ts);
        before.into_iter().chain(between).filter(|span| !span.is_empty()).collect()
    }

    /// Returns the time from which on all publications are loaded: `Millis::MIN` if the whole log is, and `Millis::MAX` if
    /// nothing is.
    pub fn complete_from(&self) -> Millis {
        match (self.held.is_empty(), self.missing().last()) {
            (true, _) => Millis::MAX,
            (false, Some(span)) => span.end,
            (false, None) => Millis::MIN,
        }
    }

    /// Adds a publication to the loaded parts. Returns true if it was not loaded before.
    fn hold(&mut self, place: Place) -> bool {
        let index = self.held.partition_point(|held| held.last.offset < place.offset);
        if self.held.get(index).is_some_and(|held| held.first.offset <= place.offset) {
            return false;
        }
        self.held.insert(index, Held { first: place, last: place });
        let touches =
            |before: Held, after: Held| before.last.offset.checked_add(1) == Some(after.first.offset);
        let pair = |index: usize| Some((*self.held.get(index)?, *self.held.get(index + 1)?));
        if pair(index).is_some_and(|(held, after)| touches(held, after)) {
            self.bridge(index);
        }
        let is_last = index + 1 == self.held.len();
        let before = index.checked_sub(1);
        let pair = |index: usize| Some((*self.held.get(index)?, *self.held.get(index + 1)?));
        if let Some((before, (held, after))) = before.and_then(|before| Some((before, pair(before)?)))
            && (touches(held, after) || is_last && self.is_lossy)
        {
            self.bridge(before);
        }
        if is_last {
            self.is_lossy = false;
        }
        true
    }

    /// Merges all loaded parts.
    fn close_holes(&mut self) {
        if let (Some(first), Some(last)) = (self.held.first().copied(), self.held.last().copied()) {
            self.held = vec![Held { first: first.first, last: last.last }];
        }
    }

    /// Merges the loaded part at `index` and the one after it.
    fn bridge(&mut self, index: usize) {
        if index + 1 < self.held.len() {
            let after = self.held.remove(index + 1);
            if let Some(held) = self.held.get_mut(index) {
                held.last = after.last;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn second(second: i64) -> Place {
        Place { offset: second as u64 + 1, ts: second * 1_000 }
    }

    fn held(seconds: impl IntoIterator<Item = i64>) -> Past {
        let mut past = Past::default();
        seconds.into_iter().for_each(|at| past.observe(second(at)));
        past
    }

    #[test]
    fn a_longer_window_wishes_for_what_is_missing() {
        let past = held(600..900);
        assert_eq!(past.next_fetch(600_000, Some(1_000), 900_000), None);
        assert_eq!(past.next_fetch(0, Some(1_000), 900_000), Some(Fetch { before: 601, count: 601 }));
        assert_eq!(
            past.next_fetch(599_000, Some(1_000), 900_000).map(|fetch| fetch.count),
            Some(LEAST_ITEMS)
        );
        assert_eq!(past.next_fetch(0, Some(1), 900_000).map(|fetch| fetch.count), Some(1_000));
    }

    #[test]
    fn a_dropped_range_is_requested_again_and_nothing_is_requested_twice() {
        let mut past = held(0..900);
        let kept_from = past.forget_before(842_500);
        assert_eq!(kept_from, 840_000);
        assert_eq!(past.next_fetch(0, Some(1_000), 900_000).map(|fetch| fetch.before), Some(841));
    }

    #[test]
    fn nothing_is_before_the_first_publication() {
        assert_eq!(held(0..10).next_fetch(-99_000, Some(1_000), 10_000), None);
        assert_eq!(Past::default().next_fetch(0, None, 0), None);
    }

    #[test]
    fn a_wish_is_made_once_and_again_when_nobody_answers() {
        let mut past = held(600..900);
        past.asked(Fetch { before: 601, count: 60 }, 900_000);
        assert_eq!(past.next_fetch(0, None, 905_000), None);
        assert!(past.next_fetch(0, None, 910_000).is_some());
    }

    #[test]
    fn an_empty_answer_ends_the_wishes_until_the_log_starts_anew() {
        let mut past = held(600..900);
        past.asked(Fetch { before: 601, count: 60 }, 900_000);
        past.answered(true);
        assert_eq!(past.next_fetch(0, None, 900_000), None);
        past.forget();
        past.observe(second(600));
        assert!(past.next_fetch(0, None, 900_000).is_some());
    }

    #[test]
    fn an_answer_moves_the_beginning_back() {
        let mut past = held(600..900);
        (300..600).for_each(|at| past.observe(second(at)));
        assert_eq!(past.next_fetch(0, Some(1_000), 900_000).map(|fetch| fetch.before), Some(301));
    }

    #[test]
    fn a_hole_between_what_is_held_is_wished_for_and_is_not_loaded_until_it_comes() {
        let mut past = held((0..300).chain(800..900));
        let fetch = past.next_fetch(0, Some(1_000), 900_000).unwrap();
        assert_eq!(fetch, Fetch { before: 801, count: 500 });
        assert_eq!(past.missing(), std::slice::from_ref(&(299_001..800_000)));
        past.asked(fetch, 900_000);
        (300..800).for_each(|at| past.observe(second(at)));
        past.answered(false);
        assert_eq!((past.next_fetch(0, Some(1_000), 900_000), past.missing()), (None, vec![]));
    }

    #[test]
    fn a_burst_of_which_only_the_newest_came_is_filled_in_from_the_newest_on() {
        let mut past = Past::default();
        (701..=1_000).for_each(|offset| past.observe(Place { offset, ts: 5 }));
        let fetch = past.next_fetch(0, None, 10).unwrap();
        assert_eq!(fetch.before, 701);
    }

    #[test]
    fn a_hole_whose_data_is_gone_is_asked_for_once() {
        let mut past = held((0..300).chain(800..900));
        let fetch = past.next_fetch(0, Some(1_000), 900_000).unwrap();
        past.asked(fetch, 900_000);
        past.answered(true);
        assert_eq!((past.next_fetch(0, Some(1_000), 900_000), past.missing()), (None, vec![]));
    }

    /// An answer of several frames: seconds that a page holds, the request before the last of them, and the seconds in each frame.
    type Frames = (&'static [Range<i64>], &'static [Range<i64>]);

    #[test]
    fn the_rest_of_an_answer_in_several_frames_is_not_called_loaded_or_gone() {
        let cases: [Frames; 3] = [
            (&[0..40, 89..99], &[40..60, 60..80, 80..89]),
            (&[0..40, 89..99], &[50..60, 60..80, 80..89]),
            (&[89..95, 95..99], &[40..60, 60..89]),
        ];
        for (seconds, frames) in cases {
            let mut past = held(seconds.iter().cloned().flatten());
            past.asked(Fetch { before: 90, count: 60 }, 99_000);
            let (last, parts) = frames.split_last().unwrap();
            for part in parts {
                part.clone().for_each(|at| past.observe(second(at)));
                past.answered(false);
                let end = (part.end - 1) * 1_000;
                assert_eq!(past.missing().last(), Some(&(end + 1..89_000)), "{seconds:?}, {part:?}");
                assert_eq!(past.complete_from(), 89_000);
                assert_eq!(past.next_fetch(0, None, 100_000), None, "the session requests the rest");
                let again = past.next_fetch(0, None, 109_000).map(|fetch| (fetch.before, fetch.count));
                assert_eq!(again, Some((90, u32::try_from(89 - part.end).unwrap())), "if the rest is lost");
            }
            last.clone().for_each(|at| past.observe(second(at)));
            past.answered(false);
            assert!(past.missing().last().is_none_or(|span| span.end < 89_000), "{seconds:?}");
            assert_eq!(past.asked, None);
        }
    }

    #[test]
    fn a_hole_whose_rest_is_gone_is_asked_for_until_an_empty_frame() {
        for seconds in [[0..40, 89..99], [89..95, 95..99]] {
            let mut past = held(seconds.into_iter().flatten());
            past.asked(Fetch { before: 90, count: 60 }, 99_000);
            (40..60).for_each(|at| past.observe(second(at)));
            past.answered(false);
            past.answered(true);
            assert!(past.missing().last().is_none_or(|span| span.end <= 40_000), "{:?}", past.missing());
            assert_ne!(past.next_fetch(0, None, 100_000).map(|fetch| fetch.before), Some(90));
        }
    }

    #[test]
    fn a_lost_range_is_not_called_not_loaded() {
        let mut past = held(0..300);
        past.lose();
        (800..900).for_each(|at| past.observe(second(at)));
        assert_eq!((past.missing(), past.next_fetch(0, None, 900_000)), (vec![], None));
        past.observe(second(950));
        assert_eq!(past.missing(), std::slice::from_ref(&(899_001..950_000)));
    }

    #[test]
    fn the_past_before_a_log_that_began_long_ago_is_not_loaded() {
        assert_eq!(held(600..900).missing(), std::slice::from_ref(&(Millis::MIN..600_000)));
        assert_eq!(held(0..9).missing(), []);
        assert_eq!((held(600..900).complete_from(), held(0..9).complete_from()), (600_000, Millis::MIN));
        assert_eq!(
            Past::default().complete_from(),
            Millis::MAX,
            "a page that has nothing has not everything"
        );
    }

    #[test]
    fn places_are_few_however_many_publications_there_are() {
        let mut past = Past::default();
        (0..100_000).for_each(|n| past.observe(Place { offset: n + 1, ts: n as i64 * 10 }));
        assert_eq!(past.places.len(), 200);
    }
}
