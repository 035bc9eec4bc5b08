//! A place in a file of the description.

use std::fmt;
use std::sync::Arc;

/// A place in a file. It is displayed as `template.yaml:12:5`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Path of the file, as it was given to [`Files`](crate::Files).
    pub file: Arc<str>,
    /// Line, counted from 1. It is 0 if the whole file is meant.
    pub line: u32,
    /// Column in characters, counted from 1. It is 0 if the whole file is meant.
    pub column: u32,
}

impl Place {
    /// Returns the place that stands for the whole file.
    pub fn whole(file: &str) -> Self {
        Self { file: file.into(), line: 0, column: 0 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => formatter.write_str(&self.file),
            line => write!(formatter, "{}:{line}:{}", self.file, self.column),
        }
    }
}
