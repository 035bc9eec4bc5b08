//! The result for each line of an input.

use shared::Millis;

use crate::error::LineError;

/// The time at which a line was read, by two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Time by the monotonic clock, in milliseconds.
    pub mono_ms: u64,
    /// Time by the wall clock, in milliseconds since the Unix epoch.
    pub wall_ms: Millis,
}

/// The topic to which a publication belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The topic that the user gave for the input.
    Topic,
    /// The topic `log` below the topic of the input. It gets the lines that do not have the format of the input.
    Log,
}

/// A publication that was made from one or more lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Numbers of the lines from which the publication was made, in ascending order.
    pub lines: Vec<u64>,
    /// The topic to which the publication belongs.
    pub to: Destination,
    /// The data as JSON text. Numbers have the digits that were written.
    pub json: String,
    /// The time that the lines contain, in milliseconds since the Unix epoch. `None` if they contain none: the time
    /// of reading applies then.
    pub ts: Option<Millis>,
}

/// The result for one line, or for all lines of a publication. Every line has exactly one result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The lines are parts of this publication.
    Publish(Publication),
    /// The line is a header, a comment, a separator or an average, which is not published.
    Structure {
        /// Number of the line.
        line: u64,
    },
    /// The line cannot be read and is not published. The reason should be reported to the user.
    Unreadable {
        /// Number of the line.
        line: u64,
        /// The reason why the line cannot be read.
        reason: LineError,
    },
    /// The line is blank.
    Blank {
        /// Number of the line.
        line: u64,
    },
}
