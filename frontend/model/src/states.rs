//! The states in which a topic was. They give the time since which the current state holds, and the number of
//! changes. Depends on [`super::order`] and [`super::digits`].

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::digits::Digits;
use super::order::Order;
use crate::chart::clock::LocalClock;

/// Maximum number of runs that are kept for each topic. A run is a sequence of publications with the same state.
const MOST_RUNS: usize = 500;
/// Maximum number of sightings that are kept for each topic. A sighting is a publication that says in which state the
/// topic is. If there are more, sightings between the first and the last of the oldest runs are removed.
const MOST_SIGHTINGS: usize = 500;
/// Maximum number of characters of a state that are kept.
const STATE_CHARS: usize = 200;

/// The states in which a topic was, in the order of its publications.
///
/// A *sighting* is a publication that says in which state the topic is, and a *run* is a sequence of sightings of the
/// same state. The result depends only on the publications, and not on the order in which they arrive. For example, a
/// topic is "open" at the times 1, 2 and 4 and "closed" at 3, and the last of these arrives late. Then there are
/// three runs: open from 1, closed from 3, open from 4.
#[derive(Clone, Debug, Default)]
pub struct States {
    runs: VecDeque<Run>,
    /// Number of publications in all runs together.
    sightings: usize,
}

/// A run: consecutive publications of a topic with the same state.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    state: String,
    first: Order,
    /// Places of the run's publications after the first, in ascending order. Most runs of a topic whose state is a
    /// number consist of one publication.
    later: Vec<Order>,
}

/// Meaning of a state for the reader: good, a warning, bad, or none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The state needs no attention: `ok`, `passed`, `healthy`, `up`.
    Good,
    /// The state should be looked at. Only a publisher can give a state this meaning.
    Warning,
    /// The state means that something is broken: `failed`, `error`, `down`.
    Bad,
    /// The state has no known meaning. For example, it depends on the topic whether `open` or `false` is bad.
    Neutral,
}

impl States {
    /// Adds the state that a publication contains. Lists and objects are not states and are ignored. `digits`
    /// contains the digits of a number as it was sent.
    pub fn add(&mut self, order: Order, data: &Value, digits: &Digits<'_>) {
        let Some(state) = state_of(data, digits) else { return };
        let place = self.runs.partition_point(|run| run.first <= order);
        match place.checked_sub(1) {
            Some(before) if self.runs.get(before).is_some_and(|run| run.state == state) => {
                self.see(before, order);
            }
            Some(before) => self.put_after(before, order, state),
            None => self.put(0, order, state),
        }
        self.shrink();
    }

    /// Returns the state in the newest publication; `None` if there is none.
    pub fn current(&self) -> Option<&str> {
        self.runs.back().map(|run| run.state.as_str())
    }

    /// Returns the number of different states, counted up to `most`.
    pub fn distinct(&self, most: usize) -> usize {
        let mut seen: Vec<&str> = Vec::new();
        for run in &self.runs {
            if seen.len() < most && !seen.contains(&run.state.as_str()) {
                seen.push(&run.state);
            }
        }
        seen.len()
    }

    /// Returns text such as `since 09:12, changed 3 times since 08:00`; `None` if there is no state. If the state has
    /// never changed, the text is `at least since 09:12`, because the state may have begun before the first
    /// publication. Times of another day than `now` have their date.
    pub fn history(&self, clock: LocalClock, now: i64) -> Option<String> {
        let changes = self.changes();
        let (first, last) = (changes.first()?, changes.last()?);
        let [from, seen] = [first, last].map(|(ts_ms, _)| clock.minutes_beside(*ts_ms, now));
        Some(match changes.len() - 1 {
            0 => format!("at least since {seen}"),
            1 => format!("since {seen}, changed once since {from}"),
            changes => format!("since {seen}, changed {changes} times since {from}"),
        })
    }

    /// Returns the time from which on all states are kept; `Millis::MIN` if none was removed because there were too many.
    pub fn known_from(&self) -> i64 {
        let is_full = self.runs.len() >= MOST_RUNS;
        self.runs.front().filter(|_| is_full).map_or(i64::MIN, |run| run.first.effective_ms())
    }

    /// Returns every change of the state: the time of the first publication with the new state, and that state.
    pub fn changes(&self) -> Vec<(i64, &str)> {
        let mut changes: Vec<(i64, &str)> = Vec::new();
        for run in &self.runs {
            if changes.last().is_none_or(|(_, state)| *state != run.state) {
                changes.push((run.first.effective_ms(), &run.state));
            }
        }
        changes
    }

    /// Returns at most `most` of the states before the current one, the newest first, each with its beginning and its duration in
    /// milliseconds.
    pub fn earlier(&self, most: usize) -> Vec<(i64, String, i64)> {
        let changes = self.changes();
        let pairs = changes.windows(2).rev().take(most);
        pairs.map(|pair| (pair[0].0, pair[0].1.to_owned(), pair[1].0 - pair[0].0)).collect()
    }

    /// Adds a publication with the same state to the run at `index`.
    fn see(&mut self, index: usize, order: Order) {
        let Some(run) = self.runs.get_mut(index) else { return };
        let place = run.later.partition_point(|seen| *seen < order);
        if run.first != order && run.later.get(place) != Some(&order) {
            run.later.insert(place, order);
            self.sightings += 1;
        }
    }

    /// Adds a publication with another state after the run at `index`. If its place is between two publications of
    /// the run, the run is divided into two.
    fn put_after(&mut self, index: usize, order: Order, state: String) {
        let Some(run) = self.runs.get_mut(index) else { return };
        let place = run.later.partition_point(|seen| *seen < order);
        if run.first == order || run.later.get(place) == Some(&order) {
            return;
        }
        let mut later = run.later.split_off(place);
        if !later.is_empty() {
            let first = later.remove(0);
            let rest = Run { state: run.state.clone(), first, later };
            self.runs.insert(index + 1, rest);
        }
        self.put(index + 1, order, state);
    }

    /// Adds a publication before the run at `index`. If that run has the same state, the publication becomes its
    /// first.
    fn put(&mut self, index: usize, order: Order, state: String) {
        match self.runs.get_mut(index) {
            Some(run) if run.state == state => {
                run.later.insert(0, run.first);
                run.first = order;
            }
            Some(_) | None => self.runs.insert(index, Run { state, first: order, later: Vec::new() }),
        }
        self.sightings += 1;
    }

    /// Removes the oldest run if there are too many runs. If there are too many sightings, removes half of those
    /// after the first one from the oldest run that has several.
    fn shrink(&mut self) {
        if self.runs.len() > MOST_RUNS {
            self.sightings -= self.runs.pop_front().map_or(0, |run| run.later.len() + 1);
        }
        if self.sightings > MOST_SIGHTINGS
            && let Some(run) = self.runs.iter_mut().find(|run| run.later.len() > 1)
        {
            // Half of the sightings are removed at once, so that this happens seldom.
            self.sightings -= run.later.drain(..run.later.len() / 2).count();
            run.later.shrink_to_fit();
        }
    }
}

impl Severity {
    /// Returns the meaning of a state. It is the one that the publisher has given (`meta.states`), or that of a word
    /// with the same meaning everywhere, such as `ok`. Any other state is neutral.
    pub fn of(state: &str, given: &BTreeMap<String, String>) -> Self {
        let given = given.iter().find(|(named, _)| named.eq_ignore_ascii_case(state));
        if let Some((_, meaning)) = given {
            return [Self::Good, Self::Warning, Self::Bad]
                .into_iter()
                .find(|severity| severity.word() == meaning)
                .unwrap_or(Self::Neutral);
        }
        match state.to_ascii_lowercase().as_str() {
            "ok" | "passed" | "healthy" | "up" => Self::Good,
            "failed" | "error" | "down" => Self::Bad,
            _ => Self::Neutral,
        }
    }

    /// Returns the name of the meaning, which is also the CSS class for colour and shape. The meaning is never shown
    /// by colour alone.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
            Self::Neutral => "neutral",
        }
    }
}

fn state_of(data: &Value, digits: &Digits<'_>) -> Option<String> {
    match data {
        Value::Bool(value) => Some(value.to_string()),
        Value::String(text) => Some(text.chars().take(STATE_CHARS).collect()),
        Value::Number(number) => Some(digits.sent(number)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const CLOCK: LocalClock = LocalClock::UTC;

    fn states(seen: &[(i64, &str)]) -> States {
        let mut states = States::default();
        for (minute, state) in seen {
            states.add(Order::at(minute * 60_000, minute.unsigned_abs()), &json!(state), &Digits::default());
        }
        states
    }

    #[test]
    fn a_state_repeated_is_not_a_change() {
        let states = states(&[(0, "open"), (1, "open"), (2, "open")]);
        assert_eq!(states.history(CLOCK, 0).as_deref(), Some("at least since 00:00"));
    }

    #[test]
    fn changes_are_counted_and_dated() {
        let states = states(&[(0, "open"), (5, "closed"), (6, "open"), (12, "closed"), (13, "closed")]);
        assert_eq!(states.current(), Some("closed"));
        assert_eq!(states.history(CLOCK, 0).as_deref(), Some("since 00:12, changed 3 times since 00:00"));
    }

    #[test]
    fn an_older_sighting_moves_the_beginning_back() {
        let states = states(&[(9, "open"), (4, "open")]);
        assert_eq!(states.history(CLOCK, 0).as_deref(), Some("at least since 00:04"));
    }

    #[test]
    fn an_older_state_becomes_the_first() {
        let states = states(&[(9, "open"), (4, "closed")]);
        assert_eq!((states.current(), states.distinct(9)), (Some("open"), 2));
    }

    #[test]
    fn memory_is_bounded_however_often_a_state_changes() {
        let mut states = States::default();
        for ts_ms in 0..5_000 {
            states.add(Order::at(ts_ms, ts_ms as u64), &json!(ts_ms.to_string()), &Digits::default());
        }
        assert_eq!(states.runs.len(), MOST_RUNS);
    }

    fn severity(state: &str) -> Severity {
        Severity::of(state, &BTreeMap::new())
    }

    #[test]
    fn false_is_not_called_bad() {
        assert_eq!(severity("false"), Severity::Neutral);
    }

    #[test]
    fn a_publisher_says_which_states_are_good_a_warning_or_bad() {
        let given =
            [("open", "bad"), ("ajar", "warning"), ("closed", "good"), ("down", "neutral"), ("x", "later")];
        let given = given.map(|(state, meaning)| (state.to_owned(), meaning.to_owned())).into();
        let severities =
            ["Open", "ajar", "closed", "down", "x", "up", "on"].map(|state| Severity::of(state, &given));
        let expected = [
            Severity::Bad,
            Severity::Warning,
            Severity::Good,
            Severity::Neutral,
            Severity::Neutral,
            Severity::Good,
            Severity::Neutral,
        ];
        assert_eq!(severities, expected);
    }

    #[test]
    fn only_words_that_mean_the_same_everywhere_are_good_or_bad() {
        for (word, expected) in [
            ("OK", Severity::Good),
            ("passed", Severity::Good),
            ("Healthy", Severity::Good),
            ("up", Severity::Good),
        ] {
            assert_eq!(severity(word), expected, "{word}");
        }
        for word in ["failed", "ERROR", "down"] {
            assert_eq!(severity(word), Severity::Bad, "{word}");
        }
        for word in ["open", "closed", "running", "on", "off", "degraded", "ready", "active"] {
            assert_eq!(severity(word), Severity::Neutral, "{word}");
        }
    }

    #[test]
    fn a_state_seen_between_two_equal_ones_parts_them_however_late_it_comes() {
        let open = |minute| (minute, "open");
        let in_order = states(&[open(1), (2, "closed"), open(3), open(4)]);
        let late = states(&[open(3), open(4), open(1), (2, "closed")]);
        assert_eq!(late.history(CLOCK, 0), in_order.history(CLOCK, 0));
        assert_eq!(late.history(CLOCK, 0).as_deref(), Some("since 00:03, changed 2 times since 00:01"));
    }

    #[test]
    fn a_state_sent_late_parts_a_run_at_its_very_time() {
        let open = |minute| (minute, "open");
        let (mut late, in_order) = (States::default(), states(&[open(1), (2, "closed"), open(3), open(9)]));
        for minute in [1, 3, 9] {
            late.add(Order::at(minute * 60_000, minute.unsigned_abs()), &json!("open"), &Digits::default());
        }
        late.add(Order::at(2 * 60_000, 2), &json!("closed"), &Digits::default());
        assert_eq!(late.history(CLOCK, 0), in_order.history(CLOCK, 0));
        assert_eq!(late.history(CLOCK, 0).as_deref(), Some("since 00:03, changed 2 times since 00:01"));
    }

    #[test]
    fn memory_is_bounded_however_often_a_state_is_repeated_and_its_beginning_is_kept() {
        let mut states = States::default();
        for second in 0..20_000_i64 {
            let state = if second == 0 { "closed" } else { "open" };
            states.add(Order::at(second * 1_000, second.unsigned_abs()), &json!(state), &Digits::default());
        }
        let kept: usize = states.runs.iter().map(|run| run.later.len() + 1).sum();
        assert!(kept <= MOST_SIGHTINGS && kept == states.sightings, "{kept} of {}", states.sightings);
        assert_eq!(states.history(CLOCK, 0).as_deref(), Some("since 00:00, changed once since 00:00"));
    }

    #[test]
    fn a_number_that_is_a_state_has_the_digits_that_were_sent() {
        let (mut states, data) = (States::default(), json!(1.5));
        states.add(Order::at(0, 1), &data, &Digits::of(&data, "1.50"));
        assert_eq!(states.current(), Some("1.50"));
    }

    #[test]
    fn the_newest_of_a_burst_is_current_though_older_ones_come_after_it() {
        let mut states = States::default();
        for offset in [9, 10, 1, 2] {
            states.add(Order::at(5, offset), &json!(format!("step {offset}")), &Digits::default());
        }
        assert_eq!(states.current(), Some("step 10"));
    }
}
