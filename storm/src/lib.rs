//! What a viewer saw is what was published, or names exactly what is missing: a crowd that holds any server to it, over
//! real sockets. For tests of the program (`cli/tests/storm`) and of the AWS topology (`e2e/tests/lambda_local`).
//!
//! # Layout
//!
//! * [`Crowd`] is everybody, from beginning to end; [`Told`] is what is to be told of it.
//! * [`Board`] is what all may look at: what was acknowledged.
//! * [`Ledger`] is one viewer's books, in which faults are found.
//! * [`weather`] is what goes wrong on purpose, and [`Seed`] what is left to chance.

#![warn(missing_docs)]
#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

pub use board::Board;
pub use crowd::{Crowd, Plan};
pub use ledger::Ledger;
pub use seed::Seed;
pub use told::Told;

mod board;
mod crowd;
mod ledger;
mod publisher;
mod seed;
mod told;
mod viewer;
pub mod weather;
