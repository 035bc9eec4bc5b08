//! What is known about an input before its first line.

use crate::format::Format;

/// What a caller knows about the input beforehand.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The format; recognised if absent.
    pub format: Option<Format>,
    /// The column that tells devices apart; recognised if absent.
    pub key: Option<String>,
    /// The column that holds the time; recognised if absent.
    pub time: Option<String>,
}
