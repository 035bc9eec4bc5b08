//! Makes a failing input smaller.

use crate::Target;
use crate::fuzzer::run;

/// Maximum number of inputs that are tried.
const TRIES: usize = 2_000;

/// Removes parts of an input, first large ones and then single bytes, and keeps each change with which the target still
/// panics. Returns the smallest input found.
pub fn shrink(target: Target, input: Vec<u8>) -> Vec<u8> {
    let mut smallest = input;
    let mut tries = 0;
    let mut part = smallest.len().div_ceil(2);
    while part > 0 {
        let mut at = 0;
        while at < smallest.len() && tries < TRIES {
            tries += 1;
            let end = smallest.len().min(at + part);
            let shorter = [&smallest[..at], &smallest[end..]].concat();
            if run(target, &shorter).is_err() { smallest = shorter } else { at = end }
        }
        part /= 2;
    }
    smallest
}
