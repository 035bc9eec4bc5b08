//! The limits of a host.

use std::time::Duration;

/// The limits that apply to every function of a host. The defaults are Lambda's ("Lambda quotas") where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Time a process may take to ask for its first event. Lambda: 10 s; a second attempt has the function's own
    /// time-out ("Understanding the Lambda execution environment lifecycle").
    pub init: Duration,
    /// Size of the payload of a synchronous invocation; beyond it 413. Lambda: 6 MB.
    pub request_bytes: usize,
    /// Size of the answer of a function; beyond it `Function.ResponseSizeTooLarge`. Lambda: 6 MB and 100 bytes.
    pub response_bytes: usize,
    /// Size of the payload of an asynchronous invocation; beyond it 413. Lambda: 1 MB, 256 KB until 2025.
    pub event_bytes: usize,
    /// Number of events that are accepted and not yet handled; beyond it 429. Lambda publishes no such limit.
    pub events: usize,
    /// Time after which a process without work is ended. Lambda keeps them for some minutes.
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
