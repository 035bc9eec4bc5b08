//! Writes standard output line by line.

use std::io::{self, BufWriter, ErrorKind, Stdout, Write};

use serde::Serialize;
use serde_json::json;
use shared::{Epoch, Position, Publication, Topic};

use crate::error::CliError;
use crate::term::{escaped_except_styles, escaped_json};

/// Standard output with a buffer. If the program that reads it has closed it, as `| head` does, this process exits with
/// success.
pub struct Output {
    out: BufWriter<Stdout>,
}

impl Output {
    /// Returns standard output with a buffer.
    pub fn open() -> Self {
        Self { out: BufWriter::new(io::stdout()) }
    }

    /// Writes a line of text for people. Unsafe characters are escaped, apart from the styles that [`Paint`](crate::term::Paint)
    /// adds.
    ///
    /// # Errors
    ///
    /// An error if standard output cannot be written.
    pub fn words(&mut self, text: &str) -> Result<(), CliError> {
        writeln!(self.out, "{}", escaped_except_styles(text)).map_err(cli_error)
    }

    /// Writes a line of JSON. Characters that a terminal could act on are written as JSON escapes, so that the value stays the
    /// same.
    ///
    /// # Errors
    ///
    /// An error if standard output cannot be written.
    pub fn json(&mut self, json: &str) -> Result<(), CliError> {
        writeln!(self.out, "{}", escaped_json(json)).map_err(cli_error)
    }

    /// Writes the buffered text to standard output.
    ///
    /// # Errors
    ///
    /// An error if standard output cannot be written.
    pub fn flush(&mut self) -> Result<(), CliError> {
        self.out.flush().map_err(cli_error)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // An error cannot be returned here. A caller that needs to know about it calls `flush`.
        let _ = self.out.flush();
    }
}

/// Returns a publication as one line of JSON, as `watch` and `history` print it.
pub fn publication(topic: &Topic, epoch: &Epoch, item: &Publication) -> String {
    // `json!` is not used, because it would parse the data and lose digits.
    #[derive(Serialize)]
    struct Line<'a> {
        topic: &'a Topic,
        epoch: &'a Epoch,
        #[serde(flatten)]
        item: &'a Publication,
    }
    // This cannot fail, because only names, numbers and JSON text are serialised.
    serde_json::to_string(&Line { topic, epoch, item }).unwrap_or_default()
}

/// Returns a line of JSON about publications that are missing: those after `from` up to `to`. If `to` is `None`, their number is unknown,
/// because the log of the topic was replaced by a new one.
pub fn gap(topic: &Topic, from: &Position, to: Option<&Position>) -> String {
    json!({"gap": {"topic": topic, "from": from, "to": to}}).to_string()
}

/// Returns the same as [`gap`] in words.
pub fn gap_words(topic: &Topic, from: &Position, to: Option<&Position>) -> String {
    match to {
        Some(to) => {
            let first = from.offset.saturating_add(1);
            if first == to.offset {
                return format!("gap in {topic}: 1 publication lost, offset {first}");
            }
            let lost = to.offset.saturating_sub(from.offset);
            format!("gap in {topic}: {lost} publications lost, offsets {first} to {}", to.offset)
        }
        None => format!("gap in {topic}: its log was replaced by a new one after offset {}", from.offset),
    }
}

fn cli_error(error: io::Error) -> CliError {
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    CliError::failed(format!("standard output cannot be written: {error}"))
}
