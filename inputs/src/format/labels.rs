//! Reads names and values with a colon between them: `MemFree:  15793572 kB`, as in /proc/meminfo, and in the output of lscpu,
//! `ethtool -S`, upower, apcaccess and `chronyc tracking`. Several of them may stand in a line: `temp:21.5,hum:40`.

use std::collections::BTreeSet;

use crate::cell::{self, Cell, Style};
use crate::data::Data;
use crate::names::Names;
use crate::number::Commas;
use crate::row::{Body, Row};
use crate::verdict::Read;

/// Maximum number of words in a name.
const MOST_WORDS: usize = 6;
/// Maximum length of a name, in bytes.
const MOST_BYTES: usize = 64;
/// Maximum number of names that are remembered.
const MOST_NAMES: usize = 10_000;

/// Reads lines of names and values.
#[derive(Debug)]
pub struct Labels {
    /// True if the format was given or recognised. Texts are then accepted as values, too.
    is_certain: bool,
    /// Names of the fields that had a value in an earlier line.
    known: BTreeSet<String>,
    commas: Commas,
}

impl Labels {
    /// Creates a reader. If `is_certain` is false, the format is only tried, and texts are not accepted as values.
    pub fn new(is_certain: bool) -> Self {
        Self { is_certain, known: BTreeSet::new(), commas: Commas::default() }
    }

    /// Reads a line. A line with a single name is published together with the lines after it, until a name occurs again.
    pub fn read(&mut self, line: &str) -> Read {
        if let Some(fields) = self.several(line) {
            return Row::fields(fields).into();
        }
        let Some((name, text)) = split(line) else { return Read::Unfit };
        if text.is_empty() {
            // The line is the heading of a section.
            return if self.is_certain { Read::Structure } else { Read::Unfit };
        }
        let cell = self.cell(text);
        let is_text = matches!(&cell, Cell::Value(Data::Text(_)));
        // Every sentence may contain a colon, so that a text is a value only if it stands in a column, or behind a known name.
        if is_text && !is_aligned(line) && !(self.is_certain && self.known.contains(name)) {
            return Read::Unfit;
        }
        if is_text && !self.is_certain {
            // It does not count against this format, but only numbers are evidence for it.
            return Read::Structure;
        }
        if self.known.len() < MOST_NAMES {
            self.known.insert(name.to_owned());
        }
        Row { path: vec![name.to_owned()], ..Row::alone(Body::Lone(cell)) }.into()
    }

    /// Reads a line of several names and values, which are separated by commas, tabs or at least two blanks. Returns `None` if
    /// any part of the line is something else, or if one of the values is not a number.
    fn several(&mut self, line: &str) -> Option<Vec<(String, Cell)>> {
        let separators: [&[&str]; 3] = [&["\t"], &["  "], &[","]];
        let parts = separators.into_iter().find_map(|separator| {
            let parts: Vec<&str> =
                line.split(separator[0]).map(str::trim).filter(|part| !part.is_empty()).collect();
            let is_divided = parts.len() > 1 && parts.iter().all(|part| split(part).is_some());
            is_divided.then_some(parts)
        })?;
        let mut fields: Vec<(String, Cell)> = Vec::new();
        let mut names = Names::default();
        for part in parts {
            let (name, text) = split(part)?;
            let cell = self.cell(text);
            if text.is_empty() || matches!(cell, Cell::Value(Data::Text(_))) {
                return None;
            }
            fields.push((names.take(name.to_owned()), cell));
        }
        Some(fields)
    }

    fn cell(&mut self, text: &str) -> Cell {
        self.commas.observe(text.split_whitespace().next().unwrap_or_default());
        let text = self.commas.without_groups(text);
        cell::read(&text, Style { comma: self.commas.between_others(), has_letters: false })
    }
}

/// Divides a line into a name and the text after its colon. Returns `None` if the text before the colon cannot be a name.
fn split(line: &str) -> Option<(&str, &str)> {
    let (name, text) = line.split_once(':')?;
    let (name, value) = (name.trim(), text.trim());
    let is_name = name.starts_with(char::is_alphabetic)
        && name.len() <= MOST_BYTES
        && name.split_whitespace().count() <= MOST_WORDS
        && name.chars().all(|c| {
            c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | '-' | '/' | '%' | '(' | ')' | '#' | '\'')
        });
    // `name:5` is a value, `http://…`, `12:30:07` and `main.rs:5` are not.
    let is_close = !text.starts_with(char::is_whitespace) && !value.is_empty();
    let is_value = !is_close
        || (value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
            && !name.contains(['.', '/', ' '])
            && !value.contains(':'));
    (is_name && is_value).then_some((name, value))
}

/// Returns true if the value of a line stands in a column: it is indented, or there are at least two blanks at the colon.
fn is_aligned(line: &str) -> bool {
    line.starts_with([' ', '\t']) || line.contains(" :") || line.contains(":  ") || line.contains(":\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<String> {
        match Labels::new(true).read(line) {
            Read::Row(row) => match row.body {
                Body::Lone(Cell::Quantity { number, unit, .. }) => Some(format!("{number} {}", unit.written)),
                Body::Lone(Cell::Value(data)) => Some(data.to_json()),
                Body::Fields(fields) => Some(fields.len().to_string()),
                _ => None,
            },
            _ => None,
        }
    }

    #[test]
    fn numbers_and_aligned_texts_are_values() {
        for (line, value) in [
            ("MemFree:        15793572 kB", "15793572 kB"),
            ("STATUS   : ONLINE", "\"ONLINE\""),
            ("    percentage:          82%", "82 %"),
            ("total_commands_processed:102", "102"),
            ("Temp: 21.5", "21.5"),
            ("A0:512\tA1:300", "2"),
            ("temp:21.5,hum:40", "2"),
            ("Uptime: 86400  Threads: 2  Slow queries: 0", "3"),
            ("rx_bytes:  18446744073709551616", "\"18446744073709551616\""),
        ] {
            assert_eq!(read(line).as_deref(), Some(value), "{line}");
        }
    }

    #[test]
    fn sentences_addresses_and_times_are_no_values() {
        for line in [
            "Warning: low battery",
            "http://192.0.2.7:80/",
            "12:30:07",
            "main.rs:5",
            "src/main.rs:5: unused",
            "{\"a\": 1}",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
