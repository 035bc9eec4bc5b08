//! Reads the protocol of StatsD, such as `api.requests:1|c|@0.1|#env:prod`, including the extensions of DogStatsD.

use std::collections::BTreeMap;

use crate::cell::Cell;
use crate::data::Data;
use crate::number::{self, Comma, Place};
use crate::row::{Body, Row};
use crate::time::{self, Stamp};
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
        let (mut rate, mut stamp) = (None, None);
        for part in parts {
            if let Some(tags) = part.strip_prefix('#') {
                path.extend(Some(tags.replace(':', "=")).filter(|tags| !tags.is_empty()));
            } else if let Some(text) = part.strip_prefix('@') {
                rate = Some(text.parse::<f64>().ok().filter(|rate| *rate > 0.0 && *rate <= 1.0)?);
            } else if let Some(at) = part.strip_prefix('T') {
                stamp = Some(Stamp::Utc(time::read_epoch(at)?));
            } else if !part.starts_with(['c', 'e']) {
                return None;
            }
        }
        let cell = match (kind, number::read(value, Comma::Separates, Place::Alone)) {
            ("s", _) => Cell::Value(Data::Text(value.to_owned())),
            ("g", Some(number)) => self.gauge(&path.join(","), value, number)?,
            ("ms", Some(number)) => {
                let unit = Unit::read("ms")?;
                Cell::Quantity { number, unit, written: value.to_owned() }
            }
            ("c", Some(number)) => Cell::Value(Data::Number(counted(number, rate)?)),
            (_, Some(number)) => Cell::Value(Data::Number(number)),
            // DogStatsD may write several values of one metric into a line. Those of a counter are added up.
            ("c", None) if value.split(':').all(is_number) => {
                let sum = value.split(':').map(|value| value.parse::<f64>().ok()).sum::<Option<f64>>()?;
                Cell::Value(Data::Number(counted(number::computed(sum)?, rate)?))
            }
            (_, None) if value.split(':').all(is_number) => {
                Cell::Value(Data::Json(format!("[{}]", value.replace(':', ","))))
            }
            (_, None) => return None,
        };
        Some(Row { path, ..Row::alone(Body::Lone(cell)) }.at(stamp))
    }

    /// Returns the new value of a gauge. A value with a sign is added to the last value. Without a last value, it is
    /// added to zero, as in StatsD. Returns `None`, and keeps the last value, if the new one is not finite.
    fn gauge(&mut self, name: &str, written: &str, number: String) -> Option<Cell> {
        let value = number.parse::<f64>().ok()?;
        let is_change = written.starts_with(['+', '-']);
        let last = self.gauges.get(name).copied().unwrap_or(0.0);
        let now = if is_change { last + value } else { value };
        let computed = number::computed(now)?;
        if self.gauges.len() < MOST_GAUGES || self.gauges.contains_key(name) {
            self.gauges.insert(name.to_owned(), now);
        }
        Some(Cell::Value(Data::Number(if is_change { computed } else { number })))
    }
}

/// Returns the count that a sampled counter stands for: 10 for the value 1 with the rate 0.1, as in StatsD. Returns `None`
/// if it is not finite. The other kinds of metrics have the same value whatever their rate is.
fn counted(number: String, rate: Option<f64>) -> Option<String> {
    let Some(rate) = rate.filter(|rate| *rate < 1.0) else { return Some(number) };
    number::computed(number.parse::<f64>().ok()? / rate)
}

fn is_number(text: &str) -> bool {
    // The text is put into JSON unchanged, so it must be a number in JSON's notation.
    number::read(text, Comma::Separates, Place::Alone).is_some_and(|number| number == text)
}
