//! What people and CI run: `cargo xtask run | dev | test | check | bench | soak | lambda-local | deploy | destroy`.
//!
//! Each subcommand has a file. [`tools`] knows what they need, finds it, and installs what is missing;
//! [`step`] shows what is going on. Nothing here is shipped, and no other crate depends on it.

mod arguments;
mod bench;
mod check;
mod deploy;
mod dev;
mod failure;
mod help;
mod lambda_local;
mod page;
mod product;
mod project;
mod run;
mod soak;
mod stamp;
mod step;
mod tally;
mod terminal;
mod test;
mod tools;

use arguments::Subcommand;
use failure::Failure;
use project::Project;
use std::process::ExitCode;

fn main() -> ExitCode {
    match arguments::parse(std::env::args().skip(1)).and_then(perform) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::error(&failure.to_string());
            ExitCode::from(failure.exit_code())
        }
    }
}

fn perform(subcommand: Subcommand) -> Result<(), Failure> {
    match subcommand {
        Subcommand::Help => help::print(),
        Subcommand::Run { serve_arguments } => run::run(&Project::locate()?, &serve_arguments)?,
        Subcommand::Dev => dev::dev(&Project::locate()?)?,
        Subcommand::Test { scope } => test::test(&Project::locate()?, scope)?,
        Subcommand::Check => check::check(&Project::locate()?)?,
        Subcommand::Bench { arguments } => bench::bench(&Project::locate()?, &arguments)?,
        Subcommand::Soak { minutes } => soak::soak(&Project::locate()?, minutes)?,
        Subcommand::LambdaLocal { serve_arguments } => {
            lambda_local::lambda_local(&Project::locate()?, &serve_arguments)?;
        }
        Subcommand::Deploy(options) => deploy::deploy(&Project::locate()?, &options)?,
        Subcommand::Destroy(options) => deploy::destroy(&Project::locate()?, &options)?,
        Subcommand::OpenWhenReady { address } => run::open_when_ready(&address),
    }
    Ok(())
}
