//! The limits of a host of functions.

use std::time::Duration;

/// The limits that apply to every function of a host. The defaults are those of Lambda ("Lambda quotas"), where Lambda
/// has such a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum time from the start of a process to its first request for an event. Lambda: 10 s. If the process fails
    /// or takes longer, a second one is started, whose limit is the function's own time-out ("Understanding the Lambda
    /// execution environment lifecycle"), and more if this limit is more than that of Lambda.
    pub init: Duration,
    /// Maximum size of the payload of a synchronous invocation, in bytes. A larger one is answered with 413. Lambda: 6
    /// MB.
    pub request_bytes: usize,
    /// Maximum size of a function's answer, in bytes. A larger one is the error `Function.ResponseSizeTooLarge`.
    /// Lambda: 6 MB and 100 bytes.
    pub response_bytes: usize,
    /// Maximum size of the payload of an asynchronous invocation, in bytes. A larger one is answered with 413. Lambda:
    /// 1 MB, and 256 KB until 2025.
    pub event_bytes: usize,
    /// Maximum number of asynchronous events that are queued or being handled. Further ones are answered with 429.
    /// Lambda publishes no such limit.
    pub events: usize,
    /// Maximum number of processes of all functions together. If it is reached, an idle process of another function is
    /// ended. If there is none, the invocation waits until a process is free, instead of being throttled. Lambda has no
    /// such limit; the memory of a machine does.
    pub processes: usize,
    /// Maximum number of processes that are in their init phase at a time. If it is reached, an invocation waits until a process
    /// is idle or another one may start. Lambda has no such limit; the processors of a machine do, since processes that start at
    /// the same time would all exceed the time of the init phase.
    pub starts: usize,
    /// Longest time for which an invocation waits for a busy process of its function before another process is started. It waits as
    /// long as the last process took to start, and not at all if the busy processes are expected to take longer than that. So a
    /// crowd of short invocations has few processes and is faster. Lambda has no such limit. The default is 0: each invocation in
    /// flight has a process at once.
    pub patience: Duration,
    /// Time after which an idle process is ended. Lambda keeps idle processes for some minutes.
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
            processes: 64,
            starts: 16,
            patience: Duration::ZERO,
            keep_warm: Duration::from_secs(10 * 60),
        }
    }
}
