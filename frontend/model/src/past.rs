//! Where what is held of a topic begins, and whether more of it should be asked for.

use std::collections::VecDeque;

use shared::{Millis, limits};

/// Places are remembered about this far apart, in milliseconds.
const STEP_MS: Millis = 5_000;
/// A request not answered after so long, in milliseconds, is made again.
const PATIENCE_MS: Millis = 10_000;
/// Asked for at least, so that the past does not come in drops.
const LEAST_ITEMS: u32 = 60;

/// One publication's place: its offset and when it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its offset.
    pub offset: u64,
    /// When it happened.
    pub ts: Millis,
}

/// A part of a topic's past worth asking for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What comes before this offset.
    pub before: u64,
    /// At most so many publications.
    pub count: u32,
}

/// Where what is held of a topic begins. It remembers some places, so that the beginning is known after the oldest
/// have been forgotten.
#[derive(Clone, Debug, Default)]
pub struct Past {
    places: VecDeque<Place>,
    asked_at: Option<Millis>,
    is_whole: bool,
}

impl Past {
    /// A publication is held now.
    pub fn observe(&mut self, place: Place) {
        let index = self.places.partition_point(|kept| kept.offset < place.offset);
        let before = index.checked_sub(1).and_then(|before| self.places.get(before));
        let after = self.places.get(index);
        let is_near = |kept: &Place| kept.ts.abs_diff(place.ts) < STEP_MS.unsigned_abs();
        if index == 0 || !(before.is_some_and(is_near) || after.is_some_and(is_near)) {
            self.places.insert(index, place);
        }
    }

    /// What happened before `ts` is not needed any more. Returns from when on the rest must be kept.
    pub fn forget_before(&mut self, ts: Millis) -> Millis {
        while self.places.get(1).is_some_and(|second| second.ts <= ts) {
            self.places.pop_front();
        }
        self.places.front().map_or(ts, |first| first.ts)
    }

    /// The log started anew: offsets of the old one mean nothing.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// What to ask for so that the past reaches back to `from`, at one publication in `cadence_ms`. Nothing if it
    /// does, if there is no more, or if that has been asked already.
    pub fn wish(&self, from: Millis, cadence_ms: Option<u64>, now: Millis) -> Option<Wish> {
        let first = self.places.front().filter(|first| first.offset > 1 && first.ts > from)?;
        let is_asked = self.asked_at.is_some_and(|at| now.abs_diff(at) < PATIENCE_MS.unsigned_abs());
        if self.is_whole || is_asked {
            return None;
        }
        let missing = cadence_ms.map(|cadence_ms| first.ts.abs_diff(from) / cadence_ms.max(1) + 1);
        let count = u32::try_from(missing.unwrap_or(0)).unwrap_or(u32::MAX);
        Some(Wish { before: first.offset, count: count.clamp(LEAST_ITEMS, limits::HISTORY_ITEMS as u32) })
    }

    /// A wish is on its way.
    pub fn asked(&mut self, now: Millis) {
        self.asked_at = Some(now);
    }

    /// A wish was answered with so many publications.
    pub fn answered(&mut self, items: usize) {
        self.asked_at = None;
        self.is_whole |= items == 0;
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
        assert_eq!(past.wish(600_000, Some(1_000), 900_000), None);
        assert_eq!(past.wish(0, Some(1_000), 900_000), Some(Wish { before: 601, count: 601 }));
        assert_eq!(past.wish(599_000, Some(1_000), 900_000).map(|wish| wish.count), Some(LEAST_ITEMS));
        assert_eq!(past.wish(0, Some(1), 900_000).map(|wish| wish.count), Some(1_000));
    }

    #[test]
    fn what_was_forgotten_is_wished_for_again_and_nothing_twice() {
        let mut past = held(0..900);
        let kept_from = past.forget_before(842_500);
        assert_eq!(kept_from, 840_000);
        assert_eq!(past.wish(0, Some(1_000), 900_000).map(|wish| wish.before), Some(841));
    }

    #[test]
    fn nothing_is_before_the_first_publication() {
        assert_eq!(held(0..10).wish(-99_000, Some(1_000), 10_000), None);
        assert_eq!(Past::default().wish(0, None, 0), None);
    }

    #[test]
    fn a_wish_is_made_once_and_again_when_nobody_answers() {
        let mut past = held(600..900);
        past.asked(900_000);
        assert_eq!(past.wish(0, None, 905_000), None);
        assert!(past.wish(0, None, 910_000).is_some());
    }

    #[test]
    fn an_empty_answer_ends_the_wishes_until_the_log_starts_anew() {
        let mut past = held(600..900);
        past.answered(0);
        assert_eq!(past.wish(0, None, 900_000), None);
        past.forget();
        past.observe(second(600));
        assert!(past.wish(0, None, 900_000).is_some());
    }

    #[test]
    fn an_answer_moves_the_beginning_back() {
        let mut past = held(600..900);
        (300..600).for_each(|at| past.observe(second(at)));
        assert_eq!(past.wish(0, Some(1_000), 900_000).map(|wish| wish.before), Some(301));
    }

    #[test]
    fn places_are_few_however_many_publications_there_are() {
        let mut past = Past::default();
        (0..100_000).for_each(|n| past.observe(Place { offset: n + 1, ts: n as i64 * 10 }));
        assert_eq!(past.places.len(), 200);
    }
}
