//! The failed tests in the output of `cargo test`, with what they printed.

/// Maximum number of lines that are shown of what one failed test printed. Its message is in the first lines.
const SHOWN_LINES: usize = 25;

/// A test that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The path of the test, such as `reading::a_paused_board_keeps_what_every_panel_shows`.
    pub name: String,
    /// The first lines of what it printed. It is empty if the output does not contain them.
    pub printed: Vec<String>,
}

/// Returns the tests that failed, in the order in which they ended. `wasm-bindgen-test` marks them with `FAIL`, and `cargo test` with
/// `FAILED`.
pub fn failures(lines: &[String]) -> Vec<Failure> {
    let name = |line: &String| {
        let line = line.trim().strip_prefix("test ")?;
        let name = line.strip_suffix(" ... FAILED").or_else(|| line.strip_suffix(" ... FAIL"))?;
        Some(name.to_owned())
    };
    lines.iter().filter_map(name).map(|name| Failure { printed: printed(lines, &name), name }).collect()
}

/// Returns the first lines below the heading of a failed test, up to the next heading.
fn printed(lines: &[String], name: &str) -> Vec<String> {
    let headings = [format!("---- {name} stdout ----"), format!("---- {name} output ----")];
    let Some(heading) = lines.iter().position(|line| headings.contains(&line.trim().to_owned())) else {
        return Vec::new();
    };
    let ends = |line: &&String| line.starts_with("---- ") || line.as_str() == "failures:";
    lines[heading + 1..].iter().take_while(|line| !ends(line)).take(SHOWN_LINES).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_PROGRAMS: &str = "\
running 2 tests
test a::sums ... ok
test a::rounds ... FAILED

failures:

---- a::rounds stdout ----

thread 'a::rounds' panicked at a.rs:3:5:
assertion failed: one is two


failures:
    a::rounds

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
running 2 tests
test reads ... FAIL
test b ... ok
";

    fn lines() -> Vec<String> {
        TWO_PROGRAMS.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_failed_test_is_named_with_what_it_printed_though_other_programs_ran_after_it() {
        let failures = failures(&lines());
        assert_eq!(failures[0].name, "a::rounds");
        assert!(failures[0].printed.contains(&"assertion failed: one is two".to_owned()));
        assert!(!failures[0].printed.iter().any(|line| line.contains("test result")));
    }

    #[test]
    fn a_failed_test_of_the_wasm_runner_is_named_too() {
        assert_eq!(failures(&lines())[1], Failure { name: "reads".to_owned(), printed: Vec::new() });
    }

    #[test]
    fn a_long_backtrace_is_cut_and_the_message_stays() {
        let mut long = lines();
        let message = long.iter().position(|line| line.contains("panicked")).unwrap();
        long.splice(message + 2..message + 2, (0..400).map(|n| format!("  {n}: frame")));
        let failures = failures(&long);
        assert_eq!(failures[0].printed.len(), SHOWN_LINES);
        assert!(failures[0].printed[1].contains("panicked"));
    }
}
