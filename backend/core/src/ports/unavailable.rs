//! The error of a store that does not answer.

/// The store could not answer. It is not known whether a write took place, so that the caller reports an error that may
/// be retried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Unavailable {
    /// Description of the failure for the log; never sent to clients.
    pub what: String,
}

impl Unavailable {
    /// Takes over the message of the error underneath.
    pub fn new(what: impl ToString) -> Self {
        Self { what: what.to_string() }
    }
}
