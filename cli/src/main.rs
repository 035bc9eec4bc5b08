//! Parses the command line, runs the command, and ends with an exit code. Everything else is in the library.

use std::process::ExitCode;

use clap::Parser;
use tickertape::cli::Cli;
use tickertape::{command, term};

fn main() -> ExitCode {
    match command::run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cli_error) => {
            term::say_error(&cli_error);
            cli_error.into()
        }
    }
}
