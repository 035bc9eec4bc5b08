//! The error that a store returns if it cannot be reached.

/// The error that a store could not be reached or did not work. A write may or may not have taken place, so the client
/// is told to try again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the store is not available: {what}")]
pub struct Unavailable {
    /// Description of the failure for the log; never sent to clients.
    pub what: String,
}

impl Unavailable {
    /// Creates the error. The description is the text of `what`, usually the error that caused it.
    pub fn new(what: impl ToString) -> Self {
        Self { what: what.to_string() }
    }
}
