//! The error type of this program.

/// The reason why the program cannot run, as a message for the person who started it.
pub type LocalError = Box<dyn std::error::Error>;
