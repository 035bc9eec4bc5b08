//! A fuzzer for a stable compiler: it feeds every parser of outside data with mutated input, and looks for panics, broken
//! promises and endless work.
//!
//! It sees no coverage. Instead each target answers with a *signature*, a number for the way that the input took (the kind of
//! error, the shape of the result), and an input with a signature that is new becomes a seed for further mutations. Seeds are
//! in `corpus/TARGET/`, one file each; inputs that once failed are in `regressions/TARGET/`, and never leave.
//!
//! `cargo xtask fuzz` runs every target for a minute. The tests of this crate replay all seeds and regressions, with some
//! mutations that are the same in each run.
//!
//! # Layout
//!
//! * [`Target`]: a parser and the promises that it must keep. [`targets`]: all of them, a file for each.
//! * [`Fuzzer`]: the pool of inputs. [`mutate`]: the changes of an input. [`Rng`]: repeatable chance.
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
