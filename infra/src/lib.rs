//! Reads the template in this folder, so that the tests can compare it with the code.

#![warn(missing_docs)]

mod source;
mod template;

pub use source::Sources;
pub use template::{Statement, Template};
