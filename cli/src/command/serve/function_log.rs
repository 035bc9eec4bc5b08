//! Prints the output of Lambda functions, and the errors of their invocations, to standard error.

use lambda_host::{FunctionError, Log, Report};

use crate::term::{self, Look, Paint, escaped};

/// Length of the longest function name in characters. Shorter names are padded, so that the output is aligned.
const NAME_WIDTH: usize = 10;

/// Prints each line of output after the name of its function, and errors in red.
pub struct FunctionLog;

impl Log for FunctionLog {
    fn line(&self, function: &str, line: &str) {
        if !is_metric(line) {
            say(function, escaped(line));
        }
    }

    fn report(&self, report: &Report) {
        if let Some(error) = report.error.as_ref().filter(|error| !is_refusal(error)) {
            let text = format!("{error} (request {})", report.request_id);
            say(&report.function, Paint::stderr().paint(Look::Red, text));
        }
    }
}

/// Returns true for the error with which an authorizer denies access. API Gateway answers it with 401.
fn is_refusal(error: &FunctionError) -> bool {
    error.message == "Unauthorized"
}

/// Returns true for a line in CloudWatch's embedded metric format. Such lines are not printed, because they are not
/// meant for people.
fn is_metric(line: &str) -> bool {
    line.starts_with('{') && line.contains("\"_aws\":")
}

fn say(function: &str, words: impl std::fmt::Display) {
    let name = Paint::stderr().paint(Look::Dim, format!("{function:<NAME_WIDTH$}"));
    term::say(format!("{name} {words}"));
}
