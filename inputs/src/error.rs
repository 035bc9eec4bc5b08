//! The reasons why a line cannot be published.

use shared::timestamp::TimestampError;

/// The reason why a line cannot be published. Either the line has to be changed, or its format has to be given with `--format`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// The whole line is a number that JSON cannot represent, or a word that stands for a missing value.
    #[error("{text} cannot be published: it is not a value")]
    NotAValue {
        /// Text of the line that caused the error.
        text: String,
    },
    /// No field of the line has a value.
    #[error("every field is empty or not available")]
    NoValue,
    /// The line begins like JSON but is not valid JSON.
    #[error("not JSON: {reason}")]
    NotJson {
        /// Description of the fault, with its column.
        reason: String,
    },
    /// The line is an envelope `{"data", "ts"}` whose `ts` is not a time.
    #[error(transparent)]
    Timestamp(#[from] TimestampError),
    /// The column that was named with `--time` does not contain a time.
    #[error("{text:?} in column {column} is not a time")]
    NotATime {
        /// Name of the column.
        column: String,
        /// Text in the column.
        text: String,
    },
    /// A quote is not closed on the same line.
    #[error("the quote at column {column} is not closed on the same line")]
    OpenQuote {
        /// Column of the quote, counted from 1, in characters.
        column: usize,
    },
    /// The line has more or fewer fields than the header.
    #[error("{found} fields where the header has {expected}")]
    Fields {
        /// Number of fields in this line.
        found: usize,
        /// Number of fields in the header.
        expected: usize,
    },
    /// The header contains no names.
    #[error("the header is empty")]
    EmptyHeader,
    /// The line is longer than the maximum.
    #[error("the line is longer than {limit} bytes")]
    TooLong {
        /// Maximum length of a line, in bytes.
        limit: usize,
    },
    /// The line contains bytes that are not UTF-8, or half of a surrogate pair of UTF-16.
    #[error("not UTF-8 at byte {byte}")]
    NotUtf8 {
        /// Position of the first invalid byte, counted from 1.
        byte: usize,
    },
    /// The line contains a zero byte. The input is binary data, or UTF-16 without a byte order mark.
    #[error("not text: it has a zero byte")]
    Binary,
}
