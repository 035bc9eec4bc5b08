//! The lines of a recording that cannot be read, and the words for them.

use std::fmt;

/// Consecutive lines of a recording that cannot be read, and are left out. Publications may be missing there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Number of the first of these lines. The header has the number 1.
    pub first: usize,
    /// Number of the last of these lines.
    pub last: usize,
    /// Index in [`Recording::lines`](super::Recording::lines) of the next line that was read. It is the number of these lines if
    /// nothing follows.
    pub before: usize,
    /// The fault of the first of these lines, for people.
    pub fault: String,
}

/// Maximum number of damaged places that are named in a text.
const MOST_NAMED: usize = 5;

impl Damage {
    /// Returns the number of lines.
    pub fn lines(&self) -> usize {
        self.last - self.first + 1
    }

    /// Returns a sentence about all damage of a recording without a full stop, such as `3 lines of the recording are damaged and are
    /// left out: line 7 (expected value at column 1), lines 20 to 21 (…)`. Returns `None` if there is none.
    pub fn words(all: &[Self]) -> Option<String> {
        let lines: usize = all.iter().map(Self::lines).sum();
        let named: Vec<String> = all.iter().take(MOST_NAMED).map(Self::to_string).collect();
        let more = all.len().saturating_sub(MOST_NAMED);
        let verb = match lines {
            0 => return None,
            1 => "line of the recording is damaged and is left out",
            _ => "lines of the recording are damaged and are left out",
        };
        let more = if more == 0 { String::new() } else { format!(", and {more} more places") };
        Some(format!("{lines} {verb}: {}{more}", named.join(", ")))
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, fault, .. } = self;
        match first == last {
            true => write!(f, "line {first} ({fault})"),
            false => write!(f, "lines {first} to {last} ({fault})"),
        }
    }
}
