//! A parser that is fuzzed, and the functions that compute a signature from its result.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A parser of outside data, with a check of its promises. A promise is a property that the parser's result must have
/// for every input.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Name of the target. The folders with its seeds and regressions have the same name.
    pub name: &'static str,
    /// Texts that the parser treats specially, such as `"topic":`. Mutations insert them into inputs.
    pub words: &'static [&'static str],
    /// Returns seeds that are not files, because they are large or are taken from other files of the project.
    pub seeds: Option<fn() -> Vec<Vec<u8>>>,
    /// Runs the parser with an input, and panics if the parser breaks a promise. Returns the signature of the result, a
    /// number that stands for its shape or for the kind of its error.
    pub run: fn(&[u8]) -> u64,
}

/// Returns a hash of the value, as the signature of a result. Equal values have the same signature.
pub fn signature(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Returns a signature for the message of an error. Digits and quoted texts are left out, because they come from the
/// input.
pub fn words_of(error: impl std::fmt::Display) -> u64 {
    let text = error.to_string();
    let parts: Vec<&str> = text.split('"').step_by(2).collect();
    let letters = parts.concat();
    signature(letters.chars().filter(|c| !c.is_ascii_digit()).take(60).collect::<String>())
}
