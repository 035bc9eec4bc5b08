//! Recognises the header of a table and the rows below it.

use super::fields::{separator, split};
use crate::cell::{self, Style};
use crate::event;
use crate::number::{self, Comma, Place};
use crate::time;

/// Texts that rows contain in place of a number that could not be measured. They are in lower case, and consist of letters only.
/// Words that are also usual names of columns, such as `failed` and `timeout`, are not among them.
const STATES: [&str; 38] = [
    "broken",
    "calibrating",
    "defective",
    "disconnected",
    "failure",
    "fault",
    "faulty",
    "inactive",
    "initializing",
    "invalid",
    "nodata",
    "noresponse",
    "nosignal",
    "notavailable",
    "notconnected",
    "notfound",
    "notmeasured",
    "notready",
    "novalue",
    "offline",
    "opencircuit",
    "outofrange",
    "overflow",
    "overload",
    "overrange",
    "saturated",
    "shortcircuit",
    "stale",
    "suspect",
    "timedout",
    "unavailable",
    "undefined",
    "underflow",
    "underrange",
    "uninitialized",
    "unknown",
    "unreachable",
    "warmingup",
];

/// Returns true if a line consists of at least `at_least` names with separators between them. A name is not empty,
/// and is neither a number, a time nor a sentence.
pub fn looks_like_a_header(line: &str, at_least: usize) -> bool {
    let Ok(mut names) = split(line, separator(line)) else { return false };
    if names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    let style = Style { has_letters: true, ..Style::default() };
    let is_name = |name: &String| {
        let is_number =
            cell::is_numeric(name, style) || number::read_thousands(name).is_some() || is_measure(name);
        let first = name.split_whitespace().next().unwrap_or_default();
        !name.is_empty()
            && !is_number
            && !is_time(name)
            && !is_time(first)
            && !name.ends_with([':', '.', '!', '?'])
            && !name.contains(['{', '}', '='])
            // A name is not divided into columns itself.
            && !name.contains("  ")
            && name.split_whitespace().count() <= 4
    };
    names.len() >= at_least && names.iter().all(is_name)
}

/// Returns true if a text is a number with other words behind it, such as `43 degrees C`, or a number with separated thousands.
fn is_measure(text: &str) -> bool {
    let (number, words) = text.split_once(' ').unwrap_or((text, ""));
    number::read_grouped(number).is_some()
        || (!words.is_empty() && number::read(number, Comma::Decimal, Place::Field).is_some())
}

fn is_time(text: &str) -> bool {
    time::read_in_order(text, None).is_some()
        || time::read_day(text, None).is_some()
        || time::read_time_of_day(text).is_some()
}

/// Returns true if a field contains a number, a time, `true`, `false` or a word for a missing value, and no other text.
pub fn is_value(field: &str) -> bool {
    cell::is_numeric(field, Style::default())
        || number::read_grouped(field).is_some()
        || number::read_thousands(field).is_some()
        || is_time(field)
}

/// Returns true if a field, or its last word, is a state or the level of an error, such as `offline`, `over range` or `ERR1`. It is
/// then hardly the name of a column.
pub fn is_state(field: &str) -> bool {
    let is_one = |text: &str| {
        let letters: String =
            text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
        STATES.contains(&letters.as_str()) || event::known_level(&letters).is_some()
    };
    is_one(field) || field.split_whitespace().next_back().is_some_and(is_one)
}

/// Returns true if both lines have the same number of fields.
pub fn has_same_fields(line: &str, other: &str) -> bool {
    let separator = separator(other);
    let count = |line| split(line, separator).map(|fields| fields.len());
    count(line) == count(other)
}

/// Returns true if each of `rows` can be a line below the header line `header`, and if one of them contains a number,
/// a time, `true` or `false`. Without such a value, the lines are rather text with commas in it.
pub fn fits(header: &str, rows: &[&str]) -> bool {
    if !looks_like_a_header(header, 2) {
        return false;
    }
    let separator = separator(header);
    let Ok(names) = split(header, separator) else { return false };
    let rows: Option<Vec<Vec<String>>> =
        rows.iter().filter(|row| row.trim() != header.trim()).map(|row| split(row, separator).ok()).collect();
    let Some(rows) = rows else { return false };
    let is_row = |row: &Vec<String>| {
        let has_extra = row.len() == names.len() + 1 && row.last().is_some_and(String::is_empty);
        has_extra || row.len() == names.len()
    };
    rows.iter().all(is_row) && rows.iter().flatten().any(|field| !field.is_empty() && is_value(field))
}
