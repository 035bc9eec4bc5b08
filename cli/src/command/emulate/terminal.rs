//! Prints what happens in an app: the logs of its functions, errors, and notices.

use apigw_websocket::{ConnectionId, ObservedHandshake, Observer};
use lambda_host::{FunctionError, Log, LogLine, Report, StartReport};
use serverless_emulator::Watcher;
use serverless_emulator::data::{Condition, DataObserver};

use super::error_record::ErrorRecord;
use super::record::Record;
use super::told_errors::{ToldErrors, Untold};
use crate::term::{self, Look, Paint, escaped};

/// Close code of a connection that ended without a close frame (RFC 6455, section 7.4.1).
const LOST: u16 = 1006;
/// Length of the function names in characters. Shorter names are padded, so that the output is aligned.
const NAME_WIDTH: usize = 16;
/// Number of characters of a request id that are printed. They tell the invocations of a minute apart.
const ID_WIDTH: usize = 8;

/// Prints what happens in an app to standard error.
pub struct TerminalWatcher {
    is_quiet: bool,
    told: ToldErrors,
}

impl TerminalWatcher {
    /// Creates a watcher. If it is quiet, it prints notices only.
    pub fn new(is_quiet: bool) -> Self {
        Self { is_quiet, told: ToldErrors::default() }
    }

    /// Returns the part of a message that has not been printed. All errors are printed once.
    fn untold(&self, line: &LogLine<'_>, message: &str) -> Option<String> {
        let Some(error) = ErrorRecord::of(message) else { return Some(message.to_owned()) };
        match self.told.record(line.function, line.request_id, error.head()) {
            Untold::All => Some(error.to_string()),
            Untold::Trace => error.trace(),
            Untold::Nothing => None,
        }
    }

    fn say(&self, name: &str, request_id: Option<&str>, words: impl std::fmt::Display) {
        if !self.is_quiet {
            let id = request_id.unwrap_or_default();
            let id = &id[..id.floor_char_boundary(ID_WIDTH)];
            let head = Paint::stderr().paint(Look::Dim, format!("{name:<NAME_WIDTH$} {id:<ID_WIDTH$}"));
            term::say(format!("{head} {words}"));
        }
    }
}

impl Observer for TerminalWatcher {
    fn handshake(&self, handshake: &ObservedHandshake<'_>) {
        let ObservedHandshake { connection, status, duration, .. } = handshake;
        self.say("connect", None, format_args!("{status} {connection} in {} ms", duration.as_millis()));
    }

    fn end(&self, connection: &ConnectionId, code: u16, reason: &str) {
        let reason = if code == LOST && reason.is_empty() { "connection lost" } else { reason };
        let words = format!("{code} {connection} {}", escaped(reason));
        self.say("disconnect", None, words.trim_end());
    }
}

impl Log for TerminalWatcher {
    fn line(&self, line: &LogLine<'_>) {
        if is_metric(line.text) {
            return;
        }
        let Record { level, message } = Record::of(line.text);
        let Some(message) = self.untold(line, message) else { return };
        let level = level.map(|level| format!("{level} ")).unwrap_or_default();
        // On Lambda, carriage returns stand for line breaks within a record.
        for (index, text) in message.split('\r').enumerate() {
            let level = if index == 0 { level.as_str() } else { "" };
            self.say(
                line.function,
                line.request_id,
                format_args!("{level}{}", escaped(&text.replace('\t', " "))),
            );
        }
    }

    fn report(&self, report: &Report) {
        let Report { function, request_id, error, .. } = report;
        let was_told =
            self.told.end(function, request_id, error.as_ref().map(ToString::to_string).as_deref());
        if was_told {
            return;
        }
        if let Some(error) = error.as_ref().filter(|error| !is_refusal(error)) {
            self.say(function, Some(request_id), Paint::stderr().paint(Look::Red, error));
        }
    }

    fn started_ahead(&self, report: &StartReport) {
        let StartReport { function, error: Some(error), .. } = report else { return };
        if !self.told.end_start(function, &error.to_string()) {
            self.say(function, None, Paint::stderr().paint(Look::Red, error));
        }
        let words = "the function does not start; its next invocation tries it again";
        self.say(function, None, Paint::stderr().paint(Look::Red, words));
    }
}

impl DataObserver for TerminalWatcher {
    fn line(&self, source: &str, line: &str) {
        self.say(source, None, escaped(line));
    }

    fn discarded(&self, mapping: &str, records: usize, condition: Condition) {
        self.notice(&format!("{mapping}: {records} records are discarded: {condition:?}"));
    }
}

impl Watcher for TerminalWatcher {
    fn notice(&self, text: &str) {
        term::say(Paint::stderr().paint(Look::Yellow, text));
    }
}

/// Returns true for a line in CloudWatch's embedded metric format, which is not meant for people.
fn is_metric(line: &str) -> bool {
    line.starts_with('{') && line.contains("\"_aws\":")
}

/// Returns true for the error with which an authorizer denies access. API Gateway answers it with 401.
fn is_refusal(error: &FunctionError) -> bool {
    error.message == "Unauthorized"
}
