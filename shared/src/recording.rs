//! Recordings: files with everything that a client received, from which a board can be played back.
//!
//! A recording is UTF-8 text. Its first line is a [`Header`], and each further line an [`Entry`] with the time of receipt,
//! as JSON. A frame is stored as a JSON string, from which exactly its text is read back:
//!
//! ```text
//! {"tickertape":"recording","version":1,"started_at":1764426000000,"filter":"*","server":"https://board.example"}
//! {"at":1764426000012,"event":"opened"}
//! {"at":1764426000031,"frame":"{\"type\":\"subscribed\",\"id\":1, …"}
//! {"at":1764426600000,"event":"closed","code":1006,"reason":""}
//! ```
//!
//! Times are milliseconds since the Unix epoch. They never decrease from line to line. The last line may be incomplete, because
//! the recorder or its machine may have failed. Any other line that cannot be read is damaged: it is left out and counted
//! ([`Recording::damage`]), and the other lines are played.
//!
//! ```
//! use shared::recording::{Entry, Header, Recording, Writer};
//!
//! let header = Header { started_at: 1_000, filter: "*".parse().unwrap(), server: "http://127.0.0.1:8080".to_owned() };
//! let (mut writer, mut text) = Writer::new(&header, 1_000_000);
//! text += &writer.line(1_200, &Entry::Frame("{\"type\":\"pong\"}".into())).unwrap();
//! let recording = Recording::read(text.as_bytes()).unwrap();
//! assert_eq!(recording.lines[0].entry, Entry::Frame("{\"type\":\"pong\"}".into()));
//! ```

mod damage;
mod entry;
mod error;
mod order;
mod raw;

use crate::Millis;

pub use damage::Damage;
pub use entry::{Entry, Header, Line, MOST_BYTES, MOST_LINES, VERSION};
pub use error::RecordingError;
use raw::{RawHeader, RawLine};

/// A recording that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The first line.
    pub header: Header,
    /// All other lines, in the order of their times.
    pub lines: Vec<Line>,
    /// True if the last line was incomplete and is left out.
    pub is_truncated: bool,
    /// Other lines that could not be read, in the order of their numbers, with intact lines between any two.
    pub damage: Vec<Damage>,
}

/// Formats the lines of a recording, and limits its length.
#[derive(Debug, Clone)]
pub struct Writer {
    last_at: Millis,
    left_bytes: usize,
    left_lines: usize,
}

impl Writer {
    /// Starts a recording of at most `most_bytes`. Returns the writer and the first line, with a line break at its end.
    pub fn new(header: &Header, most_bytes: usize) -> (Self, String) {
        let first = RawHeader::of(header).line();
        let left_bytes = most_bytes.min(MOST_BYTES).saturating_sub(first.len());
        (Self { last_at: header.started_at, left_bytes, left_lines: MOST_LINES - 1 }, first)
    }

    /// Formats an entry as a line, with a line break at its end. Returns `None` if the recording would become too long;
    /// nothing should be written after that. If the clock has been set back, the time of the line before is used.
    pub fn line(&mut self, at: Millis, entry: &Entry) -> Option<String> {
        self.last_at = self.last_at.max(at);
        let line = RawLine::of(self.last_at, entry).line();
        self.left_bytes = self.left_bytes.checked_sub(line.len())?;
        self.left_lines = self.left_lines.checked_sub(1)?;
        Some(line)
    }
}

impl Recording {
    /// Reads a recording. Damaged lines are left out (see [`Recording::damage`]): those that are not valid, and as few as possible of
    /// those whose times decrease. A last line without a line break that is not valid is no damage (see
    /// [`Recording::is_truncated`]).
    ///
    /// # Errors
    ///
    /// [`RecordingError`] if the header is not valid, or the file is too long.
    pub fn read(file: &[u8]) -> Result<Self, RecordingError> {
        if file.len() > MOST_BYTES {
            return Err(RecordingError::TooLong { bytes: file.len() });
        }
        let end = file.iter().position(|byte| *byte == b'\n').ok_or(RecordingError::NoRecording)?;
        let (first, rest) = file.split_at(end + 1);
        let header = RawHeader::read(first)?;
        let (lines, is_truncated) = read_lines(rest)?;
        let mut recording = Self { header, lines: Vec::new(), is_truncated, damage: Vec::new() };
        let lines = order::without_decreasing(recording.header.started_at, lines);
        for (index, line) in lines.into_iter().enumerate() {
            match line {
                Ok(line) => recording.lines.push(line),
                // The header has the number 1.
                Err(fault) => recording.note_damage(index + 2, fault),
            }
        }
        Ok(recording)
    }

    fn note_damage(&mut self, number: usize, fault: String) {
        match self.damage.last_mut().filter(|last| last.last + 1 == number) {
            Some(last) => last.last = number,
            None => {
                let before = self.lines.len();
                self.damage.push(Damage { first: number, last: number, before, fault });
            }
        }
    }

    /// Returns the time of the last line, or that of the beginning if there are no other lines.
    pub fn ended_at(&self) -> Millis {
        self.lines.last().map_or(self.header.started_at, |line| line.at)
    }
}

/// Reads all lines after the header, each as an entry or a fault. Returns true as well if the last line is incomplete; then it is not
/// among them.
fn read_lines(rest: &[u8]) -> Result<(Vec<Result<Line, String>>, bool), RecordingError> {
    let mut lines = Vec::new();
    for bytes in rest.split_inclusive(|byte| *byte == b'\n') {
        // The header is a line too.
        if lines.len() + 1 >= MOST_LINES {
            return Err(RecordingError::TooManyLines);
        }
        match RawLine::read(bytes) {
            Err(_) if !bytes.ends_with(b"\n") => return Ok((lines, true)),
            line => lines.push(line),
        }
    }
    Ok((lines, false))
}

#[cfg(test)]
mod tests;
