//! Writes the log of `tickertape serve` to standard error, escaped.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

use super::escape::escaped;

/// A writer of log lines to standard error. Each call writes one line. The line is escaped, because it may contain text that a
/// client has sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct SafeStderr;

impl Write for SafeStderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stderr().lock().write_all(line(bytes).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl MakeWriter<'_> for SafeStderr {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

fn line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    match text.strip_suffix('\n') {
        Some(line) => format!("{}\n", escaped(line)),
        None => escaped(&text).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_line_whatever_it_quotes() {
        assert_eq!(
            line(b"WARN topic=\"a\x1b[2J\nINFO forged\"\n"),
            "WARN topic=\"a\\u{1b}[2J\\nINFO forged\"\n"
        );
    }
}
