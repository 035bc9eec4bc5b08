//! The formats of input that can be read. Each has a file of its own.

pub mod access;
pub mod columns;
pub mod csv;
mod epochs;
pub mod graphite;
pub mod influx;
pub mod json;
mod keys;
pub mod labels;
pub mod number;
pub mod pairs;
pub mod prometheus;
pub mod statsd;
pub mod syslog;
pub mod tools;

/// A format of input, which determines how its lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One number per line.
    Number,
    /// JSON values, each on one line or printed over several lines.
    Json,
    /// `key=value` pairs, including logfmt.
    Pairs,
    /// Names and values with a colon between them.
    Labels,
    /// Values that are separated by commas, semicolons or tabs, with a header above them.
    Csv,
    /// Columns that are separated by blanks, with a header above them, as system tools print them.
    Columns,
    /// The text format in which programs offer their metrics to Prometheus.
    Prometheus,
    /// The line protocol of InfluxDB.
    Influx,
    /// The protocol of StatsD.
    Statsd,
    /// The plaintext protocol of Graphite.
    Graphite,
    /// Syslog, in the formats of RFC 5424 and RFC 3164.
    Syslog,
    /// The common and combined logs of web servers.
    Access,
    /// Lines in formats of their own that dd, pv, rsync, tqdm, fping, iperf3 and sensors print.
    Tools,
    /// Any text. Each line is published as it is.
    Text,
}

impl Format {
    /// Every format, in the order in which the help text lists them.
    pub const ALL: [Self; 14] = [
        Self::Number,
        Self::Json,
        Self::Pairs,
        Self::Labels,
        Self::Csv,
        Self::Columns,
        Self::Prometheus,
        Self::Influx,
        Self::Statsd,
        Self::Graphite,
        Self::Syslog,
        Self::Access,
        Self::Tools,
        Self::Text,
    ];

    /// Returns the name by which the user selects the format with `--format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Json => "json",
            Self::Pairs => "pairs",
            Self::Labels => "labels",
            Self::Csv => "csv",
            Self::Columns => "columns",
            Self::Prometheus => "prometheus",
            Self::Influx => "influx",
            Self::Statsd => "statsd",
            Self::Graphite => "graphite",
            Self::Syslog => "syslog",
            Self::Access => "access",
            Self::Tools => "tools",
            Self::Text => "text",
        }
    }

    /// Returns further names that the option `--format` accepts for this format.
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
            Self::Number => "One number on each line, with or without a unit",
            Self::Json => {
                "JSON values, on one line or over several: plain data, or {\"data\": …, \"ts\": …}. Also JSON output of \
                 `journalctl -o json`, `docker events` and `docker stats`, and JSON logs of pino, Bunyan, zap, zerolog and \
                 structlog"
            }
            Self::Pairs => {
                "key=value pairs on each line, as in logfmt; values may be in quotes and have units"
            }
            Self::Labels => {
                "Lines of the form `name: value`, as in /proc/meminfo and in the output of lscpu, `ethtool -S`, upower, \
                 apcaccess and `chronyc tracking`"
            }
            Self::Csv => "A header, and values separated by commas, semicolons or tabs",
            Self::Columns => {
                "Columns under a header, as printed by vmstat, iostat, mpstat, sar, pidstat, df, free and `docker stats`"
            }
            Self::Prometheus => "The text format of Prometheus metrics",
            Self::Influx => "The line protocol of InfluxDB",
            Self::Statsd => "StatsD lines, such as name:value|type",
            Self::Graphite => "The plaintext protocol of Graphite, such as `metric value time`",
            Self::Syslog => "Syslog lines in the formats of RFC 5424 and RFC 3164",
            Self::Access => "Access logs of web servers, in the common or combined format",
            Self::Tools => "Lines that dd, pv, rsync, tqdm, fping, iperf3 and sensors print",
            Self::Text => "Each line is published as text, unchanged",
        }
    }
}
