//! The reasons for which a file cannot be read as a recording.

use super::entry::{MOST_BYTES, MOST_LINES, VERSION};

/// Reason for which a file cannot be read as a recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// The file does not begin with the header of a recording.
    #[error("this is not a recording: make one with `tickertape record FILE`")]
    NoRecording,
    /// The recording has a version that this build cannot read.
    #[error(
        "this recording has version {found} of the format, and this program reads version {VERSION}: use the program that made it"
    )]
    OtherVersion {
        /// The version in the header.
        found: u32,
    },
    /// The header has the right version and cannot be used.
    #[error("the first line of the recording is not valid: {fault}")]
    Header {
        /// The fault, for people.
        fault: String,
    },
    /// The file is longer than [`MOST_BYTES`].
    #[error("the recording is {bytes} bytes long, and at most {MOST_BYTES} bytes can be played")]
    TooLong {
        /// Length of the file in bytes.
        bytes: usize,
    },
    /// The file has more than [`MOST_LINES`] lines.
    #[error("the recording has more than {MOST_LINES} lines, which is the most that can be played")]
    TooManyLines,
}
