//! The newest lines of a topic that is shown as a log. Depends on [`super::reading`] and [`super::order`].

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::digits::Digits;
use super::order::Order;
use super::reading::{self, LEVEL_FIELDS};

/// Maximum number of lines that are kept for each topic.
pub const MOST_LINES: usize = 500;
/// Maximum length in bytes of the JSON texts that are kept with the lines of one topic. Beyond it, older lines lose theirs.
const MOST_DATA_BYTES: usize = 256 * 1_024;
const MINUTE_MS: i64 = 60_000;
/// Distinguishes the two kinds of numeric levels: the severities of syslog (RFC 5424) are below this number, and the
/// levels of the loggers pino and bunyan are above it.
const SYSLOG_LEVELS: f64 = 8.0;

/// One line of a log panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Sequence number of the publication, which no other line of the topic has.
    pub number: u64,
    /// Time of the event by the publisher's clock, in milliseconds since the Unix epoch.
    pub ts_ms: i64,
    /// Severity of the event.
    pub level: Level,
    /// Text of the line.
    pub text: String,
    /// JSON text of the publication as it was sent; `None` if `text` is all of it, or if it is no longer kept.
    pub data: Option<Arc<str>>,
    /// True if `data` is no longer kept.
    pub has_lost_data: bool,
    /// Name of the topic, if the panel shows lines of several.
    pub topic: Option<Arc<str>>,
    /// Place of the publication in the order of the topic's publications.
    order: Order,
}

/// Severity of a line in a log, which the panel shows by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The line has no severity that is known.
    Plain,
    /// The line helps to find faults in a program.
    Debug,
    /// The line needs no attention.
    Info,
    /// The line is a warning.
    Warning,
    /// The line is an error, or something worse.
    Error,
}

/// The newest lines of a log panel, in the order of the topic's publications.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    lines: VecDeque<Line>,
    left_out: u64,
    /// Length in bytes of the JSON texts of all lines.
    data_bytes: usize,
}

impl Lines {
    /// Adds a publication as a line, at its place in the order. If there are more than [`MOST_LINES`], the oldest
    /// line is removed. A publication that already has a line is not added again. `digits` contains the digits of the
    /// numbers in `data` as they were sent, and `sent` is the JSON text of `data`.
    pub fn add(&mut self, order: Order, ts_ms: i64, data: &Value, digits: &Digits<'_>, sent: &str) {
        let place = self.lines.partition_point(|line| line.order < order);
        if self.lines.get(place).is_some_and(|line| line.order == order) {
            return;
        }
        if self.lines.len() >= MOST_LINES {
            self.left_out += 1;
            if place == 0 {
                return;
            }
        }
        let (level, text) = (Level::of(data), reading::text(data, digits));
        // A text in quotes is two bytes longer.
        let is_more = matches!(data, Value::Object(_) | Value::Array(_)) || sent.len() > text.len() + 2;
        let data = is_more.then(|| Arc::from(sent));
        self.data_bytes += if is_more { sent.len() } else { 0 };
        let number = order.sequence();
        let line = Line { number, ts_ms, level, text, data, has_lost_data: false, topic: None, order };
        self.lines.insert(place, line);
        if self.lines.len() > MOST_LINES {
            let dropped = self.lines.pop_front().and_then(|line| line.data);
            self.data_bytes -= dropped.map_or(0, |data| data.len());
        }
        for line in &mut self.lines {
            if self.data_bytes <= MOST_DATA_BYTES {
                break;
            }
            let dropped = line.data.take();
            line.has_lost_data |= dropped.is_some();
            self.data_bytes -= dropped.map_or(0, |data| data.len());
        }
    }

    /// Creates a log of lines of several topics. `lines` are in order, the oldest first, and `left_out` is the number of those that
    /// are not kept.
    pub(crate) fn of_several(lines: VecDeque<Line>, left_out: u64) -> Self {
        Self { lines, left_out, data_bytes: 0 }
    }

    /// Drops all lines but those of a stretch of time. Returns true if the stretch may have had older lines, which were dropped because newer
    /// ones arrived.
    pub(crate) fn keep_stretch(&mut self, stretch: &Range<i64>) -> bool {
        let oldest_ms = self.lines.front().map(|line| line.order.effective_ms());
        let is_cut = self.left_out > 0 && oldest_ms.is_none_or(|oldest_ms| oldest_ms > stretch.start);
        let mut lines = std::mem::take(&mut self.lines);
        lines.retain(|line| stretch.contains(&line.order.effective_ms()));
        *self = Self::of_several(lines, 0);
        is_cut
    }

    /// Returns the number of kept lines that are newer than `line`.
    pub fn newer_than(&self, line: &Line) -> usize {
        self.lines.len() - self.lines.partition_point(|kept| kept.order <= line.order)
    }

    /// Returns the `most` newest lines, the newest first.
    pub fn newest(&self, most: usize) -> impl Iterator<Item = &Line> {
        self.lines.iter().rev().take(most)
    }

    /// Returns the number of lines that are kept.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns true if no line is kept.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Returns the number of lines that were dropped because newer ones arrived.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Returns the number of kept lines whose time is in the minute before `now_ms`.
    pub fn a_minute(&self, now_ms: i64) -> usize {
        self.lines.len() - self.lines.partition_point(|line| line.order.effective_ms() <= now_ms - MINUTE_MS)
    }
}

impl Line {
    /// Returns the place of the publication in the order of its topic's publications.
    pub(crate) fn order(&self) -> Order {
        self.order
    }

    /// Returns the line with its time corrected by the error of the publisher's clock in milliseconds, which is positive if the clock
    /// is ahead.
    #[must_use]
    pub fn corrected(&self, error_ms: i64) -> Self {
        Self { ts_ms: self.ts_ms - error_ms, ..self.clone() }
    }

    /// Returns the line as one of several topics, with the correct time. `number` is one that no line of any topic has.
    pub(crate) fn of_topic(&self, topic: Option<Arc<str>>, number: u64, error_ms: i64) -> Self {
        let order = Order::at(self.order.effective_ms(), number);
        Self { number, topic, order, ..self.corrected(error_ms) }
    }
}

impl Level {
    /// Returns the severity of published data. It is taken from one of the fields in [`LEVEL_FIELDS`], which may be a
    /// word or a number, or from the beginning of a text, such as `ERROR disk full` or `[warn] slow`.
    pub fn of(data: &Value) -> Self {
        match data {
            Value::Object(fields) => {
                let level = LEVEL_FIELDS.into_iter().find_map(|name| fields.get(name));
                level.map_or(Self::Plain, Self::of_field)
            }
            Value::String(text) => Self::named(text.split_whitespace().next().unwrap_or_default()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => Self::Plain,
        }
    }

    fn of_field(level: &Value) -> Self {
        match level {
            Value::Number(number) => number.as_f64().map_or(Self::Plain, Self::numbered),
            Value::String(word) => {
                word.parse().map_or_else(|_| Self::named(word), |n: u8| Self::numbered(f64::from(n)))
            }
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Self::Plain,
        }
    }

    /// Returns the severity for a numeric level. In syslog, a smaller number is more severe: 0 is an emergency, 3 an
    /// error and 4 a warning. In pino and bunyan, a larger number is more severe: 40 is a warning, 50 an error, 60
    /// fatal.
    fn numbered(level: f64) -> Self {
        match level {
            _ if (0.0..4.0).contains(&level) => Self::Error,
            _ if level == 4.0 => Self::Warning,
            _ if (5.0..7.0).contains(&level) => Self::Info,
            _ if level == 7.0 => Self::Debug,
            _ if level < SYSLOG_LEVELS => Self::Plain,
            _ if level >= 50.0 => Self::Error,
            _ if level >= 40.0 => Self::Warning,
            _ if level >= 30.0 => Self::Info,
            _ => Self::Debug,
        }
    }

    fn named(word: &str) -> Self {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphabetic());
        match word.to_ascii_lowercase().as_str() {
            "error" | "err" | "fatal" | "critical" | "crit" | "alert" | "emerg" | "emergency" | "panic"
            | "dpanic" => Self::Error,
            "warn" | "warning" => Self::Warning,
            "info" | "information" | "informational" | "notice" => Self::Info,
            "debug" | "trace" | "verbose" => Self::Debug,
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

    fn add(lines: &mut Lines, ts_ms: i64, data: &Value) {
        let offset = lines.newest(usize::MAX).map(|line| line.number).max().unwrap_or(0) + 1;
        lines.add(Order::at(ts_ms, offset), ts_ms, data, &Digits::default(), &data.to_string());
    }

    fn texts(lines: &Lines, most: usize) -> Vec<&str> {
        lines.newest(most).map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn the_lines_of_a_stretch_are_those_within_it_and_older_ones_may_have_been_dropped() {
        for (count, stretch, kept, is_cut) in [
            (5, 1..4, 3, false),
            (5, 9..10, 0, false),
            (MOST_LINES + 5, 2..9, 4, true),
            (MOST_LINES + 5, 5..9, 4, false),
            (MOST_LINES + 5, 0..3, 0, true),
        ] {
            let mut lines = Lines::default();
            (0..count).for_each(|ts_ms| add(&mut lines, ts_ms as i64, &json!({"n": ts_ms})));
            assert_eq!(lines.keep_stretch(&stretch), is_cut, "{count} lines, {stretch:?}");
            assert_eq!((lines.len(), lines.left_out()), (kept, 0), "{count} lines, {stretch:?}");
        }
    }

    #[test]
    fn lines_stand_in_order_of_time_whenever_they_came() {
        let mut lines = Lines::default();
        for ts_ms in [20, 30, 10] {
            add(&mut lines, ts_ms, &json!(ts_ms.to_string()));
        }
        assert_eq!(texts(&lines, 9), ["30", "20", "10"]);
    }

    #[test]
    fn the_oldest_line_makes_room_and_an_older_one_finds_none() {
        let mut lines = Lines::default();
        for ts_ms in 0..=MOST_LINES as i64 {
            add(&mut lines, ts_ms, &json!(ts_ms.to_string()));
        }
        add(&mut lines, -1, &json!("too old"));
        assert_eq!(lines.newest(usize::MAX).count(), MOST_LINES);
        assert_eq!(lines.newest(usize::MAX).last().map(|line| line.ts_ms), Some(1));
    }

    #[test]
    fn no_two_lines_share_a_number() {
        let mut lines = Lines::default();
        for _ in 0..3 {
            add(&mut lines, 7, &json!("same"));
        }
        let mut numbers: Vec<_> = lines.newest(9).map(|line| line.number).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), 3);
    }

    #[test]
    fn a_burst_in_one_millisecond_keeps_its_newest_lines_whenever_they_come_and_counts_the_others() {
        let mut lines = Lines::default();
        for offset in (701..=1_000).chain(1..=700) {
            lines.add(Order::at(5, offset), 5, &json!(offset.to_string()), &Digits::default(), "");
        }
        assert_eq!(texts(&lines, 2), ["1000", "999"]);
        assert_eq!(
            (lines.newest(usize::MAX).last().map(|line| line.number), lines.left_out()),
            (Some(501), 500)
        );
        lines.add(Order::at(5, 900), 5, &json!("900"), &Digits::default(), "");
        assert_eq!(lines.len(), MOST_LINES);
    }

    #[test]
    fn the_rate_counts_the_last_minute_only() {
        let mut lines = Lines::default();
        for ts_ms in [0, 30_000, 60_000, 90_000] {
            add(&mut lines, ts_ms, &json!("x"));
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
            (json!({"level": 30, "msg": "pino says info"}), Level::Info),
            (json!({"level": 40, "msg": "pino warns"}), Level::Warning),
            (json!({"level": 50, "msg": "pino sees an error"}), Level::Error),
            (json!({"level": 60, "msg": "pino gives up"}), Level::Error),
            (json!({"PRIORITY": "3", "MESSAGE": "journald sees an error"}), Level::Error),
            (json!({"PRIORITY": "4", "MESSAGE": "journald warns"}), Level::Warning),
            (json!({"PRIORITY": "6", "MESSAGE": "journald informs"}), Level::Info),
            (json!({"levelname": "CRITICAL", "message": "python"}), Level::Error),
            (json!({"PRIORITY": "7", "MESSAGE": "journald helps"}), Level::Debug),
            (json!({"level": "trace", "msg": "rust"}), Level::Debug),
            (json!({"level": 20, "msg": "pino helps"}), Level::Debug),
            (json!("INFO started"), Level::Info),
            (json!({"level": 9.5, "msg": "between"}), Level::Debug),
        ];
        for (data, level) in table {
            assert_eq!(Level::of(&data), level, "{data}");
        }
    }

    #[test]
    fn a_line_keeps_what_its_text_does_not_contain_and_nothing_else() {
        let mut lines = Lines::default();
        add(&mut lines, 1, &json!("paid"));
        add(&mut lines, 2, &json!({"level": "info", "msg": "paid"}));
        add(&mut lines, 3, &json!("ä".repeat(2_000)));
        let data: Vec<bool> = lines.newest(9).map(|line| line.data.is_some()).collect();
        assert_eq!(data, [true, true, false]);
    }

    #[test]
    fn older_lines_lose_their_fields_when_there_are_too_many_and_say_so() {
        let mut lines = Lines::default();
        let long = json!({"msg": "x", "more": "y".repeat(20_000)});
        for ts_ms in 0..40 {
            add(&mut lines, ts_ms, &long);
        }
        let kept: usize = lines.newest(99).filter_map(|line| line.data.as_ref()).map(|data| data.len()).sum();
        assert!(kept <= MOST_DATA_BYTES && kept + 25_000 > MOST_DATA_BYTES, "{kept}");
        assert_eq!(lines.data_bytes, kept);
        let lost: Vec<bool> = lines.newest(99).map(|line| line.has_lost_data).collect();
        assert!(!lost[0] && lost[39]);
        for ts_ms in 40..1_000 {
            add(&mut lines, ts_ms, &json!({"msg": "short"}));
        }
        let kept: usize =
            lines.newest(999).filter_map(|line| line.data.as_ref()).map(|data| data.len()).sum();
        assert_eq!(lines.data_bytes, kept, "dropped lines no longer count");
    }

    #[test]
    fn the_lines_after_a_line_are_counted() {
        let mut lines = Lines::default();
        for ts_ms in 0..5 {
            add(&mut lines, ts_ms, &json!("x"));
        }
        let third = lines.newest(9).nth(2).cloned().unwrap();
        assert_eq!(lines.newer_than(&third), 2);
    }
}
