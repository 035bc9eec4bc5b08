//! What can go wrong, named by what the reader should do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a subcommand stopped.
#[derive(Debug)]
pub enum Failure {
    /// The words make no sense: look at the help.
    Usage { words: String },
    /// An option has no value, or one it cannot have: type what is expected.
    Option { option: String, expected: String },
    /// A program is needed that cannot be installed from here: type `install`.
    Missing { what: String, install: String },
    /// A program ran and said no: its output was shown and is kept in `log`.
    Refused { step: String, log: PathBuf },
    /// Checks or tests found faults in the project, shown above: mend them.
    Faults { summary: String },
    /// The machine, not the project: a file or a program could not be used.
    Machine { doing: String, source: io::Error },
    /// Another program's answer was not understood.
    Unreadable { what: String, reason: String },
}

impl Failure {
    /// Turns an IO error into a failure that says what was being done, for `map_err`.
    pub fn while_doing(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Machine { doing, source }
    }

    /// 2 for a misspelt command, as is the custom; 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. } | Self::Option { .. } => 2,
            Self::Missing { .. }
            | Self::Refused { .. }
            | Self::Faults { .. }
            | Self::Machine { .. }
            | Self::Unreadable { .. } => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { words } => write!(out, "unknown: `cargo xtask {words}`. Try `cargo xtask help`."),
            Self::Option { option, expected } => write!(out, "{option}: expected {expected}"),
            Self::Missing { what, install } => {
                write!(out, "{what}: not found. Install with:\n\n    {install}\n")
            }
            Self::Refused { step, log } => {
                write!(out, "{step} failed. Everything it said: {}", log.display())
            }
            Self::Faults { summary } => out.write_str(summary),
            Self::Machine { doing, source } => write!(out, "{doing}: {source}"),
            Self::Unreadable { what, reason } => write!(out, "{what} was not understood: {reason}"),
        }
    }
}
