//! Reads the text format of Prometheus, and OpenMetrics: `shop_requests_total{code="200"} 10274 1795344127101`.

use crate::cell::Cell;
use crate::data::Data;
use crate::number::{self, Comma, Place};
use crate::row::{Body, Row};
use crate::time::{self, Stamp};
use crate::verdict::Read;

/// Reads samples in the text format of Prometheus. The samples of one scrape become one publication: an object that
/// contains each value under the name of its metric and its labels.
#[derive(Debug)]
pub struct Prometheus {
    /// True after a comment such as `# HELP` or a sample with labels was read, so that the format is certain. Before
    /// that, a line such as `load 14` could have any format.
    is_certain: bool,
}

impl Prometheus {
    /// Creates a reader for one input. If `is_certain` is false, samples are accepted only after a comment such as
    /// `# HELP` or a sample with labels, because lines of other formats look similar.
    pub fn new(is_certain: bool) -> Self {
        Self { is_certain }
    }

    /// Reads a line, which contains one sample or a comment.
    pub fn read(&mut self, line: &str) -> Read {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            let word = comment.split_whitespace().next().unwrap_or_default();
            let is_known = matches!(word, "HELP" | "TYPE" | "UNIT" | "EOF");
            self.is_certain |= is_known;
            return if is_known || self.is_certain { Read::Structure } else { Read::Unfit };
        }
        let Some((row, has_labels)) = read_sample(line) else { return Read::Unfit };
        self.is_certain |= has_labels;
        if self.is_certain { row.into() } else { Read::Unfit }
    }
}

fn read_sample(line: &str) -> Option<(Row, bool)> {
    let end =
        line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => read_labels(rest)?,
        None => (Vec::new(), rest),
    };
    let has_labels = !labels.is_empty();
    if !rest.starts_with([' ', '\t']) {
        return None;
    }
    // OpenMetrics appends an exemplar, which begins with a hash.
    let rest = rest.split_once(" # ").map_or(rest, |(sample, _)| sample);
    let mut words = rest.split_whitespace();
    let (value, at) = (words.next()?, words.next());
    if words.next().is_some() {
        return None;
    }
    let cell = match number::read(value, Comma::Separates, Place::Alone).or_else(|| long_number(value)) {
        Some(number) => Cell::Value(Data::Number(number)),
        None if number::is_missing(value) => Cell::Missing,
        None => return None,
    };
    let stamp = match at {
        Some(at) => Some(Stamp::Utc(time::read_epoch(at)?)),
        None => None,
    };
    let mut path = vec![name.to_owned()];
    if has_labels {
        path.push(labels.join(","));
    }
    Some((Row { path, ..Row::alone(Body::Lone(cell)) }.at(stamp), has_labels))
}

/// Reads a number that is text in other formats, such as `1234e8` or an integer of more than 64 bits. In the format
/// of Prometheus, every value is a floating-point number.
fn long_number(text: &str) -> Option<String> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    let is_json = is_number && serde_json::from_str::<f64>(text).is_ok_and(f64::is_finite);
    is_json.then(|| text.to_owned())
}

/// Reads the labels of a sample in the form `name="value",…}`. Returns the labels and the rest of the line after
/// them.
fn read_labels(text: &str) -> Option<(Vec<String>, &str)> {
    let mut labels = Vec::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((labels, rest));
        }
        let (name, after) = rest.split_once('=')?;
        let mut value = String::new();
        let mut chars = after.trim_start().strip_prefix('"')?.char_indices();
        let quoted = after.trim_start().strip_prefix('"')?;
        let end = loop {
            match chars.next()? {
                (at, '"') => break at + 1,
                (_, '\\') => value.push(match chars.next()?.1 {
                    'n' => '\n',
                    other => other,
                }),
                (_, c) => value.push(c),
            }
        };
        labels.push(format!("{}={value}", name.trim()));
        rest = quoted[end..].trim_start().trim_start_matches(',').trim_start();
    }
}
