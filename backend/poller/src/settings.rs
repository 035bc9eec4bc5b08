//! The settings of a poller.

use std::time::Duration;

use clap::ValueEnum;

/// The settings of a poller, which correspond to those of an event source mapping. The defaults are those of
/// `infra/template.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Position at which reading begins, in the shards that exist at the start. Shards that appear later are read from their
    /// beginning.
    pub start: Start,
    /// Maximum number of records in a batch. AWS allows 1 to 10,000.
    pub batch_size: i32,
    /// Maximum time to wait until a batch is full, counted from its first record. AWS allows 0 to 300 s.
    pub window: Duration,
    /// Age above which a record is given up if the function fails. AWS has no limit by default.
    pub max_age: Duration,
    /// Time between two reads of a shard that has no new records. AWS: 250 ms.
    pub every: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            start: Start::TrimHorizon,
            batch_size: 500,
            window: Duration::ZERO,
            max_age: Duration::from_secs(60 * 60),
            every: Duration::from_millis(250),
        }
    }
}

/// Position in a stream at which reading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Start {
    /// Reading begins at the oldest record that the stream still contains.
    TrimHorizon,
    /// Reading begins at the first record that is written after the start.
    Latest,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../infra/template.yaml");

    #[test]
    fn a_stream_is_read_as_the_template_has_it() {
        let setting = |key: &str| {
            let line = TEMPLATE.lines().find_map(|line| line.trim().strip_prefix(key));
            line.expect("the template says it").trim().to_owned()
        };
        let Settings { start, batch_size, window, max_age, .. } = Settings::default();
        assert_eq!(setting("StartingPosition:"), "TRIM_HORIZON");
        assert_eq!(start, Start::TrimHorizon);
        assert_eq!(setting("BatchSize:"), batch_size.to_string());
        assert_eq!(setting("MaximumBatchingWindowInSeconds:"), window.as_secs().to_string());
        assert_eq!(setting("MaximumRecordAgeInSeconds:"), max_age.as_secs().to_string());
        assert_eq!(setting("BisectBatchOnFunctionError:"), "true");
        assert_eq!(setting("FunctionResponseTypes:"), "[ReportBatchItemFailures]");
    }
}
