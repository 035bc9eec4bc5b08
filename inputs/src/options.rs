//! The options with which an input is read.

use crate::format::Format;

/// Properties of an input that the user has specified. Properties that are `None` are recognised from the lines.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The format of the lines; `None` if it has to be recognised.
    pub format: Option<Format>,
    /// Name of the column that identifies the device of a row, such as a disk; `None` if it has to be recognised.
    pub key: Option<String>,
    /// Name of the column that contains the time of a row; `None` if it has to be recognised.
    pub time: Option<String>,
}
