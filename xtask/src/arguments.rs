//! Parses the command line of `cargo xtask`.

use crate::deploy::{Deploy, Destroy};
use crate::error::TaskError;
use std::path::PathBuf;

/// A subcommand of `cargo xtask`, with its arguments.
#[derive(Debug, PartialEq, Eq)]
pub enum Subcommand {
    Help,
    /// Builds the page and the program, and runs the server. The arguments are passed to `tickertape serve`.
    Run {
        serve_arguments: Vec<String>,
    },
    Dev,
    Test {
        scope: Scope,
    },
    /// Runs all checks that do not run the code. `advisories` is a folder with a RustSec database of security
    /// advisories.
    Check {
        scope: Scope,
        advisories: Option<PathBuf>,
    },
    /// Fuzzes the parser that `target` names, or all parsers if it is `None`.
    Fuzz {
        target: Option<String>,
    },
    /// Writes the diagram of the crates' dependencies in ARCHITECTURE.md again.
    Picture,
    /// Takes screenshots of the board for people.
    Screenshots,
    /// Runs benchmarks. The first argument is the name of one, and all arguments are passed to the benchmark program.
    Bench {
        arguments: Vec<String>,
    },
    /// Runs the test with many viewers and injected faults (`cli/tests/storm`) for `minutes` minutes, then the test
    /// that kills the store, and then random schedules of the simulation.
    Soak {
        minutes: u32,
    },
    /// Records conversations and a store file of this version, with which later versions are tested.
    Record,
    /// Starts the AWS topology (functions, DynamoDB Local, gateway) on this machine. The arguments are passed to
    /// `tickertape emulate`.
    LambdaLocal {
        emulate_arguments: Vec<String>,
    },
    /// Creates or updates a deployment on AWS.
    Deploy(Deploy),
    /// Deletes a deployment on AWS.
    Destroy(Destroy),
    /// Opens the browser at `url` as soon as a server listens at `address`. Users do not type this subcommand: `run` starts
    /// it in a process of its own.
    OpenWhenReady {
        address: String,
        url: String,
    },
}

/// Selects which tests the subcommand `test` runs, or which checks the subcommand `check` runs.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Scope {
    /// Runs all tests or checks.
    All,
    /// Runs only tests that need neither WebAssembly nor a browser nor Java, or only checks that do not compile the
    /// workspace.
    Quick,
}

/// Parses the words after `cargo xtask` on the command line.
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
        ["check", rest @ ..] => checks(rest),
        ["fuzz"] => Ok(Subcommand::Fuzz { target: None }),
        ["fuzz", target] if !target.starts_with('-') => {
            Ok(Subcommand::Fuzz { target: Some((*target).to_owned()) })
        }
        ["picture"] => Ok(Subcommand::Picture),
        ["screenshots"] => Ok(Subcommand::Screenshots),
        ["bench", rest @ ..] => Ok(Subcommand::Bench { arguments: passed_on("bench", rest)? }),
        ["record"] => Ok(Subcommand::Record),
        ["soak"] => Ok(Subcommand::Soak { minutes: SOAK_MINUTES }),
        ["soak", minutes] => match minutes.parse() {
            Ok(minutes @ 1..) => Ok(Subcommand::Soak { minutes }),
            Ok(0) | Err(_) => Err(TaskError::Usage { words: format!("soak {minutes}") }),
        },
        ["lambda-local", rest @ ..] => {
            Ok(Subcommand::LambdaLocal { emulate_arguments: passed_on("lambda-local", rest)? })
        }
        ["deploy", rest @ ..] => Deploy::parse(rest).map(Subcommand::Deploy),
        ["destroy", rest @ ..] => Destroy::parse(rest).map(Subcommand::Destroy),
        ["open-when-ready", address, url] => {
            Ok(Subcommand::OpenWhenReady { address: (*address).to_owned(), url: (*url).to_owned() })
        }
        other => Err(TaskError::Usage { words: other.join(" ") }),
    }
}

/// Parses the flags of `check`: `--quick` and `--advisories=DIR`, in any order.
fn checks(flags: &[&str]) -> Result<Subcommand, TaskError> {
    let (mut scope, mut advisories) = (Scope::All, None);
    for flag in flags {
        match (*flag, flag.strip_prefix("--advisories=")) {
            ("--quick", _) => scope = Scope::Quick,
            (_, Some(folder)) if !folder.is_empty() => advisories = Some(PathBuf::from(folder)),
            ("--advisories", _) | (_, Some(_)) => {
                let expected = "the folder of a database: --advisories=DIR".to_owned();
                return Err(TaskError::InvalidOption { option: "--advisories".to_owned(), expected });
            }
            _ => return Err(TaskError::Usage { words: format!("check {}", flags.join(" ")) }),
        }
    }
    Ok(Subcommand::Check { scope, advisories })
}

/// Duration of the storm test in `soak`, in minutes, if the command line does not contain it.
const SOAK_MINUTES: u32 = 10;

/// Returns the arguments after `--`, which are passed to another program. An argument before `--` is an error, because
/// it would have no effect.
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
        let checks =
            |scope, folder: Option<&str>| Subcommand::Check { scope, advisories: folder.map(PathBuf::from) };
        assert_eq!(parsed("check").unwrap(), checks(Scope::All, None));
        assert_eq!(parsed("check --quick").unwrap(), checks(Scope::Quick, None));
        assert_eq!(parsed("check --advisories=db --quick").unwrap(), checks(Scope::Quick, Some("db")));
        assert!(matches!(parsed("check --advisories"), Err(TaskError::InvalidOption { .. })));
        assert!(matches!(parsed("check --fast"), Err(TaskError::Usage { .. })));
    }

    #[test]
    fn fuzz_takes_one_parser_or_all() {
        assert_eq!(parsed("fuzz").unwrap(), Subcommand::Fuzz { target: None });
        assert_eq!(parsed("fuzz body").unwrap(), Subcommand::Fuzz { target: Some("body".to_owned()) });
        assert!(matches!(parsed("fuzz body frame"), Err(TaskError::Usage { .. })));
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
