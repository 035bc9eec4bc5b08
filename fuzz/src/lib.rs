//! A fuzzer for a stable compiler: it runs every parser of outside data with mutated inputs, and finds panics, broken
//! promises (properties that a parser must have for any input) and runs that do not end.
//!
//! It does not measure coverage. Instead each target returns a *signature*, a number that stands for the kind of error or
//! the shape of the result. An input with a new signature is kept for further mutations. Seeds are in `corpus/TARGET/`, one
//! file each. Inputs that once failed are in `regressions/TARGET/`, and are never removed.
//!
//! `cargo xtask fuzz` runs every target for a minute. The tests of this crate replay all seeds and regressions, with some
//! mutations that are the same in each run.
//!
//! # Layout
//!
//! * [`Target`]: a parser and the promises that it must keep. [`targets`]: all of them, a file for each.
//! * [`Fuzzer`]: mutates and runs inputs. [`mutate`]: the changes of an input. [`Rng`]: random numbers that can be
//!   repeated.
//! * [`files`]: seeds and regressions on the disk. [`shrink`]: makes a failing input smaller.

#![warn(missing_docs)]

pub mod files;
mod fuzzer;
pub mod mutate;
mod rng;
pub mod shrink;
mod target;
pub mod targets;

pub use fuzzer::{Failure, Fuzzer};
pub use rng::Rng;
pub use target::{Target, signature};
