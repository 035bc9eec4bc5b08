//! Reads Graphite's plaintext protocol: `servers.web1.load 0.52 1795344127`, a metric, its value and the time in seconds.

use crate::cell::Cell;
use crate::data::Data;
use crate::number::{self, Comma, Place};
use crate::row::{Body, Row};
use crate::time::{self, Stamp};
use crate::verdict::Read;

/// Reads a line. The values of one moment become one publication, in which each value is below the name of its metric.
pub fn read(line: &str) -> Read {
    read_metric(line).map_or(Read::Unfit, Read::from)
}

fn read_metric(line: &str) -> Option<Row> {
    let mut words = line.split_whitespace();
    let (metric, value, at) = (words.next()?, words.next()?, words.next()?);
    // Graphite's tags follow the name: `disk.used;datacenter=dc1`.
    let (name, tags) = metric.split_once(';').unwrap_or((metric, ""));
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.contains('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '%'));
    let has_tags = tags.is_empty() || tags.split(';').all(|tag| tag.contains('='));
    if words.next().is_some() || !is_name || !has_tags {
        return None;
    }
    let stamp = Some(Stamp::Utc(time::read_epoch(at)?));
    let cell = match number::read(value, Comma::Separates, Place::Alone) {
        Some(number) => Cell::Value(Data::Number(number)),
        None if number::is_missing(value) => Cell::Missing,
        None => return None,
    };
    let path = [name, tags].into_iter().filter(|part| !part.is_empty()).map(str::to_owned).collect();
    Some(Row { path, ..Row::alone(Body::Lone(cell)) }.at(stamp))
}
