//! Standard input, line by line, on a thread of its own: reading it blocks.

use std::io::{self, BufRead, Read};
use std::thread;

use tokio::sync::mpsc;

use crate::failure::Failure;

/// Lines read ahead.
const AHEAD: usize = 1_024;
/// The longest line that could be published; what is longer is reported and passed over.
const LINE_BYTES: usize = 64 * 1024;

/// A line without its end, with its number from 1; or why it is none.
pub type Line = (u64, Result<String, String>);

/// Standard input.
#[derive(Debug)]
pub struct Input {
    lines: mpsc::Receiver<Result<Line, Failure>>,
}

impl Input {
    /// Begins to read.
    pub fn stdin() -> Self {
        let (sender, lines) = mpsc::channel(AHEAD);
        thread::spawn(move || read_all(io::stdin().lock(), &sender));
        Self { lines }
    }

    /// The next line; `None` after the last. May be dropped while it waits and called again.
    pub async fn next(&mut self) -> Option<Result<Line, Failure>> {
        self.lines.recv().await
    }
}

/// Ends with the input, or when nobody wants to hear more.
fn read_all(mut input: impl BufRead, sender: &mpsc::Sender<Result<Line, Failure>>) {
    for number in 1.. {
        let line = match read_line(&mut input) {
            Ok(Some(line)) => Ok((number, line)),
            Ok(None) => return,
            Err(error) => Err(Failure::failed(format!("standard input: {error}"))),
        };
        let is_end = line.is_err();
        if sender.blocking_send(line).is_err() || is_end {
            return;
        }
    }
}

fn read_line(input: &mut impl BufRead) -> io::Result<Option<Result<String, String>>> {
    let mut bytes = Vec::new();
    let most = LINE_BYTES as u64 + 1;
    if input.by_ref().take(most).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() > LINE_BYTES && !bytes.ends_with(b"\n") {
        input.skip_until(b'\n')?;
        return Ok(Some(Err(format!("longer than {LINE_BYTES} bytes"))));
    }
    let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Ok(Some(String::from_utf8(line.to_vec()).map_err(|error| not_utf8(&error))))
}

fn not_utf8(error: &std::string::FromUtf8Error) -> String {
    format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_on_any_platform_and_the_last_needs_no_end() {
        let mut input: &[u8] = b"a\r\nb\n\nc";
        for expected in ["a", "b", "", "c"] {
            assert_eq!(read_line(&mut input).unwrap(), Some(Ok(expected.to_owned())));
        }
        assert_eq!(read_line(&mut input).unwrap(), None);
    }

    #[test]
    fn a_line_that_is_too_long_or_no_text_is_passed_over_and_the_next_is_read() {
        let long = "x".repeat(3 * LINE_BYTES);
        let bytes = [long.as_bytes(), b"\nab\xff\nnext\n"].concat();
        let mut input = bytes.as_slice();
        assert_eq!(read_line(&mut input).unwrap(), Some(Err("longer than 65536 bytes".into())));
        assert_eq!(read_line(&mut input).unwrap(), Some(Err("not UTF-8 at byte 3".into())));
        assert_eq!(read_line(&mut input).unwrap(), Some(Ok("next".into())));
    }
}
