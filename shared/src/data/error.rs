//! Reasons for which data cannot be published.

/// Reason for which data cannot be published. The publisher has to change the data, because the same data would be
/// refused again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The data is JSON `null`.
    #[error("data is missing: send a number, a bool, a string, an object or a list")]
    Missing,
    /// The text is not JSON.
    #[error("data is not JSON: {fault}")]
    NotJson {
        /// Message of the JSON parser that describes the error.
        fault: String,
    },
    /// The JSON text is larger than [`PUBLICATION_BYTES`](crate::limits::PUBLICATION_BYTES).
    #[error("data has {bytes} bytes as JSON, and the limit is {limit}: divide it into several publications")]
    TooLarge {
        /// Size of the JSON text in bytes.
        bytes: usize,
        /// Maximum size in bytes.
        limit: usize,
    },
    /// The data is nested deeper than [`DATA_DEPTH`](crate::limits::DATA_DEPTH).
    #[error("data is nested deeper than {limit} levels: put fewer objects or lists into each other")]
    TooDeep {
        /// Maximum number of levels of nesting.
        limit: usize,
    },
    /// A number is beyond the range of an `f64`.
    #[error("data contains a number out of range, {number}: send a number between -1.8e308 and 1.8e308")]
    NumberOutOfRange {
        /// Text of the number that was refused, shortened for the error message.
        number: String,
    },
    /// A string contains one half of a UTF-16 surrogate pair, which is not a character.
    #[error("the string {string} has half of a surrogate pair: send \\uD800 to \\uDFFF in pairs only")]
    LoneSurrogate {
        /// Text of the string that was refused, shortened for the error message.
        string: String,
    },
    /// An object has the same key more than once. Readers would disagree about its value.
    #[error("the key {key} occurs twice in one object: send each key once")]
    DuplicateKey {
        /// The repeated key as a JSON string, shortened for the error message.
        key: String,
    },
}
