//! Recognises the column of a table whose numbers are times since the Unix epoch.
//!
//! The name of such a column ends with a word such as `time`. It may also contain durations, as `response_time` does, so the
//! first number in it decides: if the server would not accept it as the time of a publication, the column contains no times.
//! If the server would accept it, later numbers are times, too: a 0 for `not started` is one that cannot be used, and is reported.

use std::ops::RangeInclusive;

use shared::{Millis, publication};

use crate::data::Data;
use crate::number::{self, Comma, Place};
use crate::time;

/// Words with which the name of a column with times ends. A unit may follow.
const LAST_WORDS: [&str; 8] = ["time", "timestamp", "ts", "date", "datetime", "epoch", "stamp", "tstamp"];

/// The column of a table whose numbers are times since the Unix epoch.
#[derive(Debug, Clone, Copy, Default)]
pub enum Epochs {
    /// There was no number yet in a column that may contain times.
    #[default]
    Undecided,
    /// The column with this index contains times.
    Column(usize),
    /// No column contains times, except one whose name is that of a time.
    Absent,
}

impl Epochs {
    /// Finds the time in the fields of a row. Each field is given with an index, the name of its column and its text. Returns
    /// the index of the field and the time in milliseconds since the Unix epoch. The server accepts the first time of a column, but
    /// perhaps not a later one.
    pub fn read(&mut self, fields: &[(usize, &str, &str)], now: Millis) -> Option<(usize, Millis)> {
        let mut named = fields.iter().filter(|(_, name, _)| time::is_time_name(name));
        if let Some(found) = named.find_map(|(at, _, text)| Some((*at, time::read_epoch(text)?))) {
            self.rule_out();
            return Some(found);
        }
        match *self {
            Self::Undecided => self.decide(fields, now),
            Self::Column(known) => {
                let (at, name, text) = fields.iter().find(|(at, _, _)| *at == known)?;
                Some((*at, read_number(name, text)?))
            }
            Self::Absent => None,
        }
    }

    /// Decides by the first number whether a column contains times, and reads the time in this row.
    fn decide(&mut self, fields: &[(usize, &str, &str)], now: Millis) -> Option<(usize, Millis)> {
        let likely: Vec<_> = fields.iter().filter(|(_, name, _)| is_likely(name)).collect();
        let found = likely.iter().find_map(|(at, name, text)| Some((*at, read_near(name, text, now)?)));
        let are_missing = likely.iter().all(|(_, _, text)| *text == "-" || number::is_missing(text));
        match found {
            Some((at, _)) => *self = Self::Column(at),
            None if likely.is_empty() || !are_missing => self.rule_out(),
            None => {}
        }
        found
    }

    /// Stores that another column contains the time, or that the numbers are none.
    pub fn rule_out(&mut self) {
        *self = Self::Absent;
    }
}

/// Returns the field of a time as data, which is published if the time is not used. A number stays a number.
pub fn kept(text: &str) -> Data {
    let number = number::read(text, Comma::Separates, Place::Field);
    number.map_or_else(|| Data::Text(text.to_owned()), Data::Number)
}

/// Returns true if a column with this name may contain times.
fn is_likely(name: &str) -> bool {
    let words = words(name);
    let is_last = |word: &String| LAST_WORDS.contains(&word.as_str());
    match words.as_slice() {
        [.., word, unit] if digits(unit).is_some() => is_last(word),
        [.., word] => is_last(word),
        [] => false,
    }
}

/// Reads a number in the column `name` if the server would accept it as a time.
fn read_near(name: &str, text: &str, now: Millis) -> Option<Millis> {
    read_in_unit(name, text).filter(|ms| publication::check_ts(Some(*ms), now).is_ok())
}

/// Reads any number in the column `name`, which contains times. A number that is too small for a time, or does not have the unit in
/// the name, is read as 0, which the server does not accept.
fn read_number(name: &str, text: &str) -> Option<Millis> {
    let is_number = || number::read(text, Comma::Separates, Place::Field).is_some();
    read_in_unit(name, text).or_else(|| is_number().then_some(0))
}

/// Reads a number since the Unix epoch in the column `name`. If the name has a unit, the number must have as many digits as the present
/// time has in this unit.
fn read_in_unit(name: &str, text: &str) -> Option<Millis> {
    let ms = time::read_epoch(text)?;
    let whole = text.split('.').next().unwrap_or(text).len();
    let digits = words(name).last().and_then(|unit| digits(unit));
    digits.is_none_or(|digits| digits.contains(&whole)).then_some(ms)
}

/// Returns the numbers of digits that a time since the Unix epoch has in a unit; `None` if `unit` is none.
fn digits(unit: &str) -> Option<RangeInclusive<usize>> {
    Some(match unit {
        "s" | "sec" | "secs" | "seconds" => 9..=11,
        "ms" | "msec" | "millis" | "milliseconds" => 12..=14,
        "us" | "usec" | "micros" | "microseconds" => 15..=17,
        "ns" | "nsec" | "nano" | "nanos" | "nanoseconds" => 18..=20,
        _ => return None,
    })
}

/// Returns the words of a name in lower case: `event`, `time` and `ms` for `event_time_ms` and for `eventTimeMs`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_after_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && is_after_lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        is_after_lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_a_name_says_whether_a_column_may_contain_times() {
        for name in [
            "start_time",
            "frame.time_epoch",
            "eventTime",
            "eventTimeMs",
            "event_timestamp_ms",
            "Start Date",
            "response_time",
            "unix_ts",
        ] {
            assert!(is_likely(name), "{name}");
        }
        for name in [
            "tup_updated",
            "uptime",
            "update",
            "time_spent",
            "timeouts",
            "runtime",
            "estimated",
            "ms",
            "",
            "_",
        ] {
            assert!(!is_likely(name), "{name}");
        }
    }

    #[test]
    fn the_first_number_decides_whether_a_column_contains_times() {
        let read = |epochs: &mut Epochs, text: &str| {
            epochs.read(&[(0, "n", "1795344127"), (1, "start_time", text)], 1_795_344_150_000)
        };
        let found = Some((1, 1_795_344_127_000));
        for (texts, expected) in [
            (["-", "", "1795344127"], [None, None, found]),
            (["1795344127", "N/A", "1795344127"], [found, None, found]),
            (["1200000000", "1795344127", "1795344127"], [None; 3]),
            (["0", "1795344127", "1795344127"], [None; 3]),
            (["1795344127", "1200000000", "1795344127"], [found, Some((1, 1_200_000_000_000)), found]),
            (["1795344127", "0", "1795344127"], [found, Some((1, 0)), found]),
            (["1795344127", "-1", "1795344127"], [found, Some((1, 0)), found]),
            (["1795344127", "never", "1795344127"], [found, None, found]),
        ] {
            let mut epochs = Epochs::default();
            assert_eq!(texts.map(|text| read(&mut epochs, text)), expected, "{texts:?}");
        }
    }

    #[test]
    fn a_unit_in_the_name_must_agree_with_the_number() {
        let now = 1_795_344_150_000;
        for (name, text, is_time) in [
            ("event_time", "1795344127", true),
            ("event_time", "1200000000", false),
            ("event_time_s", "1795344127.5", true),
            ("event_time_ns", "1795344127", false),
            ("event_time_ns", "1795344127000000000", true),
            ("eventTimeMs", "1795344127000", true),
            ("event_time_ms", "1795344127", false),
            ("event_time", "12", false),
        ] {
            assert_eq!(read_near(name, text, now).is_some(), is_time, "{name} {text}");
        }
    }
}
