//! The error of everything here.

/// The reason why the topology does not run, as a message for the person who started it.
pub type LocalError = Box<dyn std::error::Error>;
