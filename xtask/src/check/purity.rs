//! Finds calls of clocks, random generators and IO in crates that must be pure. These crates receive time, random
//! numbers and data as arguments.

use super::sources::Source;

const PURE_FOLDERS: [&str; 6] = [
    "shared/src/",
    "session/src/",
    "inputs/src/",
    "backend/core/src/",
    "backend/template/src/",
    "frontend/model/src/",
];
const IMPURE: [&str; 12] = [
    "Instant::now",
    "SystemTime::now",
    "getrandom",
    "rand::",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "thread_rng",
    "tokio::",
    "web_sys",
];

/// Returns `path:line: call` for every forbidden call in a pure crate.
pub fn violations(sources: &[Source]) -> Vec<String> {
    let pure = sources.iter().filter(|source| is_pure(&source.path));
    pure.flat_map(violations_in).collect()
}

/// Returns true if the file must not contain such calls. Tests may contain them, and so may code that a crate offers to
/// the tests of other crates (feature `testing`), because they may need a runtime.
fn is_pure(path: &str) -> bool {
    let is_test = path.ends_with("/tests.rs") || path.contains("/tests/") || path.contains("/src/testing");
    path.ends_with(".rs") && !is_test && PURE_FOLDERS.iter().any(|folder| path.starts_with(folder))
}

fn violations_in(source: &Source) -> Vec<String> {
    let code = (1..).zip(source.text.lines()).take_while(|(_, line)| !starts_tests(line));
    let calls = code.filter_map(|(number, line)| {
        let call = IMPURE.iter().find(|call| calls(line, call))?;
        Some(format!("{}:{number}: {call}", source.path))
    });
    calls.collect()
}

/// Returns true for the attribute before a module of tests. Such a module is the last item of its file.
fn starts_tests(line: &str) -> bool {
    line.trim_start().starts_with("#[cfg(test)]")
}

/// Returns true if `line` contains the name of a function as a whole word outside of comments.
fn calls(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations_of(path: &str, text: &str) -> Vec<String> {
        violations(&[Source { path: path.to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn a_clock_read_in_a_pure_crate_is_found() {
        let text = "use std::time::Instant;\n\nfn now() { Instant::now(); }\n";
        assert_eq!(violations_of("shared/src/session.rs", text), ["shared/src/session.rs:3: Instant::now"]);
    }

    #[test]
    fn every_kind_of_impurity_is_found() {
        for call in IMPURE {
            assert_eq!(
                violations_of("backend/core/src/lib.rs", &format!("let x = {call};")).len(),
                1,
                "{call}"
            );
        }
    }

    #[test]
    fn other_crates_may_read_the_clock() {
        assert!(violations_of("cli/src/main.rs", "SystemTime::now()").is_empty());
    }

    #[test]
    fn tests_may_use_a_runtime_and_comments_may_name_anything() {
        assert!(violations_of("backend/core/src/ingest/tests.rs", "tokio::test").is_empty());
        assert!(violations_of("backend/core/src/testing/conformance.rs", "#[tokio::test]").is_empty());
        assert!(violations_of("shared/src/lib.rs", "/// Never `SystemTime::now`.").is_empty());
        let with_tests = "pub fn f() {}\n#[cfg(test)]\nmod tests { use std::fs; }";
        assert!(violations_of("shared/src/lib.rs", with_tests).is_empty());
    }

    #[test]
    fn a_name_within_a_longer_word_does_not_count() {
        assert!(violations_of("shared/src/lib.rs", "let brand::Name = operand::of(x);").is_empty());
    }
}
