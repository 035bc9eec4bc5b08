//! What the host allows.

use std::time::Duration;

/// The limits that are the same for every function. The defaults are Lambda's ("Lambda quotas") where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a process may take to ask for its first event. Lambda: 10 s; a second try has the function's
    /// own time-out ("Understanding the Lambda execution environment lifecycle").
    pub init: Duration,
    /// The payload of a synchronous invocation; beyond it 413. Lambda: 6 MB.
    pub request_bytes: usize,
    /// What a function may answer; beyond it `Function.ResponseSizeTooLarge`. Lambda: 6 MB and 100 bytes.
    pub response_bytes: usize,
    /// The payload of an `Event`; beyond it 413. Lambda: 1 MB, 256 KB until 2025.
    pub event_bytes: usize,
    /// Events that are accepted and not yet handled; beyond it 429. Ours.
    pub events: usize,
    /// How long a process without work is kept. Ours; Lambda keeps them for some minutes.
    pub keep_warm: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            init: Duration::from_secs(10),
            request_bytes: 6 * 1024 * 1024,
            response_bytes: 6 * 1024 * 1024 + 100,
            event_bytes: 1024 * 1024,
            events: 10_000,
            keep_warm: Duration::from_secs(10 * 60),
        }
    }
}
