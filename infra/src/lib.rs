//! Reads the template of this folder. The tests compare the template with the code.

#![warn(missing_docs)]

mod source;
mod template;

pub use source::Sources;
pub use template::{Statement, Template};
