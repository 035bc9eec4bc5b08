//! Makes an input that made a target fail smaller, so that the reason is easier to find.

use crate::Target;
use crate::fuzzer::run;

/// Maximum number of smaller inputs that are tried.
const TRIES: usize = 2_000;

/// Removes parts of an input with which the target panics, first large parts and finally single bytes. Each removal is
/// kept if the target still panics. Returns the smallest input that was found.
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
