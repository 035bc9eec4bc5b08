//! The reasons why data cannot be published.

/// Data that cannot be published. The publisher has to change it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// JSON `null`.
    #[error("data is missing: send a number, a bool, a string, an object or a list")]
    Missing,
    /// Text that is not JSON.
    #[error("data is not JSON: {fault}")]
    NotJson {
        /// The parser's description.
        fault: String,
    },
    /// Larger than [`PUBLICATION_BYTES`](crate::limits::PUBLICATION_BYTES) as JSON.
    #[error("data has {bytes} bytes as JSON; the limit is {limit}")]
    TooLarge {
        /// Size of the JSON text in bytes.
        bytes: usize,
        /// Largest size allowed, in bytes.
        limit: usize,
    },
    /// Nested deeper than [`DATA_DEPTH`](crate::limits::DATA_DEPTH).
    #[error("data is nested deeper than {limit} levels")]
    TooDeep {
        /// Number of levels allowed.
        limit: usize,
    },
    /// A number that an `f64` cannot hold.
    #[error("number out of range: {number}; a number lies between -1.8e308 and 1.8e308")]
    NumberOutOfRange {
        /// The number as it was sent, shortened.
        number: String,
    },
    /// A string with one half of a UTF-16 surrogate pair, which is no character.
    #[error("the string {string} has half of a surrogate pair: send \\uD800 to \\uDFFF in pairs only")]
    LoneSurrogate {
        /// The string as it was sent, shortened.
        string: String,
    },
    /// An object that has the same key more than once, so that readers would disagree about its value.
    #[error("the key {key} occurs twice in one object: send each key once")]
    DuplicateKey {
        /// The key as a JSON string, shortened.
        key: String,
    },
}
