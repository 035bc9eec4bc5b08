//! How a stream is read.

use std::time::Duration;

use clap::ValueEnum;

/// What an event source mapping is told. The defaults are those of `infra/template.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where reading begins in the shards there are; those that come later are read from their beginning.
    pub start: Start,
    /// The most records of a batch. AWS: 1 to 10,000.
    pub batch_size: i32,
    /// How long to wait for a batch to fill, from its first record. AWS: 0 to 300 s.
    pub window: Duration,
    /// Records older than this are given up when the function fails. AWS: for ever, unless told.
    pub most_age: Duration,
    /// How often a shard without news is asked. AWS: four times a second.
    pub every: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            start: Start::TrimHorizon,
            batch_size: 500,
            window: Duration::ZERO,
            most_age: Duration::from_secs(60 * 60),
            every: Duration::from_millis(250),
        }
    }
}

/// Where reading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Start {
    /// With what the stream still has.
    TrimHorizon,
    /// With what comes from now on.
    Latest,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../infra/template.yaml");

    #[test]
    fn a_stream_is_read_as_the_template_has_it() {
        let told = |key: &str| {
            let line = TEMPLATE.lines().find_map(|line| line.trim().strip_prefix(key));
            line.expect("the template says it").trim().to_owned()
        };
        let Settings { start, batch_size, window, most_age, .. } = Settings::default();
        assert_eq!(told("StartingPosition:"), "TRIM_HORIZON");
        assert_eq!(start, Start::TrimHorizon);
        assert_eq!(told("BatchSize:"), batch_size.to_string());
        assert_eq!(told("MaximumBatchingWindowInSeconds:"), window.as_secs().to_string());
        assert_eq!(told("MaximumRecordAgeInSeconds:"), most_age.as_secs().to_string());
        assert_eq!(told("BisectBatchOnFunctionError:"), "true");
        assert_eq!(told("FunctionResponseTypes:"), "[ReportBatchItemFailures]");
    }
}
