//! From lines of text to publications.
//!
//! Pure: what comes in are lines, what goes out are items and batches. Reading, waiting and sending are
//! [`crate::command::pipe`]'s.

pub mod batch;
pub mod detect;
pub mod format;

pub use batch::Batcher;
pub use detect::{Detector, Verdict};
pub use format::{Format, LineError, Parser};
