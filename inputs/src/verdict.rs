//! The result of reading one line in one format, before the lines around it are considered.

use crate::error::LineError;
use crate::row::Row;

/// The result of reading one line in one format, before the lines around it are considered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// The line contains values to publish.
    Row(Box<Row>),
    /// The line is a header, a comment, a separator or an average. It contains nothing to publish.
    Structure,
    /// The line is a header if the next line contains values for its columns.
    PerhapsHeader,
    /// The line is the beginning or the middle of a value that continues on the next line.
    More,
    /// The value that began on earlier lines is not valid. The caller has to read this line again as the beginning of
    /// something else.
    Broken(LineError),
    /// The line does not have the format in which it was read.
    Unfit,
    /// The line does not have the format in which it was read. If the user has named this format, the line contains this
    /// error.
    Misfit(LineError),
    /// The line has the format in which it was read, but contains an error.
    Bad(LineError),
}

impl From<Row> for Read {
    fn from(row: Row) -> Self {
        Self::Row(Box::new(row))
    }
}
