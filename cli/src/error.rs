//! The error type of all commands. An error has an exit code for programs and a message for people.

use std::fmt;
use std::process::ExitCode;

/// The exit code of a command that failed. The code of success is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Code 1: the command failed for a reason without a code of its own.
    Failed,
    /// Code 2: the command line is not valid. Errors of clap have this code as well.
    Usage,
    /// Code 3: the server refused the request, because a token is missing or does not permit it.
    Refused,
    /// Code 4: the server could not be reached.
    Unreachable,
}

impl Exit {
    /// Returns the number that the shell receives.
    pub fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Unreachable => 4,
        }
    }
}

/// The list of exit codes at the end of the help of a command.
pub const HELP: &str = "\
Exit codes:
  0  success
  2  the command line is not valid
  3  the server refused the request, for example because --token is missing or does not permit it
  4  the server could not be reached
  1  an error that is not listed above";

/// The list of exit codes at the end of the help of `pipe`, which waits for the server once it has been connected.
pub const HELP_OF_PIPE: &str = "\
Exit codes:
  0  success
  2  the command line is not valid
  3  the server refused the request, for example because --token is missing or does not permit it
  4  the server could not be reached when the command started; later, the command waits for it
  1  some lines could not be published, or an error that is not listed above";

/// An error of a command, with the exit code and a hint about what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    /// The exit code.
    pub exit: Exit,
    /// Description of the problem.
    pub what: String,
    /// Description of what the user can type or change next; `None` if nothing is known to help.
    pub hint: Option<String>,
}

impl CliError {
    /// Creates an error without a hint.
    pub fn new(exit: Exit, what: impl fmt::Display) -> Self {
        Self { exit, what: what.to_string(), hint: None }
    }

    /// Creates an error with [`Exit::Failed`].
    pub fn failed(what: impl fmt::Display) -> Self {
        Self::new(Exit::Failed, what)
    }

    /// Creates an error with [`Exit::Usage`].
    pub fn usage(what: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, what)
    }

    /// Adds a hint that says what to type or change next.
    #[must_use]
    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }
}

impl From<CliError> for ExitCode {
    fn from(cli_error: CliError) -> Self {
        cli_error.exit.code().into()
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CliError {}
