//! Errors of all subcommands, one variant for each way in which the reader can react.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Reason for which a subcommand stopped.
#[derive(Debug)]
pub enum TaskError {
    /// The command line is not valid. The help lists the valid ones.
    Usage { words: String },
    /// An option has no value, or a value that is not allowed. `expected` describes what to type.
    InvalidOption { option: String, expected: String },
    /// A program is missing and could not be installed. The command `install` installs it.
    MissingProgram { what: String, install: String },
    /// A program exited with an error. Its output was shown, and is kept in the file `log`.
    CommandFailed { step: String, log: PathBuf },
    /// Checks or tests failed, or the subcommand refuses to continue. `summary` contains the reason.
    Failed { summary: String },
    /// The operating system refused to open a file or to start a program.
    Io { doing: String, source: io::Error },
    /// A file or the output of another program is not in the expected format.
    UnexpectedOutput { what: String, reason: String },
}

impl TaskError {
    /// Returns a function for `map_err` that adds a description of the failed operation to an IO error, such as
    /// `"reading Cargo.lock"`.
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
                write!(out, "{what}: not found. Install with:\n\n    {install}\n")
            }
            Self::CommandFailed { step, log } => {
                write!(out, "{step} failed. Its whole output is in {}", log.display())
            }
            Self::Failed { summary } => out.write_str(summary),
            Self::Io { doing, source } => write!(out, "{doing}: {source}"),
            Self::UnexpectedOutput { what, reason } => write!(out, "{what} could not be read: {reason}"),
        }
    }
}
