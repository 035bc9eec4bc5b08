//! The results of the test suites, and the summary that is printed at the end.

use super::failures::{Failure, failures};
use crate::error::TaskError;
use crate::tally::Tally;
use crate::terminal::human_duration;
use std::fmt::Write;
use std::time::Duration;

const TITLE_WIDTH: usize = 32;

/// The result of one test suite.
#[derive(Clone)]
pub struct Suite {
    title: &'static str,
    tally: Tally,
    took: Duration,
    /// True if the suite succeeded and ran at least one test. (A suite without tests counts as failed, although `cargo
    /// test` succeeds then.)
    pub passed: bool,
    /// The tests that failed.
    pub failures: Vec<Failure>,
}

impl Suite {
    /// Returns the result of a suite whose tests were run by a program. `succeeded` is true if the program's exit
    /// status was 0, and `lines` are its output.
    pub fn judge(title: &'static str, succeeded: bool, lines: &[String], took: Duration) -> Self {
        let mut tally = Tally::of(lines.iter().map(String::as_str));
        let passed = succeeded && tally.failed == 0 && tally.passed > 0;
        if !passed {
            // The program ended early, or did not compile. Without this, the total could be "0 failed".
            tally.failed = tally.failed.max(1);
        }
        Self { title, tally, took, passed, failures: failures(lines) }
    }

    /// Returns the result of a suite that consists of `passed` checks, all of which have passed.
    pub fn checked(title: &'static str, passed: u32, took: Duration) -> Self {
        Self { title, tally: Tally { passed, ..Tally::default() }, took, passed: true, failures: Vec::new() }
    }

    /// Marks the suite as failed, because a part of it could not be run.
    pub fn incomplete(mut self) -> Self {
        self.tally.failed = self.tally.failed.max(1);
        self.passed = false;
        self
    }

    /// Returns the failed result of a suite that could not be started.
    pub fn not_started(title: &'static str) -> Self {
        Self::judge(title, false, &[], Duration::ZERO)
    }

    /// Returns one line with the numbers of tests and the duration.
    pub fn result(&self) -> String {
        let remark = match self.tally {
            Tally { passed: 0, .. } => " (nothing ran)".to_owned(),
            Tally { ignored: 1.., .. } => format!(", {} ignored", self.tally.ignored),
            _ => String::new(),
        };
        format!("{}{remark}  {}", self.tally, human_duration(self.took))
    }
}

/// The results of all suites of a run.
pub struct Report(pub Vec<Suite>);

impl Report {
    /// Returns the text of the summary: a line for each suite and one for each failed test, a line with the total duration, and a last
    /// line with only the total numbers. Some programs read only the last line.
    pub fn summary(&self, took: Duration) -> String {
        let mut text = String::new();
        for suite in &self.0 {
            let mark = if suite.passed { "✓" } else { "✗" };
            // Writing to a string cannot fail.
            writeln!(text, "{mark} {:TITLE_WIDTH$} {}", suite.title, suite.result()).unwrap_or_default();
            for failure in &suite.failures {
                writeln!(text, "    failed: {}", failure.name).unwrap_or_default();
            }
        }
        let everything = "total, with set-up";
        write!(text, "  {everything:TITLE_WIDTH$} {}\n{}", human_duration(took), self.total())
            .unwrap_or_default();
        text
    }

    /// Returns an error with the names of the failed suites, or `Ok` if no suite failed.
    pub fn verdict(&self) -> Result<(), TaskError> {
        let failed: Vec<&str> =
            self.0.iter().filter(|suite| !suite.passed).map(|suite| suite.title).collect();
        if failed.is_empty() {
            return Ok(());
        }
        Err(TaskError::Failed { summary: format!("failed: {}", failed.join("; ")) })
    }

    fn total(&self) -> Tally {
        let mut total = Tally::default();
        for suite in &self.0 {
            total += suite.tally;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX_PASSED: &str = "test result: ok. 6 passed; 0 failed; 0 ignored; 0 measured";
    const ONE_FAILED: &str = "test result: FAILED. 5 passed; 1 failed; 0 ignored; 0 measured";

    fn suite(title: &'static str, succeeded: bool, said: &str) -> Suite {
        Suite::judge(title, succeeded, &[said.to_owned()], Duration::from_secs(3))
    }

    fn last_line(report: &Report) -> String {
        report.summary(Duration::from_secs(9)).lines().last().unwrap_or_default().to_owned()
    }

    #[test]
    fn the_last_line_adds_up_all_suites() {
        let report = Report(vec![suite("a", true, SIX_PASSED), suite("b", true, SIX_PASSED)]);
        assert_eq!(last_line(&report), "12 passed, 0 failed");
        assert!(report.verdict().is_ok());
    }

    #[test]
    fn a_failed_test_fails_the_run_and_names_its_suite() {
        let report = Report(vec![suite("a", true, SIX_PASSED), suite("b", false, ONE_FAILED)]);
        assert_eq!(last_line(&report), "11 passed, 1 failed");
        assert_eq!(report.verdict().unwrap_err().to_string(), "failed: b");
    }

    #[test]
    fn the_summary_names_each_failed_test_below_its_suite() {
        let lines = ["test b::adds ... FAILED", "test b::sorts ... ok", ONE_FAILED].map(str::to_owned);
        let report = Report(vec![Suite::judge("b", false, &lines, Duration::ZERO)]);
        let summary = report.summary(Duration::ZERO);
        assert_eq!(summary.lines().nth(1), Some("    failed: b::adds"), "{summary}");
    }

    #[test]
    fn a_suite_that_ends_early_is_counted_as_failed() {
        let report = Report(vec![suite("a", false, SIX_PASSED), Suite::not_started("b")]);
        assert_eq!(last_line(&report), "6 passed, 2 failed");
        assert_eq!(report.verdict().unwrap_err().to_string(), "failed: a; b");
    }

    #[test]
    fn a_suite_of_which_a_part_could_not_be_started_is_counted_as_failed() {
        let report = Report(vec![suite("a", true, SIX_PASSED).incomplete()]);
        assert_eq!(last_line(&report), "6 passed, 1 failed");
        assert_eq!(report.verdict().unwrap_err().to_string(), "failed: a");
    }

    #[test]
    fn ignored_tests_are_shown_with_their_suite_and_not_in_the_last_line() {
        let report = Report(vec![suite("a", true, "test result: ok. 6 passed; 0 failed; 2 ignored")]);
        assert!(report.summary(Duration::ZERO).contains("6 passed, 0 failed, 2 ignored"));
        assert_eq!(last_line(&report), "6 passed, 0 failed");
    }

    #[test]
    fn a_suite_without_tests_fails() {
        assert!(!suite("a", true, "no tests to run!").passed);
    }
}
