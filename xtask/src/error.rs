//! The errors of all subcommands, one variant for each thing that the reader can do about them.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// The reason why a subcommand stopped.
#[derive(Debug)]
pub enum TaskError {
    /// The command line is not valid; the help shows those that are.
    Usage { words: String },
    /// An option has no value, or one that is not allowed; `expected` says what to type.
    InvalidOption { option: String, expected: String },
    /// A program is missing and could not be installed; the command `install` installs it.
    MissingProgram { what: String, install: String },
    /// A program that was run exited with an error. Its output was shown, and is kept in the file `log`.
    CommandFailed { step: String, log: PathBuf },
    /// Checks or tests failed, or the command refuses to go on; `summary` says why.
    Failed { summary: String },
    /// The operating system refused to open a file or to start a program.
    Io { doing: String, source: io::Error },
    /// A file or the output of another program is not in the expected format.
    UnexpectedOutput { what: String, reason: String },
}

impl TaskError {
    /// Returns a function for `map_err` that adds to an IO error what was being done: `"reading Cargo.lock"`.
    pub fn while_doing(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    /// The exit code of the process: 2 if the command line is not valid, 1 for every other error.
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
