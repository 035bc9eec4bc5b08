//! Since when a state holds, and how often it changed.

use std::collections::VecDeque;
use std::ops::Range;

use serde_json::Value;

use crate::chart::clock::LocalClock;

/// Changes kept for each topic.
const MOST_RUNS: usize = 500;
/// Characters of a state that are kept.
const STATE_CHARS: usize = 200;

/// The states a topic was seen in, in order of time.
#[derive(Clone, Debug, Default)]
pub struct States {
    runs: VecDeque<Run>,
}

/// One state, from when it was first seen until the next run begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// When it was first seen.
    pub from_ms: i64,
    /// The state.
    pub state: String,
}

/// Whether a state is good news, by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// `open`, `ok`, `up`, …
    Good,
    /// `degraded`, `warning`, …
    Wary,
    /// `down`, `failed`, …
    Bad,
    /// Anything else, true and false too: whether `false` is bad depends on the question.
    Neutral,
}

impl States {
    /// The topic was in a state at `ts_ms`.
    pub fn add(&mut self, ts_ms: i64, data: &Value) {
        let Some(state) = state_of(data) else { return };
        let place = self.runs.partition_point(|run| run.from_ms <= ts_ms);
        let before = place.checked_sub(1).and_then(|index| self.runs.get(index));
        if before.is_some_and(|run| run.state == state) {
            return;
        }
        match self.runs.get_mut(place) {
            // The same state was seen later: it began earlier than was known.
            Some(after) if after.state == state => after.from_ms = ts_ms,
            Some(_) | None => self.runs.insert(place, Run { from_ms: ts_ms, state }),
        }
        if self.runs.len() > MOST_RUNS {
            self.runs.pop_front();
        }
    }

    /// The state now.
    pub fn current(&self) -> Option<&str> {
        self.runs.back().map(|run| run.state.as_str())
    }

    /// How many different states were seen.
    pub fn distinct(&self) -> usize {
        let mut seen: Vec<&str> = Vec::new();
        for run in &self.runs {
            if !seen.contains(&run.state.as_str()) {
                seen.push(&run.state);
            }
        }
        seen.len()
    }

    /// `since 09:12, changed 3 times since 08:00`; nothing before the first state. No more is claimed than was seen:
    /// a state that was never seen to change holds `at least` since the first time it was seen.
    pub fn history(&self, clock: LocalClock) -> Option<String> {
        let (first, last) = (self.runs.front()?, self.runs.back()?);
        let (from, seen) = (clock.minutes(first.from_ms), clock.minutes(last.from_ms));
        Some(match self.runs.len() - 1 {
            0 => format!("at least since {seen}"),
            1 => format!("since {seen}, changed once since {from}"),
            changes => format!("since {seen}, changed {changes} times since {from}"),
        })
    }

    /// What was seen in a window, oldest first, with the share of it that each run fills.
    pub fn strip(&self, window: &Range<i64>) -> Vec<(String, f64)> {
        let length = (window.end - window.start).max(1) as f64;
        let ends = self.runs.iter().skip(1).map(|run| run.from_ms).chain([window.end]);
        let cut = self.runs.iter().zip(ends).map(|(run, end_ms)| {
            let span = run.from_ms.max(window.start)..end_ms.min(window.end);
            (run.state.clone(), (span.end - span.start) as f64 / length)
        });
        cut.filter(|(_, share)| *share > 0.0).collect()
    }
}

impl Mood {
    /// Of a state's word.
    pub fn of(state: &str) -> Self {
        match state.to_ascii_lowercase().as_str() {
            "ok" | "open" | "up" | "on" | "online" | "healthy" | "ready" | "running" | "active"
            | "connected" | "passed" | "passing" | "success" | "green" | "normal" => Self::Good,
            "warn" | "warning" | "degraded" | "slow" | "pending" | "starting" | "stopping" | "paused"
            | "yellow" => Self::Wary,
            "down" | "error" | "failed" | "failing" | "failure" | "critical" | "offline" | "unhealthy"
            | "dead" | "crashed" | "disconnected" | "red" | "alarm" => Self::Bad,
            _ => Self::Neutral,
        }
    }

    /// A class and a shape: never colour alone.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wary => "wary",
            Self::Bad => "bad",
            Self::Neutral => "neutral",
        }
    }
}

fn state_of(data: &Value) -> Option<String> {
    match data {
        Value::Bool(value) => Some(value.to_string()),
        Value::String(text) => Some(text.chars().take(STATE_CHARS).collect()),
        Value::Number(number) => Some(number.to_string()),
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
            states.add(minute * 60_000, &json!(state));
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
        assert_eq!((states.current(), states.distinct()), (Some("open"), 2));
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
            states.add(ts_ms, &json!(ts_ms.to_string()));
        }
        assert_eq!(states.runs.len(), MOST_RUNS);
    }

    #[test]
    fn false_is_not_called_bad() {
        assert_eq!(Mood::of("false"), Mood::Neutral);
        assert_eq!(
            (Mood::of("OK"), Mood::of("down"), Mood::of("degraded")),
            (Mood::Good, Mood::Bad, Mood::Wary)
        );
    }
}
