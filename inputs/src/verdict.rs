//! The verdict of a format on a line.

use crate::error::LineError;
use crate::row::Row;

/// The verdict of one format on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// It has values.
    Row(Box<Row>),
    /// It is a header, a comment, a separator or an average, which has no values of its own.
    Structure,
    /// It is a header if the next line has values below it.
    PerhapsHeader,
    /// It is the beginning or the middle of a value that goes on in the next line.
    More,
    /// The value that began in earlier lines is not one. This line is to be read again.
    Broken(LineError),
    /// It is not of this format.
    Unfit,
    /// It is of this format, and cannot be read.
    Bad(LineError),
}

impl From<Row> for Read {
    fn from(row: Row) -> Self {
        Self::Row(Box::new(row))
    }
}
