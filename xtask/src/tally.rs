//! Adds up the numbers of passed and failed tests in the output of `cargo test`.

use std::fmt;
use std::ops::AddAssign;

/// Numbers of tests that passed, that failed and that were ignored.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
    pub ignored: u32,
}

impl Tally {
    /// Adds up the numbers in all lines that begin with `test result:`. `wasm-bindgen-test` prints such lines in the
    /// same form as `cargo test`.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let mut total = Self::default();
        for result in lines.into_iter().filter_map(|line| line.trim().strip_prefix("test result:")) {
            total += Self::of_result(result);
        }
        total
    }

    /// Parses the end of a result line, such as `ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out;
    /// finished in 0.01s`.
    fn of_result(result: &str) -> Self {
        let count = |word| {
            let mut numbers = result.split([';', '.']).filter_map(|part| part.trim().strip_suffix(word));
            numbers.find_map(|number| number.trim().parse().ok()).unwrap_or(0)
        };
        Self { passed: count("passed"), failed: count("failed"), ignored: count("ignored") }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_PROGRAMS: &str = "\
running 3 tests
test a ... ok
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

   Doc-tests shared
test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out; finished in 1.50s
";

    #[test]
    fn the_results_of_all_programs_are_added_up() {
        let tally = Tally::of(TWO_PROGRAMS.lines());
        assert_eq!(tally, Tally { passed: 15, failed: 2, ignored: 1 });
        assert_eq!(tally.to_string(), "15 passed, 2 failed");
    }

    #[test]
    fn results_of_the_wasm_runner_count_too() {
        let line = "test result: ok. 7 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.02s";
        assert_eq!(Tally::of([line]).to_string(), "7 passed, 0 failed");
    }

    #[test]
    fn a_test_that_prints_about_passing_is_not_counted() {
        assert_eq!(Tally::of(["all 9 passed; great", "thread 'x' panicked: 3 failed"]), Tally::default());
    }
}
