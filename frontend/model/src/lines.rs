//! The last lines of a log.

use std::collections::VecDeque;

use serde_json::Value;

use super::reading;

/// Lines kept for each topic.
pub const MOST_LINES: usize = 500;
const MINUTE_MS: i64 = 60_000;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, unique within its topic.
    pub number: u64,
    /// When it happened.
    pub ts_ms: i64,
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub text: String,
}

/// How much a line matters, if it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing said, or nothing to worry about.
    Plain,
    /// A warning.
    Warning,
    /// An error or worse.
    Error,
}

/// The last lines of a log, in order of time.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    lines: VecDeque<Line>,
    added: u64,
}

impl Lines {
    /// Adds a line at its place in time; the oldest makes room.
    pub fn add(&mut self, ts_ms: i64, data: &Value) {
        let place = self.lines.partition_point(|line| line.ts_ms <= ts_ms);
        if self.lines.len() >= MOST_LINES && place == 0 {
            return;
        }
        self.added += 1;
        let line = Line { number: self.added, ts_ms, level: Level::of(data), text: reading::text(data) };
        self.lines.insert(place, line);
        if self.lines.len() > MOST_LINES {
            self.lines.pop_front();
        }
    }

    /// The newest `most` lines, newest first.
    pub fn newest(&self, most: usize) -> impl Iterator<Item = &Line> {
        self.lines.iter().rev().take(most)
    }

    /// How many lines are kept.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many of the kept lines happened in the minute before `now_ms`.
    pub fn a_minute(&self, now_ms: i64) -> usize {
        self.lines.len() - self.lines.partition_point(|line| line.ts_ms <= now_ms - MINUTE_MS)
    }
}

impl Level {
    /// From a field `level` or `severity`, or from how a text begins: `ERROR disk full`, `[warn] slow`.
    fn of(data: &Value) -> Self {
        let word = match data {
            Value::Object(fields) => fields.get("level").or(fields.get("severity")).and_then(Value::as_str),
            Value::String(text) => text.split_whitespace().next(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
        };
        Self::named(word.unwrap_or_default().trim_matches(|c: char| !c.is_ascii_alphabetic()))
    }

    fn named(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "error" | "err" | "fatal" | "critical" | "crit" | "alert" | "emerg" | "panic" => Self::Error,
            "warn" | "warning" => Self::Warning,
            _ => Self::Plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn texts(lines: &Lines, most: usize) -> Vec<&str> {
        lines.newest(most).map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn lines_stand_in_order_of_time_whenever_they_came() {
        let mut lines = Lines::default();
        for ts_ms in [20, 30, 10] {
            lines.add(ts_ms, &json!(ts_ms.to_string()));
        }
        assert_eq!(texts(&lines, 9), ["30", "20", "10"]);
    }

    #[test]
    fn the_oldest_line_makes_room_and_an_older_one_finds_none() {
        let mut lines = Lines::default();
        for ts_ms in 0..=MOST_LINES as i64 {
            lines.add(ts_ms, &json!(ts_ms.to_string()));
        }
        lines.add(-1, &json!("too old"));
        assert_eq!(lines.newest(usize::MAX).count(), MOST_LINES);
        assert_eq!(lines.newest(usize::MAX).last().map(|line| line.ts_ms), Some(1));
    }

    #[test]
    fn no_two_lines_share_a_number() {
        let mut lines = Lines::default();
        for _ in 0..3 {
            lines.add(7, &json!("same"));
        }
        let mut numbers: Vec<_> = lines.newest(9).map(|line| line.number).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), 3);
    }

    #[test]
    fn the_rate_counts_the_last_minute_only() {
        let mut lines = Lines::default();
        for ts_ms in [0, 30_000, 60_000, 90_000] {
            lines.add(ts_ms, &json!("x"));
        }
        assert_eq!(lines.a_minute(90_000), 2);
    }

    #[test]
    fn a_level_is_read_from_a_field_or_from_the_first_word() {
        let table = [
            (json!({"level": "WARN", "msg": "slow"}), Level::Warning),
            (json!({"severity": "critical", "msg": "down"}), Level::Error),
            (json!("[ERROR] disk full"), Level::Error),
            (json!("error-free since monday"), Level::Plain),
            (json!("no errors"), Level::Plain),
            (json!({"msg": "paid"}), Level::Plain),
        ];
        for (data, level) in table {
            assert_eq!(Level::of(&data), level, "{data}");
        }
    }
}
