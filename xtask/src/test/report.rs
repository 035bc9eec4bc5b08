//! What came of the tests.

use crate::failure::Failure;
use crate::tally::Tally;
use crate::terminal::human_duration;
use std::fmt::Write;
use std::time::Duration;

const TITLE_WIDTH: usize = 32;

/// One run of a test program and its result.
pub struct Suite {
    title: &'static str,
    tally: Tally,
    took: Duration,
    /// It ended well, and did run something: a runner that finds no tests is content, we are not.
    pub passed: bool,
}

impl Suite {
    /// Judges a program by its exit and by what it said.
    pub fn judge(title: &'static str, succeeded: bool, lines: &[String], took: Duration) -> Self {
        let mut tally = Tally::of(lines.iter().map(String::as_str));
        let passed = succeeded && tally.failed == 0 && tally.passed > 0;
        if !passed {
            // It broke off, or never compiled. The total must not say "0 failed".
            tally.failed = tally.failed.max(1);
        }
        Self { title, tally, took, passed }
    }

    /// Checks of our own, and they hold.
    pub fn checked(title: &'static str, passed: u32, took: Duration) -> Self {
        Self { title, tally: Tally { passed, ..Tally::default() }, took, passed: true }
    }

    /// What it needs could not be set up.
    pub fn not_started(title: &'static str) -> Self {
        Self::judge(title, false, &[], Duration::ZERO)
    }

    /// The count and the time, for a line.
    pub fn result(&self) -> String {
        let remark = match self.tally {
            Tally { passed: 0, .. } => " (nothing ran)".to_owned(),
            Tally { ignored: 1.., .. } => format!(", {} ignored", self.tally.ignored),
            _ => String::new(),
        };
        format!("{}{remark}  {}", self.tally, human_duration(self.took))
    }
}

/// All suites of a run.
pub struct Report(pub Vec<Suite>);

impl Report {
    /// A line for each suite and the time of all; the last line is the count alone, for whoever reads
    /// only that.
    pub fn summary(&self, took: Duration) -> String {
        let mut text = String::new();
        for suite in &self.0 {
            let mark = if suite.passed { "✓" } else { "✗" };
            // Writing to a string cannot fail.
            writeln!(text, "{mark} {:TITLE_WIDTH$} {}", suite.title, suite.result()).unwrap_or_default();
        }
        let everything = "everything, set-up included";
        write!(text, "  {everything:TITLE_WIDTH$} {}\n{}", human_duration(took), self.total())
            .unwrap_or_default();
        text
    }

    /// A failure that names the suites which failed.
    pub fn verdict(&self) -> Result<(), Failure> {
        let failed: Vec<&str> =
            self.0.iter().filter(|suite| !suite.passed).map(|suite| suite.title).collect();
        if failed.is_empty() {
            return Ok(());
        }
        Err(Failure::Faults { summary: format!("failed: {}", failed.join("; ")) })
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
    fn suites_that_pass_are_added_up_in_the_last_line() {
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
    fn a_suite_that_breaks_off_never_reads_as_none_failed() {
        let report = Report(vec![suite("a", false, SIX_PASSED), Suite::not_started("b")]);
        assert_eq!(last_line(&report), "6 passed, 2 failed");
        assert_eq!(report.verdict().unwrap_err().to_string(), "failed: a; b");
    }

    #[test]
    fn ignored_tests_are_told_with_their_suite_and_not_in_the_last_line() {
        let report = Report(vec![suite("a", true, "test result: ok. 6 passed; 0 failed; 2 ignored")]);
        assert!(report.summary(Duration::ZERO).contains("6 passed, 0 failed, 2 ignored"));
        assert_eq!(last_line(&report), "6 passed, 0 failed");
    }

    #[test]
    fn a_suite_without_tests_is_not_a_success() {
        assert!(!suite("a", true, "no tests to run!").passed);
    }
}
