//! Faults of a board document, and their places in it.

use std::fmt;

/// A place in a JSON document, such as `panels[2].thresholds[0].above`. Empty for the whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The field of an object.
    Field(String),
    /// The item of a list, counted from 0.
    Item(usize),
}

impl Path {
    /// Returns the path of the whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Returns the path of a field of the object at this path.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        self.then(Step::Field(name.into()))
    }

    /// Returns the path of an item of the list at this path. Items are counted from 0.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        self.then(Step::Item(index))
    }

    /// Returns the steps from the document to the place.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("the document");
        }
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if !is_plain(name) => write!(f, "[{name:?}]")?,
                Step::Field(name) if index == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Item(item) => write!(f, "[{item}]")?,
            }
        }
        Ok(())
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$'))
}

/// Something in a board document that is wrong or has no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path} {message}")]
pub struct Fault {
    /// Place of the fault.
    pub path: Path,
    /// Description of the fault, and of what to write instead. It continues a sentence that begins with the path.
    pub message: String,
    /// Decides whether a server refuses the document.
    pub severity: Severity,
}

/// Decides whether a server refuses a document with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document is refused.
    Error,
    /// The document is accepted. The part at fault is kept, but has no effect.
    Warning,
}

impl Fault {
    pub(super) fn error(path: Path, message: impl Into<String>) -> Self {
        Self { path, message: message.into(), severity: Severity::Error }
    }

    pub(super) fn warning(path: Path, message: impl Into<String>) -> Self {
        Self { path, message: message.into(), severity: Severity::Warning }
    }
}
