//! Parses the command line of `cargo xtask`.

use crate::deploy::{Deploy, Destroy};
use crate::error::TaskError;

/// A subcommand with its arguments.
#[derive(Debug, PartialEq, Eq)]
pub enum Subcommand {
    Help,
    /// Builds the page and the program and runs the server. The arguments are passed to `tickertape serve`.
    Run {
        serve_arguments: Vec<String>,
    },
    Dev,
    Test {
        scope: Scope,
    },
    Check {
        scope: Scope,
    },
    /// Draws the picture of the crates in ARCHITECTURE.md again.
    Picture,
    /// Runs benchmarks. The arguments are passed to the benchmark program.
    Bench {
        arguments: Vec<String>,
    },
    /// Runs the storm test with injected faults for `minutes` minutes, then additional schedules of the simulation.
    Soak {
        minutes: u32,
    },
    /// Records this version's conversations and store, for the tests of later versions.
    Record,
    /// Starts the AWS topology on this machine. The arguments are passed to `tickertape serve`.
    LambdaLocal {
        serve_arguments: Vec<String>,
    },
    /// Deploys to AWS.
    Deploy(Deploy),
    /// Deletes a deployment on AWS.
    Destroy(Destroy),
    /// Opens the browser as soon as a server listens at `address`. Only `run` starts this subcommand, in a process of its own.
    OpenWhenReady {
        address: String,
    },
}

/// Selection of the tests that `test` runs, or of the checks that `check` runs.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Scope {
    /// All tests or checks.
    All,
    /// Only the tests that need neither WebAssembly, nor a browser, nor Java, or only the checks that do not compile the
    /// workspace.
    Quick,
}

/// Parses the words after `cargo xtask`.
///
/// # Errors
///
/// [`TaskError::Usage`] for an unknown subcommand or argument, [`TaskError::InvalidOption`] for the value of an option.
pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Subcommand, TaskError> {
    let words: Vec<String> = words.into_iter().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "--help" | "-h", ..] | [_, "--help" | "-h"] => Ok(Subcommand::Help),
        ["run", rest @ ..] => Ok(Subcommand::Run { serve_arguments: passed_on("run", rest)? }),
        ["dev"] => Ok(Subcommand::Dev),
        ["test"] => Ok(Subcommand::Test { scope: Scope::All }),
        ["test", "--quick"] => Ok(Subcommand::Test { scope: Scope::Quick }),
        ["check"] => Ok(Subcommand::Check { scope: Scope::All }),
        ["check", "--quick"] => Ok(Subcommand::Check { scope: Scope::Quick }),
        ["picture"] => Ok(Subcommand::Picture),
        ["bench", rest @ ..] => Ok(Subcommand::Bench { arguments: passed_on("bench", rest)? }),
        ["record"] => Ok(Subcommand::Record),
        ["soak"] => Ok(Subcommand::Soak { minutes: SOAK_MINUTES }),
        ["soak", minutes] => match minutes.parse() {
            Ok(minutes @ 1..) => Ok(Subcommand::Soak { minutes }),
            Ok(0) | Err(_) => Err(TaskError::Usage { words: format!("soak {minutes}") }),
        },
        ["lambda-local", rest @ ..] => {
            Ok(Subcommand::LambdaLocal { serve_arguments: passed_on("lambda-local", rest)? })
        }
        ["deploy", rest @ ..] => Deploy::parse(rest).map(Subcommand::Deploy),
        ["destroy", rest @ ..] => Destroy::parse(rest).map(Subcommand::Destroy),
        ["open-when-ready", address] => Ok(Subcommand::OpenWhenReady { address: (*address).to_owned() }),
        other => Err(TaskError::Usage { words: other.join(" ") }),
    }
}

/// Duration of `soak` in minutes, if the argument is absent.
const SOAK_MINUTES: u32 = 10;

/// Returns the arguments after `--`. An argument before it is an error, since it would be ignored.
fn passed_on(subcommand: &str, rest: &[&str]) -> Result<Vec<String>, TaskError> {
    match rest {
        [] => Ok(Vec::new()),
        ["--", arguments @ ..] => Ok(arguments.iter().map(|word| (*word).to_owned()).collect()),
        other => Err(TaskError::Usage { words: format!("{subcommand} {}", other.join(" ")) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Subcommand, TaskError> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn no_words_and_every_spelling_of_help_print_the_help() {
        for line in ["", "help", "--help", "-h", "test --help"] {
            assert_eq!(parsed(line).unwrap(), Subcommand::Help, "{line:?}");
        }
    }

    #[test]
    fn arguments_after_the_dashes_are_passed_to_the_server() {
        let serve_arguments = vec!["--listen".to_owned(), "127.0.0.1:0".to_owned()];
        assert_eq!(parsed("run -- --listen 127.0.0.1:0").unwrap(), Subcommand::Run { serve_arguments });
    }

    #[test]
    fn an_argument_for_the_server_without_the_dashes_is_an_error() {
        assert!(matches!(parsed("run --listen 127.0.0.1:0"), Err(TaskError::Usage { .. })));
    }

    #[test]
    fn quick_leaves_out_slow_tests_and_checks() {
        assert_eq!(parsed("test").unwrap(), Subcommand::Test { scope: Scope::All });
        assert_eq!(parsed("test --quick").unwrap(), Subcommand::Test { scope: Scope::Quick });
        assert_eq!(parsed("check").unwrap(), Subcommand::Check { scope: Scope::All });
        assert_eq!(parsed("check --quick").unwrap(), Subcommand::Check { scope: Scope::Quick });
    }

    #[test]
    fn soak_takes_minutes_and_nothing_else() {
        assert_eq!(parsed("soak").unwrap(), Subcommand::Soak { minutes: 10 });
        assert_eq!(parsed("soak 3").unwrap(), Subcommand::Soak { minutes: 3 });
        for line in ["soak 0", "soak long", "soak 3 4"] {
            assert!(matches!(parsed(line), Err(TaskError::Usage { .. })), "{line:?}");
        }
    }

    #[test]
    fn deploying_and_destroying_take_a_stage() {
        assert!(
            matches!(parsed("deploy --stage prod").unwrap(), Subcommand::Deploy(Deploy { place, .. }) if place.stage == "prod")
        );
        assert!(matches!(parsed("destroy").unwrap(), Subcommand::Destroy(Destroy { yes: false, .. })));
        assert!(matches!(parsed("deploy prod"), Err(TaskError::Usage { words }) if words == "deploy prod"));
    }

    #[test]
    fn the_error_for_an_unknown_subcommand_repeats_it() {
        let failure = parsed("tset").unwrap_err();
        assert!(failure.to_string().contains("tset"), "{failure}");
    }
}
