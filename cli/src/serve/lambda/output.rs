//! What functions say, on standard error.

use lambda_host::{Failure, Log, Report};

use crate::term::{self, Look, Paint};

/// The longest of the functions' names, so that what they say stands below each other.
const NAME_WIDTH: usize = 10;

/// Lines with the function's name before them; failures in red.
pub struct Output;

impl Log for Output {
    fn line(&self, function: &str, line: &str) {
        if !is_metric(line) {
            say(function, line);
        }
    }

    fn report(&self, report: &Report) {
        if let Some(failure) = report.failure.as_ref().filter(|failure| !is_refusal(failure)) {
            let words = format!("{failure} (request {})", report.request_id);
            say(&report.function, Paint::stderr().paint(Look::Red, words));
        }
    }
}

/// How an authorizer sends somebody away: API Gateway makes 401 of it.
fn is_refusal(failure: &Failure) -> bool {
    failure.message == "Unauthorized"
}

/// CloudWatch takes such lines for figures ("Specification: Embedded metric format"); nobody here reads them.
fn is_metric(line: &str) -> bool {
    line.starts_with('{') && line.contains("\"_aws\":")
}

fn say(function: &str, words: impl std::fmt::Display) {
    let name = Paint::stderr().paint(Look::Dim, format!("{function:<NAME_WIDTH$}"));
    term::say(format!("{name} {words}"));
}
