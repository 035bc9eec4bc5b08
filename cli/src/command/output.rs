//! Standard output, line by line.

use std::io::{self, BufWriter, ErrorKind, Stdout, Write};

use serde_json::json;
use shared::{Epoch, Publication, Topic};

use crate::failure::Failure;

/// Standard output. A reader that has gone away (`| head`) is the end of the work, not a fault.
pub struct Output {
    out: BufWriter<Stdout>,
}

impl Output {
    /// Standard output, buffered.
    pub fn open() -> Self {
        Self { out: BufWriter::new(io::stdout()) }
    }

    /// Writes a line.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.out, "{text}").map_err(failure)
    }

    /// Lets readers see what was written so far.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(failure)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Whoever wants to know has called `flush`.
        let _ = self.out.flush();
    }
}

/// A publication as one line of JSON, for `watch` and `history` alike.
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
    Failure::failed(format!("standard output: {error}"))
}
