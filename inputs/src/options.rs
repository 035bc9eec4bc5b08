//! The options of a reader.

use crate::format::Format;

/// Properties of an input that the user has specified.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The format. It is recognised if it is `None`.
    pub format: Option<Format>,
    /// Name of the column that identifies the device of a row. It is recognised if it is `None`.
    pub key: Option<String>,
    /// Name of the column that contains the time. It is recognised if it is `None`.
    pub time: Option<String>,
}
