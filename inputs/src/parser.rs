//! Reads the lines of an input whose format is known.

use crate::format::{
    Format, access, columns, csv, influx, json, number, pairs, prometheus, statsd, syslog, tools,
};
use crate::options::Options;
use crate::row::Row;
use crate::verdict::Read;

/// A reader of one format, with the state that it needs from line to line.
#[derive(Debug)]
pub enum Parser {
    /// Reads [`Format::Number`].
    Number(number::Numbers),
    /// Reads [`Format::Json`].
    Json(json::Json),
    /// Reads [`Format::Pairs`].
    Pairs(pairs::Pairs),
    /// Reads [`Format::Csv`].
    Csv(Box<csv::Csv>),
    /// Reads [`Format::Columns`].
    Columns(Box<columns::Columns>),
    /// Reads [`Format::Prometheus`].
    Prometheus(prometheus::Prometheus),
    /// Reads [`Format::Influx`].
    Influx(influx::Influx),
    /// Reads [`Format::Statsd`].
    Statsd(statsd::Statsd),
    /// Reads [`Format::Syslog`].
    Syslog,
    /// Reads [`Format::Access`].
    Access,
    /// The parser of [`Format::Tools`].
    Tools(tools::Tools),
    /// The parser of [`Format::Text`].
    Text,
}

impl Parser {
    /// Creates a reader that has not read any line. `is_certain` is true if the format was given or recognised. If it is false,
    /// lines that may also be of another format are not accepted.
    pub fn new(format: Format, options: &Options, is_certain: bool) -> Self {
        let (key, time) = (options.key.clone(), options.time.clone());
        match format {
            Format::Number => Self::Number(number::Numbers),
            Format::Json => Self::Json(json::Json::new(key, time)),
            Format::Pairs => Self::Pairs(pairs::Pairs::new(key, time, is_certain)),
            Format::Csv => Self::Csv(Box::new(csv::Csv::new(key, time))),
            Format::Columns => Self::Columns(Box::new(columns::Columns::new(key, time))),
            Format::Prometheus => Self::Prometheus(prometheus::Prometheus::new(is_certain)),
            Format::Influx => Self::Influx(influx::Influx::new(is_certain)),
            Format::Statsd => Self::Statsd(statsd::Statsd::default()),
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
            Self::Csv(_) => Format::Csv,
            Self::Columns(_) => Format::Columns,
            Self::Prometheus(_) => Format::Prometheus,
            Self::Influx(_) => Format::Influx,
            Self::Statsd(_) => Format::Statsd,
            Self::Syslog => Format::Syslog,
            Self::Access => Format::Access,
            Self::Tools(_) => Format::Tools,
            Self::Text => Format::Text,
        }
    }

    /// Reads a line, which must not be blank.
    pub fn read(&mut self, line: &str) -> Read {
        match self {
            Self::Number(numbers) => numbers.read(line),
            Self::Json(json) => json.read(line),
            Self::Pairs(pairs) => pairs.read(line),
            Self::Csv(csv) => csv.read(line),
            Self::Columns(columns) => columns.read(line),
            Self::Prometheus(prometheus) => prometheus.read(line),
            Self::Influx(influx) => influx.read(line),
            Self::Statsd(statsd) => statsd.read(line),
            Self::Syslog => syslog::read(line),
            Self::Access => access::read(line),
            Self::Tools(tools) => tools.read(line),
            Self::Text => Row::text(line).into(),
        }
    }
}
