//! The template of this folder, read. The tests beside this file compare what it says with what the code says.

#![warn(missing_docs)]

mod source;
mod template;

pub use source::Sources;
pub use template::{Statement, Template};
