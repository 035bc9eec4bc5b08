//! The command line, parsed.

use crate::deploy::{Deploy, Destroy};
use crate::failure::Failure;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Subcommand {
    Help,
    /// Build everything and serve it; the arguments go to `tickertape serve`.
    Run {
        serve_arguments: Vec<String>,
    },
    Dev,
    Test {
        scope: Scope,
    },
    Check,
    /// The arguments go to the benchmark program.
    Bench {
        arguments: Vec<String>,
    },
    /// Chaos over real sockets for so many minutes, and more schedules of the simulation.
    Soak {
        minutes: u32,
    },
    /// The AWS topology on this machine; the arguments go to `tickertape serve`.
    LambdaLocal {
        serve_arguments: Vec<String>,
    },
    /// To AWS.
    Deploy(Deploy),
    /// From AWS.
    Destroy(Destroy),
    /// Internal, started by `run`: opens the browser once something listens at `address`.
    OpenWhenReady {
        address: String,
    },
}

/// How much `test` runs.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Scope {
    /// Every test there is.
    All,
    /// Only what needs neither WebAssembly nor a browser.
    Quick,
}

/// Parses the words after `cargo xtask`.
pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Subcommand, Failure> {
    let words: Vec<String> = words.into_iter().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "--help" | "-h", ..] | [_, "--help" | "-h"] => Ok(Subcommand::Help),
        ["run", rest @ ..] => Ok(Subcommand::Run { serve_arguments: passed_on("run", rest)? }),
        ["dev"] => Ok(Subcommand::Dev),
        ["test"] => Ok(Subcommand::Test { scope: Scope::All }),
        ["test", "--quick"] => Ok(Subcommand::Test { scope: Scope::Quick }),
        ["check"] => Ok(Subcommand::Check),
        ["bench", rest @ ..] => Ok(Subcommand::Bench { arguments: passed_on("bench", rest)? }),
        ["soak"] => Ok(Subcommand::Soak { minutes: SOAK_MINUTES }),
        ["soak", minutes] => match minutes.parse() {
            Ok(minutes @ 1..) => Ok(Subcommand::Soak { minutes }),
            Ok(0) | Err(_) => Err(Failure::Usage { words: format!("soak {minutes}") }),
        },
        ["lambda-local", rest @ ..] => {
            Ok(Subcommand::LambdaLocal { serve_arguments: passed_on("lambda-local", rest)? })
        }
        ["deploy", rest @ ..] => Deploy::parse(rest).map(Subcommand::Deploy),
        ["destroy", rest @ ..] => Destroy::parse(rest).map(Subcommand::Destroy),
        ["open-when-ready", address] => Ok(Subcommand::OpenWhenReady { address: (*address).to_owned() }),
        other => Err(Failure::Usage { words: other.join(" ") }),
    }
}

/// How long `soak` takes unless told.
const SOAK_MINUTES: u32 = 10;

/// What follows `--`; anything before it would be silently lost, so it is refused.
fn passed_on(subcommand: &str, rest: &[&str]) -> Result<Vec<String>, Failure> {
    match rest {
        [] => Ok(Vec::new()),
        ["--", arguments @ ..] => Ok(arguments.iter().map(|word| (*word).to_owned()).collect()),
        other => Err(Failure::Usage { words: format!("{subcommand} {}", other.join(" ")) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Subcommand, Failure> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn no_words_and_every_spelling_of_help_print_the_help() {
        for line in ["", "help", "--help", "-h", "test --help"] {
            assert_eq!(parsed(line).unwrap(), Subcommand::Help, "{line:?}");
        }
    }

    #[test]
    fn what_follows_the_dashes_goes_to_the_server() {
        let serve_arguments = vec!["--listen".to_owned(), "127.0.0.1:0".to_owned()];
        assert_eq!(parsed("run -- --listen 127.0.0.1:0").unwrap(), Subcommand::Run { serve_arguments });
    }

    #[test]
    fn an_argument_for_the_server_without_the_dashes_is_refused_not_dropped() {
        assert!(matches!(parsed("run --listen 127.0.0.1:0"), Err(Failure::Usage { .. })));
    }

    #[test]
    fn quick_narrows_the_tests() {
        assert_eq!(parsed("test").unwrap(), Subcommand::Test { scope: Scope::All });
        assert_eq!(parsed("test --quick").unwrap(), Subcommand::Test { scope: Scope::Quick });
    }

    #[test]
    fn soak_takes_minutes_and_nothing_else() {
        assert_eq!(parsed("soak").unwrap(), Subcommand::Soak { minutes: 10 });
        assert_eq!(parsed("soak 3").unwrap(), Subcommand::Soak { minutes: 3 });
        for line in ["soak 0", "soak long", "soak 3 4"] {
            assert!(matches!(parsed(line), Err(Failure::Usage { .. })), "{line:?}");
        }
    }

    #[test]
    fn deploying_and_destroying_take_a_stage() {
        assert!(
            matches!(parsed("deploy --stage prod").unwrap(), Subcommand::Deploy(Deploy { place, .. }) if place.stage == "prod")
        );
        assert!(matches!(parsed("destroy").unwrap(), Subcommand::Destroy(Destroy { yes: false, .. })));
        assert!(matches!(parsed("deploy prod"), Err(Failure::Usage { words }) if words == "deploy prod"));
    }

    #[test]
    fn an_unknown_word_is_a_usage_failure_that_repeats_it() {
        let failure = parsed("tset").unwrap_err();
        assert!(failure.to_string().contains("tset"), "{failure}");
    }
}
