//! Writes standard output line by line.

use std::io::{self, BufWriter, ErrorKind, Stdout, Write};

use serde_json::json;
use shared::{Epoch, Publication, Topic};

use crate::failure::Failure;

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
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.out, "{text}").map_err(failure)
    }

    /// Passes what was written so far to the reader.
    ///
    /// # Errors
    ///
    /// If standard output cannot be written.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(failure)
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
    let Publication { offset, ts, received_at, data } = item;
    json!({
        "topic": topic, "epoch": epoch, "offset": offset, "ts": ts, "received_at": received_at, "data": data
    })
    .to_string()
}

fn failure(error: io::Error) -> Failure {
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    Failure::failed(format!("standard output cannot be written: {error}"))
}
