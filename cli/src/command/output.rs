//! Writes standard output line by line.

use std::io::{self, BufWriter, ErrorKind, Stdout, Write};

use serde::Serialize;
use shared::{Epoch, Publication, Topic};

use crate::error::CliError;

/// Standard output. If its reader has closed it, as `| head` does, the process exits with success.
pub struct Output {
    out: BufWriter<Stdout>,
}

impl Output {
    /// Returns standard output with a buffer.
    pub fn open() -> Self {
        Self { out: BufWriter::new(io::stdout()) }
    }

    /// Writes a line.
    ///
    /// # Errors
    ///
    /// If standard output cannot be written.
    pub fn line(&mut self, text: &str) -> Result<(), CliError> {
        writeln!(self.out, "{text}").map_err(cli_error)
    }

    /// Passes what was written so far to the reader.
    ///
    /// # Errors
    ///
    /// If standard output cannot be written.
    pub fn flush(&mut self) -> Result<(), CliError> {
        self.out.flush().map_err(cli_error)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // A caller that needs to know about an error has called `flush`.
        let _ = self.out.flush();
    }
}

/// Returns a publication as one line of JSON, as `watch` and `history` print it.
pub fn publication(topic: &Topic, epoch: &Epoch, item: &Publication) -> String {
    // Not by `json!`, which would read the data and lose digits.
    #[derive(Serialize)]
    struct Line<'a> {
        topic: &'a Topic,
        epoch: &'a Epoch,
        #[serde(flatten)]
        item: &'a Publication,
    }
    // Names, numbers and JSON text always serialise.
    serde_json::to_string(&Line { topic, epoch, item }).unwrap_or_default()
}

fn cli_error(error: io::Error) -> CliError {
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    CliError::failed(format!("standard output cannot be written: {error}"))
}
