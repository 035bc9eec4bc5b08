//! Event source mappings of Lambda.

use crate::app::Destination;
use crate::place::Place;

/// A stream or a queue whose records invoke a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSourceMapping {
    /// Name in the description.
    pub logical_id: String,
    /// Name of the function.
    pub function: String,
    /// Origin of the records.
    pub source: EventSource,
    /// False if the mapping is switched off.
    pub is_enabled: bool,
    /// Largest number of records of an invocation.
    pub batch_size: u32,
    /// Time for which records are collected, in seconds.
    pub batch_window_s: u32,
    /// Number of repetitions of a failed batch of a stream. `None` means no limit.
    pub max_retries: Option<u32>,
    /// Age after which a record of a stream is discarded, in seconds. `None` means no limit.
    pub max_record_age_s: Option<u32>,
    /// True if a failed batch of a stream is divided into two.
    pub bisects: bool,
    /// Number of batches of a shard that are processed at a time.
    pub parallelization: u32,
    /// True if the function answers with the records that failed (`ReportBatchItemFailures`).
    pub reports_partial_failures: bool,
    /// First record of a stream that is read.
    pub starting_position: StartingPosition,
    /// Number of invocations that a queue may cause at a time.
    pub max_concurrency: Option<u32>,
    /// Patterns, as JSON. A record that matches none of them is left out, unless there are no patterns.
    pub filters: Vec<String>,
    /// Destination of the records of a stream that are discarded.
    pub on_failure: Option<Destination>,
    /// Place of the mapping.
    pub place: Place,
}

/// Origin of the records of an event source mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSource {
    /// The stream of a table of the app, by the table's name.
    TableStream(String),
    /// A queue of the app, by its name.
    Queue(String),
}

/// First record of a stream that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartingPosition {
    /// The oldest record.
    TrimHorizon,
    /// The first record after the mapping was created.
    Latest,
}
