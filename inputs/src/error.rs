//! The reasons why a line cannot be published.

use shared::timestamp::TimestampError;

/// The reason why a line cannot be published. Either the line has to be changed, or its format has to be given with
/// `--format`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// The whole line is a number that JSON cannot represent, or a word that stands for a missing value, such as
    /// `NaN`.
    #[error("{text} cannot be published, because it stands for a missing or infinite number")]
    NotAValue {
        /// Text of the line that caused the error.
        text: String,
    },
    /// No field of the line contains a value that can be published.
    #[error("the line has no value to publish: every field is empty or marked as not available")]
    NoValue,
    /// The line begins like JSON but is not valid JSON.
    #[error("the text begins like JSON, but is not JSON: {reason}")]
    NotJson {
        /// Description of the fault, with the column in which it is.
        reason: String,
    },
    /// The line is an object `{"data", "ts"}` whose `ts` is not a valid time.
    #[error(transparent)]
    Timestamp(#[from] TimestampError),
    /// The column that was named with `--time` does not contain a time.
    #[error("{text:?} in column {column} is not a time: name the column of the time with --time")]
    NotATime {
        /// Name of the column that was given with `--time`.
        column: String,
        /// Text that was found in the column.
        text: String,
    },
    /// The table has no column with the name that was given with `--key` or `--time`.
    #[error("there is no column {wanted}; the columns are {columns}")]
    NoColumn {
        /// Name of the column that was given.
        wanted: String,
        /// Names of the columns of the table, with commas between them.
        columns: String,
    },
    /// A quote is not closed on the same line.
    #[error("the quote at character {column} is not closed on the same line")]
    OpenQuote {
        /// Position of the quote in the line, in characters, counted from 1.
        column: usize,
    },
    /// The line has more or fewer fields than the header of its table.
    #[error("the line has {found} fields, but the header has {expected}")]
    Fields {
        /// Number of fields in this line.
        found: usize,
        /// Number of fields in the header.
        expected: usize,
    },
    /// The header (the line with the names of the columns) contains no names.
    #[error("the header contains no column names")]
    EmptyHeader,
    /// The line is longer than the maximum length of a line.
    #[error("the line is longer than the maximum of {limit} bytes")]
    TooLong {
        /// Maximum length of a line, in bytes.
        limit: usize,
    },
    /// The line contains bytes that are not UTF-8, or half of a surrogate pair of UTF-16.
    #[error("the line is not text in UTF-8: byte {byte} is not valid")]
    NotUtf8 {
        /// Position of the first invalid byte in the line, counted from 1.
        byte: usize,
    },
    /// The line contains a zero byte. The input is binary data, or UTF-16 without a byte order mark.
    #[error("the line is not text: it contains a zero byte")]
    Binary,
}

impl LineError {
    /// Returns an error for the first of the `wanted` names that no column has; `None` if there is a column for each.
    pub fn no_column(wanted: [Option<&str>; 2], columns: &[String]) -> Option<Self> {
        let is_missing = |wanted: &&str| !columns.iter().any(|column| column.eq_ignore_ascii_case(wanted));
        let wanted = wanted.into_iter().flatten().find(is_missing)?;
        Some(Self::NoColumn { wanted: wanted.to_owned(), columns: columns.join(", ") })
    }
}
