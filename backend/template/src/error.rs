//! The error of a description that cannot be read.

use crate::place::Place;

/// A mistake in a description, or a description that this crate does not read. It is displayed as
/// `template.yaml:12:5: what is wrong: what to do`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}: {advice}")]
pub struct Error {
    /// Place of the mistake.
    pub place: Place,
    /// A sentence without its full stop that says what is wrong.
    pub problem: String,
    /// A sentence without its full stop that says what to write or to run instead.
    pub advice: String,
}

impl Error {
    pub(crate) fn new(place: &Place, problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { place: place.clone(), problem: problem.into(), advice: advice.into() }
    }
}
