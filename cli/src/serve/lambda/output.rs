//! What functions say, on standard error.

use backend_runtime::{Log, Report};

use crate::term::{self, Look, Paint};

/// The longest of the functions' names, so that what they say stands below each other.
const NAME_WIDTH: usize = 10;

/// Lines with the function's name before them; failures in red.
pub struct Output;

impl Log for Output {
    fn line(&self, function: &str, line: &str) {
        say(function, line);
    }

    fn report(&self, report: &Report) {
        if let Some(failure) = &report.failure {
            let words = format!("{failure} (request {})", report.request_id);
            say(&report.function, Paint::stderr().paint(Look::Red, words));
        }
    }
}

fn say(function: &str, words: impl std::fmt::Display) {
    let name = Paint::stderr().paint(Look::Dim, format!("{function:<NAME_WIDTH$}"));
    term::say(format!("{name} {words}"));
}
