//! What functions print, and how long they take.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

/// The longest line passed on whole (CloudWatch Logs quotas: an event of 1 MB; ours is less). What is longer comes in
/// pieces.
const LINE_BYTES: u64 = 256 * 1024;

/// Takes what the host has to tell. Called from many tasks; what blocks here blocks functions.
pub trait Log: Send + Sync + 'static {
    /// A line that a function's process printed, on standard output or standard error.
    fn line(&self, function: &str, line: &str);
    /// An invocation has ended.
    fn report(&self, report: &Report);
}

/// What Lambda's `REPORT` line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The function's name.
    pub function: String,
    /// The invocation's id.
    pub request_id: String,
    /// From the process's start to its first request for an event; `None` if it was warm.
    pub init: Option<Duration>,
    /// From the event's being there to its answer.
    pub duration: Duration,
    /// What went wrong, if anything did.
    pub failure: Option<crate::Failure>,
}

/// Everything to `tracing`: lines as they are, failures as warnings.
#[derive(Debug, Default)]
pub struct TracingLog;

impl Log for TracingLog {
    fn line(&self, function: &str, line: &str) {
        tracing::info!(function, "{line}");
    }

    fn report(&self, report: &Report) {
        let Report { function, request_id, init, duration, failure } = report;
        match failure {
            Some(error) => tracing::warn!(function, request_id, ?init, ?duration, %error, "failed"),
            None => tracing::debug!(function, request_id, ?init, ?duration, "done"),
        }
    }
}

/// Passes a stream on, line by line, until it ends.
pub(crate) async fn pass_on(log: Arc<dyn Log>, function: String, stream: impl AsyncRead + Unpin) {
    let mut lines = BufReader::new(stream);
    while let Ok(Some(line)) = next_line(&mut lines).await {
        log.line(&function, &line);
    }
}

/// The next line, or the next piece of one that is too long.
async fn next_line(lines: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let read = lines.take(LINE_BYTES).read_until(b'\n', &mut bytes).await?;
    let line = String::from_utf8_lossy(&bytes);
    Ok((read > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_come_one_by_one_the_last_without_its_break_too() {
        let mut input = BufReader::new(&b"one\r\n\xfftwo\n\nthree"[..]);
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut input).await.expect("memory can be read") {
            lines.push(line);
        }
        assert_eq!(lines, ["one", "\u{fffd}two", "", "three"]);
    }

    #[tokio::test]
    async fn a_line_without_end_comes_in_pieces() {
        let endless = vec![b'x'; LINE_BYTES as usize + 1];
        let mut input = BufReader::new(&endless[..]);
        let first = next_line(&mut input).await.expect("memory can be read");
        assert_eq!(first.map(|line| line.len() as u64), Some(LINE_BYTES));
    }
}
