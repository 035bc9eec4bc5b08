//! The options of a reader.

use crate::format::Format;

/// Facts about an input that are known before its first line.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The format; recognised if absent.
    pub format: Option<Format>,
    /// The column that tells devices apart; recognised if absent.
    pub key: Option<String>,
    /// The column that holds the time; recognised if absent.
    pub time: Option<String>,
}
