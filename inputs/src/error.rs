//! The reasons why a line is not published.

use shared::timestamp::TimestampError;

/// The reason why a line is not published. Its sender has to change it, or the format has to be named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// A number that JSON cannot carry, or a word that stands for no value, where a line is only that.
    #[error("{text} cannot be published: it is not a value")]
    NotAValue {
        /// The line.
        text: String,
    },
    /// No field of the line has a value.
    #[error("every field is empty or not available")]
    NoValue,
    /// Text that begins as JSON and is not.
    #[error("not JSON: {reason}")]
    NotJson {
        /// The fault and its column.
        reason: String,
    },
    /// An envelope whose `ts` is not a time.
    #[error(transparent)]
    Timestamp(#[from] TimestampError),
    /// The column that was named with `--time` does not hold a time.
    #[error("{text:?} in column {column} is not a time")]
    NotATime {
        /// The column's name.
        column: String,
        /// Its text.
        text: String,
    },
    /// A quote that is never closed.
    #[error("the quote at column {column} is not closed on the same line")]
    OpenQuote {
        /// Counted from 1, in characters.
        column: usize,
    },
    /// More or fewer fields than the header has.
    #[error("{found} fields where the header has {expected}")]
    Fields {
        /// Fields in this line.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// A header without names.
    #[error("the header is empty")]
    EmptyHeader,
    /// A line longer than any that could be published.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// Bytes that are not UTF-8, or half a character of UTF-16.
    #[error("not UTF-8 at byte {byte}")]
    NotUtf8 {
        /// Counted from 1.
        byte: usize,
    },
    /// A zero byte: binary data, or UTF-16 without a byte order mark.
    #[error("not text: it has a zero byte")]
    Binary,
}
