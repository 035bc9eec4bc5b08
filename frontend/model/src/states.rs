//! States that a topic was in: since when each holds, and how often it changed. Depends on [`super::order`].

use std::collections::VecDeque;
use std::ops::Range;

use serde_json::Value;

use super::order::Order;
use crate::chart::clock::LocalClock;

/// Changes kept for each topic.
const MOST_RUNS: usize = 500;
/// Characters of a state that are kept.
const STATE_CHARS: usize = 200;

/// The states a topic was seen in, in the order of its publications.
///
/// Publications that follow each other in the log and say the same are one run. Two runs of the same state may stand
/// side by side: then what was published between them is not known yet. For example, "open" at the offsets 1 and 3 is
/// two runs, until offset 2 comes: if it says "open" they become one, if it says "closed" it parts them.
#[derive(Clone, Debug, Default)]
pub struct States {
    runs: VecDeque<Run>,
}

/// One state, from its first sighting to its last, without another publication between them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    first: Order,
    last: Order,
    state: String,
}

/// Meaning of a state for a person who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing to do: `ok`, `passed`, `healthy`, `up`.
    Good,
    /// Something to look at, because the publisher says so.
    Wary,
    /// Something is broken: `failed`, `error`, `down`.
    Bad,
    /// Any other state. Whether `open` or `false` is bad depends on the question.
    Neutral,
}

impl States {
    /// Adds the state that a publication says the topic is in. Lists and objects are no states.
    pub fn add(&mut self, order: Order, data: &Value) {
        let Some(state) = state_of(data) else { return };
        let place = self.runs.partition_point(|run| run.first <= order);
        if let Some(before) = place.checked_sub(1).and_then(|index| self.runs.get_mut(index)) {
            if before.last >= order {
                return self.split(place - 1, order, state);
            }
            if before.state == state && follows(before.last, order) {
                before.last = order;
                return self.join(place);
            }
        }
        match self.runs.get_mut(place) {
            Some(after) if after.state == state && follows(order, after.first) => after.first = order,
            Some(_) | None => self.runs.insert(place, Run { first: order, last: order, state }),
        }
        if self.runs.len() > MOST_RUNS {
            self.runs.pop_front();
        }
    }

    /// The state of the newest publication.
    pub fn current(&self) -> Option<&str> {
        self.runs.back().map(|run| run.state.as_str())
    }

    /// Number of different states, counted up to `most`.
    pub fn distinct(&self, most: usize) -> usize {
        let mut seen: Vec<&str> = Vec::new();
        for run in &self.runs {
            if seen.len() < most && !seen.contains(&run.state.as_str()) {
                seen.push(&run.state);
            }
        }
        seen.len()
    }

    /// `since 09:12, changed 3 times since 08:00`; nothing before the first state. It claims no more than was seen: a
    /// state that was never seen to change holds `at least` since it was first seen.
    pub fn history(&self, clock: LocalClock) -> Option<String> {
        let changes = self.changes();
        let (first, last) = (changes.first()?, changes.last()?);
        let (from, seen) = (clock.minutes(first.0), clock.minutes(last.0));
        Some(match changes.len() - 1 {
            0 => format!("at least since {seen}"),
            1 => format!("since {seen}, changed once since {from}"),
            changes => format!("since {seen}, changed {changes} times since {from}"),
        })
    }

    /// States of a window, oldest first, with the share of it that each fills.
    pub fn strip(&self, window: &Range<i64>) -> Vec<(String, f64)> {
        let length = (window.end - window.start).max(1) as f64;
        let changes = self.changes();
        let ends = changes.iter().skip(1).map(|(from_ms, _)| *from_ms).chain([window.end]);
        let cut = changes.iter().zip(ends).map(|((from_ms, state), end_ms)| {
            let span = *from_ms.max(&window.start)..end_ms.min(window.end);
            ((*state).to_owned(), (span.end - span.start) as f64 / length)
        });
        cut.filter(|(_, share)| *share > 0.0).collect()
    }

    /// Every change: the time of the first sighting, and the state.
    fn changes(&self) -> Vec<(i64, &str)> {
        let mut changes: Vec<(i64, &str)> = Vec::new();
        for run in &self.runs {
            if changes.last().is_none_or(|(_, state)| *state != run.state) {
                changes.push((run.first.effective_ms(), &run.state));
            }
        }
        changes
    }

    /// Puts a sighting into the middle of a run. Only data that was sent late gets there, since a run has no other
    /// publication of its log between its ends. Its sightings are not kept: the part after goes from the last one on.
    fn split(&mut self, index: usize, order: Order, state: String) {
        let Some(run) = self.runs.get_mut(index) else { return };
        if run.state == state || run.first == order || run.last == order {
            return;
        }
        let after = Run { first: run.last, last: run.last, state: run.state.clone() };
        run.last = run.first;
        self.runs.insert(index + 1, Run { first: order, last: order, state });
        self.runs.insert(index + 2, after);
    }

    /// Makes one run of that before `place` and that at it, if nothing is missing between them.
    fn join(&mut self, place: usize) {
        let (Some(before), Some(after)) = (self.runs.get(place - 1), self.runs.get(place)) else { return };
        if before.state == after.state && follows(before.last, after.first) {
            let last = after.last;
            self.runs.remove(place);
            if let Some(before) = self.runs.get_mut(place - 1) {
                before.last = last;
            }
        }
    }
}

impl Severity {
    /// Meaning of a word that means the same everywhere; neutral for any other.
    pub fn of(state: &str) -> Self {
        match state.to_ascii_lowercase().as_str() {
            "ok" | "passed" | "healthy" | "up" => Self::Good,
            "failed" | "error" | "down" => Self::Bad,
            _ => Self::Neutral,
        }
    }

    /// Name of the class that gives colour and shape: never colour alone.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wary => "wary",
            Self::Bad => "bad",
            Self::Neutral => "neutral",
        }
    }
}

/// Returns whether `after` is the next publication of the same log after `before`.
fn follows(before: Order, after: Order) -> bool {
    before.sequence() + 1 == after.sequence()
}

fn state_of(data: &Value) -> Option<String> {
    match data {
        Value::Bool(value) => Some(value.to_string()),
        Value::String(text) => Some(text.chars().take(STATE_CHARS).collect()),
        Value::Number(number) => Some(super::reading::sent(number)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const CLOCK: LocalClock = LocalClock { offset_ms: 0 };

    fn states(seen: &[(i64, &str)]) -> States {
        let mut states = States::default();
        for (minute, state) in seen {
            states.add(Order::at(minute * 60_000, minute.unsigned_abs()), &json!(state));
        }
        states
    }

    #[test]
    fn a_state_repeated_is_not_a_change() {
        let states = states(&[(0, "open"), (1, "open"), (2, "open")]);
        assert_eq!(states.history(CLOCK).as_deref(), Some("at least since 00:00"));
    }

    #[test]
    fn changes_are_counted_and_dated() {
        let states = states(&[(0, "open"), (5, "closed"), (6, "open"), (12, "closed"), (13, "closed")]);
        assert_eq!(states.current(), Some("closed"));
        assert_eq!(states.history(CLOCK).as_deref(), Some("since 00:12, changed 3 times since 00:00"));
    }

    #[test]
    fn an_older_sighting_moves_the_beginning_back() {
        let states = states(&[(9, "open"), (4, "open")]);
        assert_eq!(states.history(CLOCK).as_deref(), Some("at least since 00:04"));
    }

    #[test]
    fn an_older_state_becomes_the_first() {
        let states = states(&[(9, "open"), (4, "closed")]);
        assert_eq!((states.current(), states.distinct(9)), (Some("open"), 2));
    }

    #[test]
    fn a_strip_shares_the_window_among_the_states_seen_in_it() {
        let states = states(&[(0, "open"), (6, "closed"), (8, "open")]);
        let strip = states.strip(&(4 * 60_000..12 * 60_000));
        assert_eq!(strip, [("open".to_owned(), 0.25), ("closed".to_owned(), 0.25), ("open".to_owned(), 0.5)]);
        assert_eq!(states.strip(&(-9..0)), []);
    }

    #[test]
    fn memory_is_bounded_however_often_a_state_changes() {
        let mut states = States::default();
        for ts_ms in 0..5_000 {
            states.add(Order::at(ts_ms, ts_ms as u64), &json!(ts_ms.to_string()));
        }
        assert_eq!(states.runs.len(), MOST_RUNS);
    }

    #[test]
    fn false_is_not_called_bad() {
        assert_eq!(Severity::of("false"), Severity::Neutral);
    }

    #[test]
    fn only_words_that_mean_the_same_everywhere_are_good_or_bad() {
        for (word, severity) in [
            ("OK", Severity::Good),
            ("passed", Severity::Good),
            ("Healthy", Severity::Good),
            ("up", Severity::Good),
        ] {
            assert_eq!(Severity::of(word), severity, "{word}");
        }
        for word in ["failed", "ERROR", "down"] {
            assert_eq!(Severity::of(word), Severity::Bad, "{word}");
        }
        for word in ["open", "closed", "running", "on", "off", "degraded", "ready", "active"] {
            assert_eq!(Severity::of(word), Severity::Neutral, "{word}");
        }
    }

    #[test]
    fn a_state_seen_between_two_equal_ones_parts_them_however_late_it_comes() {
        let open = |minute| (minute, "open");
        let in_order = states(&[open(1), (2, "closed"), open(3), open(4)]);
        let late = states(&[open(3), open(4), open(1), (2, "closed")]);
        assert_eq!(late.history(CLOCK), in_order.history(CLOCK));
        assert_eq!(late.history(CLOCK).as_deref(), Some("since 00:03, changed 2 times since 00:01"));
    }

    #[test]
    fn the_newest_of_a_burst_is_current_though_older_ones_come_after_it() {
        let mut states = States::default();
        for offset in [9, 10, 1, 2] {
            states.add(Order::at(5, offset), &json!(format!("step {offset}")));
        }
        assert_eq!(states.current(), Some("step 10"));
    }
}
