//! Remembers which errors were printed, so that each is printed once.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Maximum number of errors that are remembered.
const ERRORS: usize = 1_000;

/// The errors that were printed, until the end of their invocations. Before an invocation fails because its process cannot start,
/// two processes print the same error, and the report of the invocation has it too. The report may come before the lines.
#[derive(Debug, Default)]
pub struct ToldErrors(Mutex<BTreeMap<Invocation, Told>>);

/// Name of the function, and the request id. Errors of the init phase have none.
type Invocation = (String, Option<String>);

/// An error that was printed.
#[derive(Debug)]
struct Told {
    /// First line of the error.
    head: String,
    /// True if the report was printed, and the record of the function, which has a trace, was not.
    is_report: bool,
}

/// The part of a record that has not been printed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// All of it.
    All,
    /// All but the first line.
    Trace,
    /// Nothing.
    Nothing,
}

impl ToldErrors {
    /// Returns the part of the record of an error that is to be printed, of which `head` is the first line.
    pub fn record(&self, function: &str, request_id: Option<&str>, head: &str) -> Untold {
        let key = (function.to_owned(), request_id.map(str::to_owned));
        let mut told = self.lock();
        match told.get(&key) {
            Some(former) if former.head == head && former.is_report => {
                told.remove(&key);
                Untold::Trace
            }
            Some(former) if former.head == head => Untold::Nothing,
            Some(_) | None => {
                told.insert(key, Told { head: head.to_owned(), is_report: false });
                Untold::All
            }
        }
    }

    /// Ends an invocation. Returns true if its error has been printed.
    pub fn end(&self, function: &str, request_id: &str, error: Option<&str>) -> bool {
        let own = (function.to_owned(), Some(request_id.to_owned()));
        let mut told = self.lock();
        let printed = [told.remove(&own), told.remove(&(function.to_owned(), None))];
        let Some(head) = error.and_then(|error| error.lines().next()) else { return false };
        let is_printed = printed.iter().flatten().any(|told| told.head == head);
        if !is_printed {
            told.insert(own, Told { head: head.to_owned(), is_report: true });
        }
        is_printed
    }

    /// Ends a start for which no invocation waits. Returns true if its error has been printed. The error stays known, so that the next
    /// invocation, which fails like this, does not print it again.
    pub fn end_start(&self, function: &str, error: &str) -> bool {
        let head = error.lines().next().unwrap_or_default();
        let key = (function.to_owned(), None);
        let mut told = self.lock();
        let is_printed = told.get(&key).is_some_and(|told| told.head == head);
        if !is_printed {
            told.insert(key, Told { head: head.to_owned(), is_report: true });
        }
        is_printed
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Invocation, Told>> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= ERRORS {
            // The only consequence is that an error may be printed twice.
            told.clear();
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_both_processes_and_of_the_report_is_printed_once() {
        let told = ToldErrors::default();
        assert_eq!(told.record("chat", None, "Error: x"), Untold::All);
        assert_eq!(told.record("chat", None, "Error: x"), Untold::Nothing);
        assert!(told.end("chat", "1", Some("Error: x\nmore")));
        assert_eq!(told.record("chat", None, "Error: x"), Untold::All);
    }

    #[test]
    fn the_error_of_a_start_is_not_printed_again_by_the_first_invocation() {
        let told = ToldErrors::default();
        assert_eq!(told.record("chat", None, "Error: x"), Untold::All);
        assert!(told.end_start("chat", "Error: x\nmore"));
        assert_eq!(told.record("chat", None, "Error: x"), Untold::Nothing);
        assert!(told.end("chat", "1", Some("Error: x")));
        assert!(!told.end_start("chat", "Error: x"));
        assert_eq!(told.record("chat", None, "Error: x"), Untold::Trace);
    }

    #[test]
    fn after_the_report_only_the_trace_is_printed() {
        let told = ToldErrors::default();
        assert!(!told.end("chat", "1", Some("Error: x")));
        assert_eq!(told.record("chat", Some("1"), "Error: x"), Untold::Trace);
        assert_eq!(told.record("chat", Some("1"), "Error: x"), Untold::All);
    }

    #[test]
    fn another_error_another_function_and_another_request_are_printed() {
        let told = ToldErrors::default();
        for (function, request, head) in [
            ("chat", "1", "Error: x"),
            ("chat", "2", "Error: x"),
            ("other", "1", "Error: x"),
            ("chat", "1", "Error: y"),
        ] {
            assert_eq!(
                told.record(function, Some(request), head),
                Untold::All,
                "{function} {request} {head}"
            );
        }
        assert!(!told.end("chat", "3", Some("Error: x")));
        assert!(!told.end("chat", "1", None));
    }
}
