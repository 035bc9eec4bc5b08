//! The parsers that are fuzzed.

mod body;
mod frame;
mod host;
mod message;
mod pipe;
mod query;
mod route;
mod session;
mod store;
mod stream;
mod token;

use std::hash::{DefaultHasher, Hash, Hasher};

/// A parser of outside data, with the promises that it must keep.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Name of the target, and of the folders of its inputs.
    pub name: &'static str,
    /// Texts that the parser knows.
    pub words: &'static [&'static str],
    /// Makes further seeds, which are too large for a file or change with the code.
    pub seeds: Option<fn() -> Vec<Vec<u8>>>,
    /// Runs the parser, and panics if it breaks a promise. Returns a number for the way that the input took.
    pub run: fn(&[u8]) -> u64,
}

impl Target {
    /// All targets.
    pub const ALL: [Self; 13] = [
        body::TARGET,
        frame::TARGET,
        host::TARGET,
        message::CLIENT,
        message::SERVER,
        pipe::TARGET,
        query::TARGET,
        route::TARGET,
        session::TARGET,
        store::TARGET,
        stream::TARGET,
        token::JWKS,
        token::TARGET,
    ];

    /// The target of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name == name)
    }
}

/// The signature of a value: equal for equal values.
pub fn signature(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The signature of an error's message. Numbers and quoted texts come from the input, so they do not count.
fn words_of(error: impl std::fmt::Display) -> u64 {
    let text = error.to_string();
    let parts: Vec<&str> = text.split('"').step_by(2).collect();
    let letters = parts.concat();
    signature(letters.chars().filter(|c| !c.is_ascii_digit()).take(60).collect::<String>())
}
