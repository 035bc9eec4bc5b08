//! The error type of all subcommands. It has one variant for each way in which the user can react.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// The reason for which a subcommand failed.
#[derive(Debug)]
pub enum TaskError {
    /// The command line is not valid. The printed help lists the valid subcommands.
    Usage { words: String },
    /// An option has no value, or a value that is not allowed. `expected` describes what the user can type.
    InvalidOption { option: String, expected: String },
    /// A program is missing and could not be installed automatically. The user can install it with the command
    /// `install`.
    MissingProgram { what: String, install: String },
    /// A program exited with an error. The end of its output was shown, and all of it is in the file `log`.
    CommandFailed { step: String, log: PathBuf },
    /// Checks or tests failed, or the subcommand refuses to continue. `summary` contains the reason.
    Failed { summary: String },
    /// The operating system returned an error. `doing` describes the failed operation, such as "reading Cargo.lock".
    Io { doing: String, source: io::Error },
    /// A file or the output of another program is not in the expected format.
    UnexpectedOutput { what: String, reason: String },
}

impl TaskError {
    /// Returns a function for `map_err` that converts an IO error to [`TaskError::Io`]. `doing` describes the failed
    /// operation, such as `"reading Cargo.lock"`.
    pub fn while_doing(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    /// Returns the exit code of the process: 2 if the command line is not valid, 1 for every other error.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. } | Self::InvalidOption { .. } => 2,
            Self::MissingProgram { .. }
            | Self::CommandFailed { .. }
            | Self::Failed { .. }
            | Self::Io { .. }
            | Self::UnexpectedOutput { .. } => 1,
        }
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { words } => {
                write!(out, "unknown command: `cargo xtask {words}`. `cargo xtask help` lists all commands.")
            }
            Self::InvalidOption { option, expected } => write!(out, "{option}: expected {expected}"),
            Self::MissingProgram { what, install } => {
                write!(out, "cannot find {what}. Install with:\n\n    {install}\n")
            }
            Self::CommandFailed { step, log } => {
                write!(out, "{step} failed. Its whole output is in {}", log.display())
            }
            Self::Failed { summary } => out.write_str(summary),
            Self::Io { doing, source } => write!(out, "{doing} failed: {source}"),
            Self::UnexpectedOutput { what, reason } => write!(out, "{what} could not be read: {reason}"),
        }
    }
}
