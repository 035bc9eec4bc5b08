//! Reads the lines of an input whose format is known.

use shared::Millis;

use crate::format::{
    Format, access, columns, csv, graphite, influx, json, labels, number, pairs, prometheus, statsd, syslog,
    tools,
};
use crate::options::Options;
use crate::row::Row;
use crate::verdict::Read;

/// A reader for one format, with the state that it keeps from line to line.
#[derive(Debug)]
pub enum Parser {
    /// Reads lines of [`Format::Number`].
    Number(number::Numbers),
    /// Reads lines of [`Format::Json`].
    Json(json::Json),
    /// Reads lines of [`Format::Pairs`].
    Pairs(pairs::Pairs),
    /// Reads [`Format::Labels`].
    Labels(labels::Labels),
    /// Reads lines of [`Format::Csv`].
    Csv(Box<csv::Csv>),
    /// Reads lines of [`Format::Columns`].
    Columns(Box<columns::Columns>),
    /// Reads lines of [`Format::Prometheus`].
    Prometheus(prometheus::Prometheus),
    /// Reads lines of [`Format::Influx`].
    Influx(influx::Influx),
    /// Reads lines of [`Format::Statsd`].
    Statsd(statsd::Statsd),
    /// Reads [`Format::Graphite`].
    Graphite,
    /// Reads lines of [`Format::Syslog`].
    Syslog,
    /// Reads lines of [`Format::Access`].
    Access,
    /// Reads lines of [`Format::Tools`].
    Tools(tools::Tools),
    /// Reads lines of [`Format::Text`].
    Text,
}

impl Parser {
    /// Creates a reader for one input. `is_certain` is true if the user gave the format or if it has been recognised.
    /// If it is false, lines that may also have another format are not accepted.
    pub fn new(format: Format, options: &Options, is_certain: bool) -> Self {
        let (key, time) = (options.key.clone(), options.time.clone());
        match format {
            Format::Number => Self::Number(number::Numbers::default()),
            Format::Json => Self::Json(json::Json::new(key, time)),
            Format::Pairs => Self::Pairs(pairs::Pairs::new(key, time, is_certain)),
            Format::Labels => Self::Labels(labels::Labels::new(is_certain)),
            Format::Csv => Self::Csv(Box::new(csv::Csv::new(key, time))),
            Format::Columns => Self::Columns(Box::new(columns::Columns::new(key, time))),
            Format::Prometheus => Self::Prometheus(prometheus::Prometheus::new(is_certain)),
            Format::Influx => Self::Influx(influx::Influx::new(is_certain)),
            Format::Statsd => Self::Statsd(statsd::Statsd::default()),
            Format::Graphite => Self::Graphite,
            Format::Syslog => Self::Syslog,
            Format::Access => Self::Access,
            Format::Tools => Self::Tools(tools::Tools::default()),
            Format::Text => Self::Text,
        }
    }

    /// Returns the format that this parser reads.
    pub fn format(&self) -> Format {
        match self {
            Self::Number(_) => Format::Number,
            Self::Json(_) => Format::Json,
            Self::Pairs(_) => Format::Pairs,
            Self::Labels(_) => Format::Labels,
            Self::Csv(_) => Format::Csv,
            Self::Columns(_) => Format::Columns,
            Self::Prometheus(_) => Format::Prometheus,
            Self::Influx(_) => Format::Influx,
            Self::Statsd(_) => Format::Statsd,
            Self::Graphite => Format::Graphite,
            Self::Syslog => Format::Syslog,
            Self::Access => Format::Access,
            Self::Tools(_) => Format::Tools,
            Self::Text => Format::Text,
        }
    }

    /// Reads a line and returns its values or another result. The line must not be blank. `now` is the time of reading, in
    /// milliseconds since the Unix epoch.
    pub fn read(&mut self, line: &str, now: Millis) -> Read {
        match self {
            Self::Number(numbers) => numbers.read(line),
            Self::Json(json) => json.read(line),
            Self::Pairs(pairs) => pairs.read(line),
            Self::Labels(labels) => labels.read(line),
            Self::Csv(csv) => csv.read(line, now),
            Self::Columns(columns) => columns.read(line, now),
            Self::Prometheus(prometheus) => prometheus.read(line),
            Self::Influx(influx) => influx.read(line),
            Self::Statsd(statsd) => statsd.read(line),
            Self::Graphite => graphite::read(line),
            Self::Syslog => syslog::read(line),
            Self::Access => access::read(line),
            Self::Tools(tools) => tools.read(line),
            Self::Text => Row::text(line).into(),
        }
    }
}
