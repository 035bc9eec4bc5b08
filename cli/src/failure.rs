//! How a command ends when it does not end well: an exit code for programs, words for people.

use std::fmt;
use std::process::ExitCode;

/// What the exit code says. 0 is success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 1: it was tried and failed.
    Failed,
    /// 2: what was typed cannot be meant. clap's own errors end so as well.
    Usage,
    /// 3: the server refused: sign in, or ask for the right.
    Refused,
    /// 4: no server answered.
    Unreachable,
}

impl Exit {
    /// The number a shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Unreachable => 4,
        }
    }
}

/// The end of `--help`.
pub const HELP: &str = "\
Exit codes:
  0  done
  1  tried and failed
  2  what was typed cannot be meant
  3  refused by the server: give a --token that allows it
  4  no server answered";

/// Why a command ended badly, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What went wrong.
    pub what: String,
    /// What to type or change next.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure with nothing to suggest.
    pub fn new(exit: Exit, what: impl fmt::Display) -> Self {
        Self { exit, what: what.to_string(), hint: None }
    }

    /// Tried and failed.
    pub fn failed(what: impl fmt::Display) -> Self {
        Self::new(Exit::Failed, what)
    }

    /// What was typed cannot be meant.
    pub fn usage(what: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, what)
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        failure.exit.code().into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}
