//! The formats, each in a file of its own.

pub mod access;
pub mod columns;
pub mod csv;
pub mod influx;
pub mod json;
pub mod number;
pub mod pairs;
pub mod prometheus;
pub mod statsd;
pub mod syslog;

/// A way in which lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One number a line.
    Number,
    /// One JSON value a line, or one over several lines.
    Json,
    /// `key=value` pairs, logfmt included.
    Pairs,
    /// Comma, semicolon or tab separated values under a header.
    Csv,
    /// Columns under a header.
    Columns,
    /// Prometheus' text format.
    Prometheus,
    /// InfluxDB's line protocol.
    Influx,
    /// StatsD's lines.
    Statsd,
    /// Syslog, RFC 5424 and RFC 3164.
    Syslog,
    /// The common and combined logs of web servers.
    Access,
    /// Each line as it is.
    Text,
}

impl Format {
    /// Every format, in the order in which help lists them.
    pub const ALL: [Self; 11] = [
        Self::Number,
        Self::Json,
        Self::Pairs,
        Self::Csv,
        Self::Columns,
        Self::Prometheus,
        Self::Influx,
        Self::Statsd,
        Self::Syslog,
        Self::Access,
        Self::Text,
    ];

    /// The name that `--format` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Json => "json",
            Self::Pairs => "pairs",
            Self::Csv => "csv",
            Self::Columns => "columns",
            Self::Prometheus => "prometheus",
            Self::Influx => "influx",
            Self::Statsd => "statsd",
            Self::Syslog => "syslog",
            Self::Access => "access",
            Self::Text => "text",
        }
    }

    /// Other names of the same format.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Pairs => &["kv", "logfmt"],
            Self::Json => &["ndjson"],
            _ => &[],
        }
    }

    /// One line of help.
    pub fn about(self) -> &'static str {
        match self {
            Self::Number => "One number a line, with or without a unit",
            Self::Json => {
                "JSON, one value a line or over several: data, {\"data\", \"ts\"}, journalctl -o json, docker events and stats, \
                 and the logs of pino, Bunyan, zap, zerolog and structlog"
            }
            Self::Pairs => "key=value pairs and logfmt, with quotes and units",
            Self::Csv => "Comma, semicolon or tab separated, with a header",
            Self::Columns => {
                "Columns under a header: vmstat, iostat, mpstat, sar, pidstat, df, free, docker stats"
            }
            Self::Prometheus => "Prometheus' text format",
            Self::Influx => "InfluxDB's line protocol",
            Self::Statsd => "StatsD's lines, name:value|type",
            Self::Syslog => "Syslog, RFC 5424 and RFC 3164",
            Self::Access => "Access logs of web servers, common and combined",
            Self::Text => "Each line as it is",
        }
    }
}
