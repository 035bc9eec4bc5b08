//! Reads the protocol of StatsD, such as `api.requests:1|c|@0.1|#env:prod`, including the extensions of DogStatsD.

use std::collections::BTreeMap;

use crate::cell::{Cell, Style};
use crate::data::Data;
use crate::number::{self, Comma, Place};
use crate::row::{Body, Row};
use crate::unit::Unit;
use crate::verdict::Read;

/// Reads metrics in the protocol of StatsD. The last value of each gauge is stored, because a value with a sign
/// (`+3`) is added to it.
#[derive(Debug, Default)]
pub struct Statsd {
    gauges: BTreeMap<String, f64>,
}

/// Maximum number of gauges whose last value is stored.
const MOST_GAUGES: usize = 10_000;

impl Statsd {
    /// Reads a line with one metric. The name of its series is the name of the metric, followed by the tags, if there
    /// are any.
    pub fn read(&mut self, line: &str) -> Read {
        self.read_metric(line.trim()).map_or(Read::Unfit, Read::from)
    }

    fn read_metric(&mut self, line: &str) -> Option<Row> {
        let (metric, rest) = line.split_once('|')?;
        let (name, value) = metric.split_once(':')?;
        let mut parts = rest.split('|');
        let kind = parts.next()?;
        let is_name =
            !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || matches!(c, '{' | '"' | '='));
        if !is_name || !matches!(kind, "c" | "g" | "ms" | "h" | "s" | "d" | "m") || value.is_empty() {
            return None;
        }
        let mut path = vec![name.to_owned()];
        for part in parts {
            if let Some(tags) = part.strip_prefix('#') {
                path.push(tags.replace(':', "="));
            } else if !part.starts_with(['@', 'T', 'c', 'e']) {
                return None;
            }
        }
        let cell = match (kind, number::read(value, Comma::Separates, Place::Field)) {
            ("s", _) => Cell::Value(Data::Text(value.to_owned())),
            ("g", Some(number)) => self.gauge(&path.join(","), value, number),
            ("ms", Some(number)) => {
                let unit = Unit::read("ms")?;
                Cell::Quantity { number, unit, written: value.to_owned() }
            }
            (_, Some(number)) => Cell::Value(Data::Number(number)),
            // DogStatsD may write several values of one metric into a line.
            (_, None) if value.split(':').all(is_number) => {
                Cell::Value(Data::Json(format!("[{}]", value.replace(':', ","))))
            }
            (_, None) => return None,
        };
        Some(Row { path, ..Row::alone(Body::Lone(cell)) })
    }

    /// Returns the new value of a gauge. A value with a sign is added to the last value. Without a last value, it is
    /// added to zero, as in StatsD.
    fn gauge(&mut self, name: &str, written: &str, number: String) -> Cell {
        let Ok(value) = number.parse::<f64>() else { return Cell::Missing };
        let is_change = written.starts_with(['+', '-']);
        let last = self.gauges.get(name).copied().unwrap_or(0.0);
        let now = if is_change { last + value } else { value };
        if self.gauges.len() < MOST_GAUGES || self.gauges.contains_key(name) {
            self.gauges.insert(name.to_owned(), now);
        }
        let text = if is_change { format!("{now}") } else { number };
        Cell::Value(Data::Number(text))
    }
}

fn is_number(text: &str) -> bool {
    // The text is put into JSON unchanged, so it must be a number in JSON's notation.
    number::read(text, Style::default().comma, Place::Field).is_some_and(|number| number == text)
}
