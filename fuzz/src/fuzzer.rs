//! Fuzzes one target: mutates inputs, runs them, and keeps those with a new kind of result.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::mutate::mutate;
use crate::{Rng, Target};

/// Maximum number of inputs that are kept as a basis for mutations.
const POOL: usize = 4_096;

/// An input that made the target panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The input with which the target panicked.
    pub input: Vec<u8>,
    /// The message of the panic.
    pub message: String,
}

/// Fuzzes one target. It keeps an input as a basis for mutations if the input is a seed, or if its result has a
/// signature that no earlier input had.
#[derive(Debug)]
pub struct Fuzzer {
    target: Target,
    pool: Vec<Vec<u8>>,
    seen: HashSet<u64>,
    rng: Rng,
    runs: u64,
}

impl Fuzzer {
    /// Creates a fuzzer that has only the empty input. `seed` initialises the random generator.
    pub fn new(target: Target, seed: u64) -> Self {
        Self { target, pool: vec![Vec::new()], seen: HashSet::new(), rng: Rng::new(seed), runs: 0 }
    }

    /// Runs an input, and keeps it as a basis for mutations.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the target panics.
    pub fn seed(&mut self, input: Vec<u8>) -> Result<(), Failure> {
        let signature = self.run(&input)?;
        self.seen.insert(signature);
        self.pool.push(input);
        Ok(())
    }

    /// Returns the next input to run: a mutation of a randomly chosen input that was kept.
    pub fn input(&mut self) -> Vec<u8> {
        let (one, other) = (self.rng.below(self.pool.len()), self.rng.below(self.pool.len()));
        mutate(&self.pool[one], &self.pool[other], self.target.words, &mut self.rng)
    }

    /// Runs an input from [`Fuzzer::input`], and keeps it as a basis for mutations if its signature is new.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the target panics.
    pub fn step(&mut self, input: Vec<u8>) -> Result<(), Failure> {
        let signature = self.run(&input)?;
        if self.seen.insert(signature) {
            let place = self.pool.len();
            if place < POOL {
                self.pool.push(input)
            } else {
                self.pool[1 + (signature as usize % (POOL - 1))] = input
            }
        }
        Ok(())
    }

    /// Returns the number of inputs that were run so far.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Returns the number of different signatures among the results so far.
    pub fn signatures(&self) -> usize {
        self.seen.len()
    }

    fn run(&mut self, input: &[u8]) -> Result<u64, Failure> {
        self.runs += 1;
        run(self.target, input)
    }
}

/// Runs the target once with this input, and returns the signature of the result.
///
/// # Errors
///
/// [`Failure`] if the target panics.
pub fn run(target: Target, input: &[u8]) -> Result<u64, Failure> {
    catch_unwind(AssertUnwindSafe(|| (target.run)(input))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Failure {
            input: input.to_vec(),
            message: text.unwrap_or_else(|| "a panic without a message".to_owned()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shrink::shrink;

    const FRAGILE: Target = Target {
        name: "fragile",
        words: &["needle"],
        seeds: None,
        run: |input| {
            assert!(!input.windows(6).any(|part| part == b"needle"), "found it");
            input.len() as u64
        },
    };

    #[test]
    fn a_panic_is_found_and_its_input_is_made_smaller() {
        let mut fuzzer = Fuzzer::new(FRAGILE, 7);
        fuzzer.seed(b"a haystack of some length".to_vec()).unwrap();
        let failure = (0..10_000).find_map(|_| {
            let input = fuzzer.input();
            fuzzer.step(input).err()
        });
        let failure = failure.unwrap();
        assert_eq!(failure.message, "found it");
        assert_eq!(shrink(FRAGILE, failure.input), b"needle");
    }
}
