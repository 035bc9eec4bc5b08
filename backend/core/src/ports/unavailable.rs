//! The error of a store that does not answer.

/// The store could not answer. A write may or may not have taken place, so the caller reports a retryable error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Unavailable {
    /// Description of the failure for the log; never sent to clients.
    pub what: String,
}

impl Unavailable {
    /// Creates the error with the message of the error that caused it.
    pub fn new(what: impl ToString) -> Self {
        Self { what: what.to_string() }
    }
}
