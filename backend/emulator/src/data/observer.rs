//! Reports about tables, queues and mappings, for logs and for the live view.

use std::time::Duration;

use super::mapping::Condition;

/// Receives what happens to tables, queues and mappings. The methods are called from many tasks and must not block. All of them
/// but [`line`](Self::line) do nothing by default.
pub trait DataObserver: Send + Sync + 'static {
    /// Receives a line for the log. `source` is the name of a service or of a mapping.
    fn line(&self, source: &str, line: &str);

    /// Receives the report of a batch after the invocation of its function.
    fn batch(&self, batch: &BatchReport) {
        let _ = batch;
    }

    /// Receives the age of the last record of a stream that a mapping has read, and zero if there are no further records. On AWS,
    /// this is the metric `IteratorAge`.
    fn iterator_age(&self, mapping: &str, age: Duration) {
        let _ = (mapping, age);
    }

    /// Receives, about every second, the number of messages in a queue.
    fn queue_depth(&self, queue: &str, depth: QueueDepth) {
        let _ = (queue, depth);
    }

    /// Receives the number of records that a mapping discards after its last attempt.
    fn discarded(&self, mapping: &str, records: usize, condition: Condition) {
        let _ = (mapping, records, condition);
    }

    /// Receives the number of items of a table that were deleted because their time to live has passed.
    fn expired(&self, table: &str, items: usize) {
        let _ = (table, items);
    }
}

/// The result of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchReport {
    /// Name of the mapping in the description.
    pub mapping: String,
    /// Name of the function.
    pub function: String,
    /// Number of records or messages.
    pub records: usize,
    /// Number of records that were not processed.
    pub failed: usize,
    /// Duration of the invocation.
    pub duration: Duration,
}

/// The number of messages in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueDepth {
    /// Messages that can be received.
    pub visible: u64,
    /// Messages that were received and are not deleted yet.
    pub in_flight: u64,
    /// Messages whose delay has not passed yet.
    pub delayed: u64,
}
