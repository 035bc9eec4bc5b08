//! A parser that is fuzzed, and functions that compute the signature of a result.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A parser of outside data, with a check of its promises, which are the properties that its result must have for any
/// input.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Name of the target, and of the folders of its inputs.
    pub name: &'static str,
    /// Texts that the parser treats specially, which are inserted into inputs.
    pub words: &'static [&'static str],
    /// Returns further seeds, which are too large for a file or change with the code.
    pub seeds: Option<fn() -> Vec<Vec<u8>>>,
    /// Runs the parser, and panics if it breaks a promise. Returns the signature of the result, which is a number.
    pub run: fn(&[u8]) -> u64,
}

/// Returns the signature of a value. Equal values have the same signature.
pub fn signature(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Returns the signature of an error's message. Numbers and quoted texts come from the input, so they do not count.
pub fn words_of(error: impl std::fmt::Display) -> u64 {
    let text = error.to_string();
    let parts: Vec<&str> = text.split('"').step_by(2).collect();
    let letters = parts.concat();
    signature(letters.chars().filter(|c| !c.is_ascii_digit()).take(60).collect::<String>())
}
