//! The error of templates.

/// The reason why a template cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mapping template cannot be evaluated: {0}")]
pub struct TemplateError(pub String);

impl TemplateError {
    /// Creates an error with a reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}
