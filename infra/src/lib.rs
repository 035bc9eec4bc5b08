//! Reads the SAM template in this folder, so that tests can compare it with the code.

#![warn(missing_docs)]

mod source;
mod template;

pub use source::Sources;
pub use template::{Statement, Template};
