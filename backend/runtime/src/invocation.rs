//! An invocation of a function: its payload, ids and deadline.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

/// The event that a function is invoked with, and the ids of the invocation.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    /// The request id, a UUID (header `Lambda-Runtime-Aws-Request-Id`).
    pub id: String,
    /// The event as JSON.
    pub payload: Bytes,
    /// The trace id (header `Lambda-Runtime-Trace-Id`).
    pub trace_id: String,
    /// The client context as JSON, if the caller sent one (header `Lambda-Runtime-Client-Context`). It is data that the
    /// function gets in addition to the event.
    pub client_context: Option<String>,
}

/// The answer to a process that requests its next event with `GET …/invocation/next`.
#[derive(Clone, Debug)]
pub(crate) struct NextInvocation {
    pub invocation: Invocation,
    /// Time at which the invocation times out, in milliseconds since the Unix epoch (header
    /// `Lambda-Runtime-Deadline-Ms`).
    pub deadline_ms: u64,
    /// The function's ARN (header `Lambda-Runtime-Invoked-Function-Arn`).
    pub arn: String,
}

impl Invocation {
    /// Creates an invocation with new ids.
    pub fn new(payload: Bytes) -> Self {
        let (root, parent) = (rand::random::<u128>() >> 32, rand::random::<u64>());
        let trace_id = format!("Root=1-{:08x}-{root:024x};Parent={parent:016x};Sampled=0", now_ms() / 1000);
        Self { id: random_uuid(), payload, trace_id, client_context: None }
    }
}

/// Returns the deadline that is `after` from now, in milliseconds since the Unix epoch.
pub(crate) fn deadline_ms(after: Duration) -> u64 {
    now_ms() + after.as_millis() as u64
}

/// Returns the current time in milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// Returns a new random request id.
pub(crate) fn random_uuid() -> String {
    uuid(rand::random())
}

/// Formats random bits as a UUID of version 4 (RFC 9562, section 5.4).
fn uuid(random: u128) -> String {
    let bits =
        (random & !(0xf000_u128 << 64) & !(0xc000_u128 << 48)) | (0x4000_u128 << 64) | (0x8000_u128 << 48);
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_uuid_of_version_4() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
