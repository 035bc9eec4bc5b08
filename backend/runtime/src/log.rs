//! The log of the host: the lines that functions print, the beginning of each invocation, and a report of its end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

use crate::event_report::EventReport;
use crate::function_error::FunctionError;

/// Maximum length of a log line, in bytes. Longer lines are split. CloudWatch Logs accepts lines of up to 1 MB.
const LINE_BYTES: u64 = 256 * 1024;

/// Receives what the host logs: the lines that functions print, and a report of each invocation. The methods are called
/// from many tasks and must not block, since that would delay the functions.
pub trait Log: Send + Sync + 'static {
    /// Receives a line that a process printed to standard output or standard error, or that the host itself writes about
    /// a function.
    fn line(&self, line: &LogLine<'_>);
    /// Receives the name of the function and the request id of an invocation that begins. Its report follows.
    fn begin(&self, function: &str, request_id: &str) {
        let _ = (function, request_id);
    }
    /// Receives the report of an invocation that has ended.
    fn report(&self, report: &Report);
    /// Receives the outcome of an asynchronous invocation, after its last attempt.
    fn event(&self, report: &EventReport) {
        let _ = report;
    }
    /// Receives the outcome of [`Host::start_ahead`](crate::Host::start_ahead).
    fn started_ahead(&self, report: &StartReport) {
        let _ = report;
    }
}

/// A line of the log of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLine<'a> {
    /// Name of the function.
    pub function: &'a str,
    /// Request id of the invocation that the process handles or, between two invocations, of the one that it handled last.
    /// It is `None` before the first invocation, and for lines of the host itself.
    pub request_id: Option<&'a str>,
    /// The line, without its line break.
    pub text: &'a str,
}

impl<'a> LogLine<'a> {
    /// Creates a line that the host itself writes about a function.
    pub fn of_host(function: &'a str, text: &'a str) -> Self {
        Self { function, request_id: None, text }
    }
}

/// The request id of the invocation that a process handles. The task that reads the output of the process and the one
/// that passes invocations to it share this.
#[derive(Clone, Debug, Default)]
pub(crate) struct CurrentRequest(Arc<Mutex<Option<String>>>);

impl CurrentRequest {
    /// Sets the request id, which stays until the next invocation: a process may print after it has answered.
    pub fn set(&self, id: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(id.to_owned());
    }

    fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The result and the duration of one invocation, as in Lambda's `REPORT` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Name of the Lambda function that was invoked.
    pub function: String,
    /// Request id of the invocation.
    pub request_id: String,
    /// Time from the start of the process to its first request for an event; `None` if the process has handled an event before, or was
    /// started ahead.
    pub init: Option<Duration>,
    /// Time from the moment when the process could receive the event to the end of the invocation.
    pub duration: Duration,
    /// The error, if the invocation failed.
    pub error: Option<FunctionError>,
}

/// The outcome of a start ahead of the first invocation, as in Lambda's `INIT_REPORT` line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StartReport {
    /// Name of the Lambda function that was started.
    pub function: String,
    /// Time from the start of the process to its first request for an event, or to its failure.
    pub init: Duration,
    /// The error, if the process failed. The next invocation starts another process.
    pub error: Option<FunctionError>,
}

/// A log that writes to `tracing`: the lines of functions at level info, failed invocations as warnings.
#[derive(Debug, Default)]
pub struct TracingLog;

impl Log for TracingLog {
    fn line(&self, line: &LogLine<'_>) {
        let LogLine { function, request_id, text } = line;
        tracing::info!(function, request_id, "{text}");
    }

    fn report(&self, report: &Report) {
        let Report { function, request_id, init, duration, error } = report;
        match error {
            Some(error) => {
                tracing::warn!(function, request_id, ?init, ?duration, %error, "invocation failed")
            }
            None => tracing::debug!(function, request_id, ?init, ?duration, "invocation succeeded"),
        }
    }
}

/// Passes each line of a process's output, `stream`, to the log, until the stream ends.
pub(crate) async fn log_lines(
    log: Arc<dyn Log>,
    function: String,
    request: CurrentRequest,
    stream: impl AsyncRead + Unpin,
) {
    let mut lines = BufReader::new(stream);
    while let Ok(Some(text)) = next_line(&mut lines).await {
        let request_id = request.get();
        log.line(&LogLine { function: &function, request_id: request_id.as_deref(), text: &text });
    }
}

/// Reads the next line, or the next part of a line that is longer than `LINE_BYTES`. Returns `None` at the end of the
/// stream.
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
    async fn lines_are_read_one_by_one_and_the_last_needs_no_line_break() {
        let mut input = BufReader::new(&b"one\r\n\xfftwo\n\nthree"[..]);
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut input).await.expect("memory can be read") {
            lines.push(line);
        }
        assert_eq!(lines, ["one", "\u{fffd}two", "", "three"]);
    }

    #[tokio::test]
    async fn a_line_without_end_is_split() {
        let endless = vec![b'x'; LINE_BYTES as usize + 1];
        let mut input = BufReader::new(&endless[..]);
        let first = next_line(&mut input).await.expect("memory can be read");
        assert_eq!(first.map(|line| line.len() as u64), Some(LINE_BYTES));
    }
}
