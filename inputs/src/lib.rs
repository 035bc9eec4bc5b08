//! Reads the output of other programs: converts its lines to publications, and returns for each line whether it was
//! published.
//!
//! This crate contains no IO, clock or random numbers: the bytes, the time and the time zone are arguments. It depends
//! only on `shared`. The format of an input is recognised from its lines, and recognised again if later lines have
//! another format.
//!
//! Every line has exactly one of four results (see [`Outcome`]):
//!
//! * It is part of a publication.
//! * It is structure: a header, a comment, a separator, or an average over the whole run.
//! * It is reported as unreadable, with a reason.
//! * It is blank.
//!
//! ```
//! use tickertape_inputs::{Moment, Options, Outcome, Reader, Splitter, Utc};
//!
//! let now = Moment { mono_ms: 0, wall_ms: 1_800_000_000_000 };
//! let mut splitter = Splitter::default();
//! let mut reader = Reader::new(Options::default(), Box::new(Utc));
//! let mut outcomes = Vec::new();
//! for line in splitter.push(b"in,out\n21.50,4\n") {
//!     outcomes.extend(reader.read(line, now));
//! }
//! outcomes.extend(reader.finish(now));
//! assert!(matches!(&outcomes[0], Outcome::Structure { line: 1 }));
//! let Outcome::Publish(publication) = &outcomes[1] else { panic!("{outcomes:?}") };
//! assert_eq!(publication.json, r#"{"in":21.50,"out":4}"#);
//! ```
//!
//! # Layout
//!
//! * [`lines`]: divides bytes into lines.
//! * [`reader`]: recognises the format, reads the lines, and gives the result for each line, an [`outcome`].
//! * [`mod@format`]: a file for each format. [`parser`]: a reader of any one format. [`event`]: the usual names of
//!   message, level and time.
//! * [`number`], [`mod@unit`], [`time`], [`cell`]: read a single value.
//! * [`word`]: reads words of a command line.
//! * [`row`], [`data`]: the values of a line, the rows of several devices, and their JSON.

#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects"))]

pub mod cell;
pub mod data;
pub mod error;
pub mod event;
pub mod format;
pub mod guess;
pub mod lines;
mod names;
pub mod number;
pub mod options;
pub mod outcome;
pub mod parser;
pub mod reader;
pub mod row;
pub mod time;
pub mod unit;
pub mod verdict;
pub mod word;

pub use error::LineError;
pub use format::Format;
pub use lines::{Line, Splitter};
pub use options::Options;
pub use outcome::{Destination, Moment, Outcome, Publication};
pub use reader::{IgnoredTime, Reader};
pub use time::{Utc, Zone};
