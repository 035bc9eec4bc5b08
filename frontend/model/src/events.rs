//! Events, such as deploys, which mark a moment in all charts. Depends on [`super::chart`].
//!
//! An event is a publication to a topic whose publisher asks for it (`panel=event`), or a moment that the reader has marked in
//! this browser.

use std::collections::BTreeMap;
use std::ops::Range;

use shared::Millis;

use crate::chart::clock::LocalClock;

mod draw;

pub use draw::{marks, near};

/// Value of `meta.panel` of a topic whose publications are events.
pub const PANEL: &str = shared::meta::EVENT;
/// Topic to which the page publishes the moments that a person marks.
pub const MARKS_TOPIC: &str = "events/marks";
/// Name of the source of moments that are kept in this browser.
pub const THIS_BROWSER: &str = "this browser only";
/// Maximum number of events that are kept. Beyond it, the oldest are dropped.
const MOST_EVENTS: usize = 5_000;
/// Maximum number of events that are listed in words. The others are counted.
const MOST_LISTED: usize = 20;

/// An event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// Time of the event in milliseconds since the Unix epoch.
    pub ts_ms: Millis,
    /// Topic of the event, or [`THIS_BROWSER`].
    pub source: &'a str,
    /// The event in words, as it was published.
    pub text: &'a str,
}

/// The events that the page knows, in order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// The words of each event, by its time, its source, and its number within the source.
    by_time: BTreeMap<(Millis, String, u64), String>,
    /// The time of each event, by its source and its number within the source.
    times: BTreeMap<(String, u64), Millis>,
}

impl Events {
    /// Adds an event, or moves it if its time has changed. `number` identifies it within its source. Returns true if it is new or was
    /// moved.
    pub fn add(&mut self, source: &str, number: u64, ts_ms: Millis, text: &str) -> bool {
        let known = (source.to_owned(), number);
        let key = (ts_ms, source.to_owned(), number);
        match self.times.get(&known) {
            Some(before) if *before == ts_ms => return false,
            Some(before) => drop(self.by_time.remove(&(*before, source.to_owned(), number))),
            None if self.by_time.len() < MOST_EVENTS => {}
            None if self.by_time.first_key_value().is_some_and(|(oldest, _)| key < *oldest) => return false,
            None => self.drop_oldest(),
        }
        self.by_time.insert(key, text.to_owned());
        self.times.insert(known, ts_ms);
        true
    }

    fn drop_oldest(&mut self) {
        if let Some(((_, source, number), _)) = self.by_time.pop_first() {
            self.times.remove(&(source, number));
        }
    }

    /// Removes the events of sources that `is_kept` does not keep. Returns true if there were any.
    pub fn retain(&mut self, is_kept: impl Fn(&str) -> bool) -> bool {
        let count = self.by_time.len();
        self.by_time.retain(|(_, source, _), _| is_kept(source));
        self.times.retain(|(source, _), _| is_kept(source));
        self.by_time.len() < count
    }

    /// Returns the events within a stretch of time, the oldest first.
    pub fn within(&self, stretch: &Range<Millis>) -> impl Iterator<Item = Event<'_>> + '_ {
        let key = |ts_ms: Millis| (ts_ms, String::new(), 0);
        let range = key(stretch.start)..key(stretch.end.max(stretch.start));
        self.by_time.range(range).map(|((ts_ms, source, _), text)| Event { ts_ms: *ts_ms, source, text })
    }

    /// Returns true if there are no events.
    pub fn is_empty(&self) -> bool {
        self.by_time.is_empty()
    }
}

/// Returns a number of events in words, such as `4 events`.
pub fn count_words(count: usize) -> String {
    match count {
        1 => "1 event".to_owned(),
        count => format!("{count} events"),
    }
}

/// Returns events in words, such as `14:32:07 deploy 4.2 (ci/deploys)`. `now` is the present time, for words such as yesterday.
pub fn words(events: &[Event<'_>], clock: LocalClock, now: Millis) -> Vec<String> {
    let line =
        |event: &Event<'_>| format!("{} {} ({})", clock.moment(event.ts_ms, now), event.text, event.source);
    let left_out = events.len().saturating_sub(MOST_LISTED);
    let more = (left_out > 0).then(|| format!("and {left_out} more"));
    // The newest are listed.
    events[left_out..].iter().map(line).chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn texts(events: &Events, stretch: Range<Millis>) -> Vec<&str> {
        events.within(&stretch).map(|event| event.text).collect()
    }

    #[test]
    fn events_stand_in_order_of_time_whenever_they_came_and_only_once() {
        let mut events = Events::default();
        assert!(events.add("ci/deploys", 2, 20, "two") && events.add("ci/deploys", 1, 10, "one"));
        assert!(events.add("ci/alerts", 1, 10, "other"));
        assert!(!events.add("ci/deploys", 1, 10, "one"), "it is known");
        assert_eq!(texts(&events, 0..99), ["other", "one", "two"]);
        assert_eq!(texts(&events, 10..20), ["other", "one"]);
        let backwards = Range { start: 30, end: 5 };
        assert_eq!(texts(&events, backwards), [""; 0]);
    }

    #[test]
    fn an_event_whose_time_has_changed_is_moved_and_not_shown_twice() {
        let mut events = Events::default();
        assert!(events.add("a", 1, 10, "one") && events.add("a", 2, 20, "two"));
        assert!(events.add("a", 1, 7, "one") && events.add("a", 2, 17, "two"), "the clock is further ahead");
        assert_eq!(texts(&events, 0..99), ["one", "two"]);
        assert_eq!(texts(&events, 7..8), ["one"]);
        assert!(!events.add("a", 1, 7, "one"), "nothing has changed");
        assert!(events.add("a", 1, 30, "one"), "it may also pass another one");
        assert_eq!(texts(&events, 0..99), ["two", "one"]);
    }

    #[test]
    fn the_oldest_make_room_and_an_older_one_finds_none() {
        let mut events = Events::default();
        for number in 0..=MOST_EVENTS as u64 {
            assert!(events.add("a", number, number as i64, "x"));
        }
        assert_eq!(texts(&events, 0..1), [""; 0]);
        assert!(!events.add("a", 0, 0, "the oldest again") && !events.add("b", 0, -1, "too old"));
        assert!(events.add("a", 1, 2, "moved"), "it needs no room");
        assert_eq!((events.by_time.len(), events.times.len()), (MOST_EVENTS, MOST_EVENTS));
    }

    #[test]
    fn the_events_of_a_deleted_topic_go_with_it() {
        let mut events = Events::default();
        events.add("a", 1, 1, "x");
        events.add("b", 1, 1, "y");
        assert!(events.retain(|source| source != "a") && !events.retain(|_| true));
        assert_eq!(texts(&events, 0..9), ["y"]);
        assert!(events.add("a", 1, 1, "z"), "the topic may come back");
        assert_eq!(texts(&events, 0..9), ["z", "y"]);
    }

    #[test]
    fn events_are_listed_with_time_and_source_and_those_left_out_are_counted() {
        let event = Event { ts_ms: 52_327_000, source: "ci/deploys", text: "deploy 4.2" };
        assert_eq!(words(&[event], LocalClock::UTC, 52_400_000), ["14:32:07 deploy 4.2 (ci/deploys)"]);
        let many = [event; MOST_LISTED + 3];
        assert_eq!(words(&many, LocalClock::UTC, 52_400_000).last().map(String::as_str), Some("and 3 more"));
        assert_eq!((count_words(1), count_words(4)), ("1 event".to_owned(), "4 events".to_owned()));
    }
}
