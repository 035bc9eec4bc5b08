//! The formats that can be read. Each has a file of its own.

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
pub mod tools;

/// A format of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One number per line.
    Number,
    /// JSON values, each on one line or printed over several lines.
    Json,
    /// `key=value` pairs, including logfmt.
    Pairs,
    /// Values that are separated by commas, semicolons or tabs, below a header.
    Csv,
    /// Columns below a header.
    Columns,
    /// The text format in which programs give their metrics to Prometheus.
    Prometheus,
    /// The line protocol of InfluxDB.
    Influx,
    /// The protocol of StatsD.
    Statsd,
    /// Syslog, in the formats of RFC 5424 and RFC 3164.
    Syslog,
    /// The common and combined logs of web servers.
    Access,
    /// Lines that dd, pv, rsync, tqdm, fping, iperf3 and sensors print.
    Tools,
    /// Lines that are published as text, unchanged.
    Text,
}

impl Format {
    /// Every format, in the order in which help lists them.
    pub const ALL: [Self; 12] = [
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
        Self::Tools,
        Self::Text,
    ];

    /// Returns the name of the format for `--format`.
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
            Self::Tools => "tools",
            Self::Text => "text",
        }
    }

    /// Returns other names that `--format` accepts for this format.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Pairs => &["kv", "logfmt"],
            Self::Json => &["ndjson"],
            _ => &[],
        }
    }

    /// Returns a description of the format for the help text. It is one line long.
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
            Self::Tools => "Lines of dd, pv, rsync, tqdm, fping, iperf3 and sensors",
            Self::Text => "Each line as it is",
        }
    }
}
