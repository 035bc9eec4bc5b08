//! The result of reading one line in one format.

use crate::error::LineError;
use crate::row::Row;

/// The result of reading one line in one format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// The line contains values.
    Row(Box<Row>),
    /// The line is a header, a comment, a separator or an average. It contains no values to publish.
    Structure,
    /// The line is a header if the next line contains values below it.
    PerhapsHeader,
    /// The line is the beginning or the middle of a value that continues on the next line.
    More,
    /// The value that began on earlier lines is not valid. The caller has to read this line again, as the first line of something
    /// else.
    Broken(LineError),
    /// The line is not of this format.
    Unfit,
    /// The line is of this format, but cannot be read.
    Bad(LineError),
}

impl From<Row> for Read {
    fn from(row: Row) -> Self {
        Self::Row(Box::new(row))
    }
}
