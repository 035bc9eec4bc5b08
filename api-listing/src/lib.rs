//! Lists the public items of a crate from its source code, and compares them with the file `api.txt` of that crate. A
//! test that does so shows each change of the public API in review.
//!
//! ```no_run
//! api_listing::assert_unchanged("/path/to/crate");
//! ```
//!
//! A test passes `env!("CARGO_MANIFEST_DIR")`. With `UPDATE_API=1` in the environment, the file is written instead.
//!
//! The listing has one line for each item at each path where it is public: functions and methods with their signatures,
//! fields, variants, and implemented traits. It is made from the syntax alone: an item that a macro generates is missing,
//! and a type is written as in the source. Derived traits are listed, other automatically implemented ones are not.

mod listing;
mod render;
mod tree;

use std::fmt::Write;
use std::path::Path;

/// The environment variable that makes [`assert_unchanged`] write the file.
const UPDATE: &str = "UPDATE_API";

/// Compares the public items of the crate in `directory` with its file `api.txt`.
///
/// # Panics
///
/// Panics if they differ, naming the lines, or if a file cannot be read or parsed.
pub fn assert_unchanged(directory: impl AsRef<Path>) {
    let directory = directory.as_ref();
    let (file, actual) = (directory.join("api.txt"), text(directory));
    if std::env::var_os(UPDATE).is_some() {
        return std::fs::write(&file, actual)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    let differences = differences(&expected, &actual);
    assert!(
        differences.is_empty(),
        "the public API differs from {}; if that is intended, run this test with {UPDATE}=1:\n{differences}",
        file.display()
    );
}

/// Returns the listing of the crate in `directory`, one item a line, sorted.
///
/// # Panics
///
/// Panics if a source file cannot be read or parsed.
pub fn text(directory: impl AsRef<Path>) -> String {
    let tree = tree::Tree::read(&directory.as_ref().join("src/lib.rs"));
    listing::lines(&tree).into_iter().fold(String::new(), |mut text, line| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
        text
    })
}

fn differences(expected: &str, actual: &str) -> String {
    let missing = |from: &str, other: &str, mark: char| {
        let other: std::collections::BTreeSet<&str> = other.lines().collect();
        let lines = from.lines().filter(|line| !other.contains(line));
        lines.map(|line| format!("{mark} {line}\n")).collect::<String>()
    };
    missing(expected, actual, '-') + &missing(actual, expected, '+')
}

#[cfg(test)]
mod tests;
