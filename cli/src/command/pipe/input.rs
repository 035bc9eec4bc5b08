//! Reads the lines of standard input. A separate thread does this, because reading blocks.

use std::io::{self, Read};
use std::thread;

use tickertape_inputs::{Line, Splitter};
use tokio::sync::mpsc;

use crate::error::CliError;

/// Maximum number of lines that are read before the command takes them.
const AHEAD: usize = 1_024;
/// Maximum number of bytes that are read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// The lines of standard input.
#[derive(Debug)]
pub struct Input {
    lines: mpsc::Receiver<Result<Line, CliError>>,
}

impl Input {
    /// Starts the thread that reads standard input.
    pub fn stdin() -> Self {
        let (sender, lines) = mpsc::channel(AHEAD);
        thread::spawn(move || read_all(io::stdin().lock(), &sender));
        Self { lines }
    }

    /// Returns the next line; `None` after the last line. It is cancel safe: no line is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Result<Line, CliError>> {
        self.lines.recv().await
    }
}

/// Reads until the end of the input, or until the receiver is dropped.
fn read_all(mut input: impl Read, sender: &mpsc::Sender<Result<Line, CliError>>) {
    let mut splitter = Splitter::default();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let (lines, is_end) = match input.read(&mut chunk) {
            Ok(0) => (splitter.finish(), true),
            Ok(bytes) => (splitter.push(&chunk[..bytes]), false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                let cli_error = CliError::failed(format!("standard input cannot be read: {error}"));
                // The lines before the error are still sent.
                splitter.finish().into_iter().try_for_each(|line| sender.blocking_send(Ok(line))).ok();
                sender.blocking_send(Err(cli_error)).ok();
                return;
            }
        };
        let sent = lines.into_iter().try_for_each(|line| sender.blocking_send(Ok(line)));
        if sent.is_err() || is_end {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_arrives_and_the_last_needs_no_end() {
        let (sender, mut lines) = mpsc::channel(8);
        read_all(&b"a\r\nb\n\nc"[..], &sender);
        drop(sender);
        let texts: Vec<_> =
            std::iter::from_fn(|| lines.blocking_recv()).map(|line| line.unwrap().text.unwrap()).collect();
        assert_eq!(texts, ["a", "b", "", "c"]);
    }
}
