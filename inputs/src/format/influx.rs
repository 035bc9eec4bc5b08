//! Reads the line protocol of InfluxDB: `cpu,host=web1 usage_idle=98.2,procs=211i 1795344127101388154`.

use crate::cell::Cell;
use crate::data::Data;
use crate::number::{self, Comma, Place};
use crate::row::Row;
use crate::time::{self, Stamp};
use crate::verdict::Read;

/// Reads points in the line protocol of InfluxDB. Points of the same time become one publication: an object that
/// contains the fields of each point under the name of its measurement and its tags.
#[derive(Debug)]
pub struct Influx {
    /// True after a line with tags, a time or a type suffix was read, so that the format is certain. Before that,
    /// `reading in=21.5` could also be a word and a `key=value` pair.
    is_certain: bool,
}

impl Influx {
    /// Creates a reader for one input. If `is_certain` is false, points are accepted only after one with tags, a time
    /// or a type suffix, because lines of other formats look similar.
    pub fn new(is_certain: bool) -> Self {
        Self { is_certain }
    }

    /// Reads a line, which contains one point or a comment.
    pub fn read(&mut self, line: &str) -> Read {
        // `telegraf --test` prints `> ` before each point.
        let line = line.strip_prefix("> ").unwrap_or(line).trim();
        if line.starts_with('#') {
            return if self.is_certain { Read::Structure } else { Read::Unfit };
        }
        let Some((row, is_clear)) = read_point(line) else { return Read::Unfit };
        self.is_certain |= is_clear;
        if self.is_certain { row.into() } else { Read::Unfit }
    }
}

fn read_point(line: &str) -> Option<(Row, bool)> {
    let parts = split(line, ' ');
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let (series, fields, at) = match parts.as_slice() {
        [series, fields] => (series, fields, None),
        [series, fields, at] => (series, fields, Some(at)),
        _ => return None,
    };
    let mut series = split(series, ',').into_iter();
    let measurement = series.next().filter(|name| !name.is_empty() && !name.contains(['=', '"', '{']))?;
    let tags: Vec<&str> = series.collect();
    if tags
        .iter()
        .any(|tag| tag.split_once('=').is_none_or(|(name, value)| name.is_empty() || value.is_empty()))
    {
        return None;
    }
    let mut has_suffix = false;
    let mut cells = Vec::new();
    for field in split(fields, ',') {
        let (name, value) = field.split_once('=')?;
        has_suffix |= value.ends_with(['i', 'u']);
        let name = unescape(name);
        if name.is_empty() || cells.iter().any(|(known, _)| *known == name) {
            return None;
        }
        cells.push((name, read_value(value)?));
    }
    let stamp = match at {
        Some(at) => Some(Stamp::Utc(time::read_epoch(at)?)),
        None => None,
    };
    let mut path = vec![unescape(measurement)];
    if !tags.is_empty() {
        path.push(unescape(&tags.join(",")));
    }
    let is_clear = stamp.is_some() || !tags.is_empty() || has_suffix;
    Some((Row { path, ..Row::fields(cells) }.at(stamp), is_clear))
}

fn read_value(text: &str) -> Option<Cell> {
    if let Some(quoted) = text.strip_prefix('"') {
        let content = quoted.strip_suffix('"')?;
        return Some(Cell::Value(Data::Text(content.replace("\\\"", "\"").replace("\\\\", "\\"))));
    }
    match text {
        "t" | "T" | "true" | "True" | "TRUE" => return Some(Cell::Value(Data::Bool(true))),
        "f" | "F" | "false" | "False" | "FALSE" => return Some(Cell::Value(Data::Bool(false))),
        _ => {}
    }
    if number::is_missing(text) && !text.is_empty() {
        return Some(Cell::Missing);
    }
    let whole = text.strip_suffix(['i', 'u']);
    let number = number::read(whole.unwrap_or(text), Comma::Separates, Place::Alone)?;
    let is_whole = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (whole.is_none() || is_whole).then_some(Cell::Value(Data::Number(number)))
}

/// Divides a text at a separator. Separators after a backslash or between quotes do not count.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut is_escaped, mut is_quoted) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            c if c == separator && !is_quoted => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn unescape(text: &str) -> String {
    ["\\,", "\\ ", "\\="].iter().fold(text.to_owned(), |text, escape| text.replace(escape, &escape[1..]))
}
