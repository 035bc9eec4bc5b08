//! The command `cargo xtask`. People and CI use it to build, check, test, run and deploy the project.
//!
//! Each subcommand has a file of its own. The module [`tools`] finds or installs the programs that the subcommands
//! need. The module [`step`] runs a program and shows its progress. No other crate depends on this one, and it is not
//! part of any release.

mod arguments;
mod bench;
mod check;
mod deploy;
mod dev;
mod error;
mod function_names;
mod fuzz;
mod glue;
mod help;
mod lambda_local;
mod page;
mod parts;
mod product;
mod project;
mod record;
mod run;
mod screenshots;
mod script;
mod soak;
mod stamp;
mod step;
mod styles;
mod tally;
mod terminal;
mod test;
mod tools;
mod wasm_opt;

use arguments::Subcommand;
use error::TaskError;
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

fn perform(subcommand: Subcommand) -> Result<(), TaskError> {
    match subcommand {
        Subcommand::Help => help::print(),
        Subcommand::Run { serve_arguments } => run::run(&Project::locate()?, &serve_arguments)?,
        Subcommand::Dev => dev::dev(&Project::locate()?)?,
        Subcommand::Test { scope } => test::test(&Project::locate()?, scope)?,
        Subcommand::Check { scope, advisories } => {
            check::check(&Project::locate()?, scope, advisories.as_deref())?;
        }
        Subcommand::Fuzz { target } => fuzz::fuzz(&Project::locate()?, target.as_deref())?,
        Subcommand::Picture => check::draw_picture(&Project::locate()?)?,
        Subcommand::Bench { arguments } => bench::bench(&Project::locate()?, &arguments)?,
        Subcommand::Screenshots => screenshots::take(&Project::locate()?)?,
        Subcommand::Record => record::record(&Project::locate()?)?,
        Subcommand::Soak { minutes } => soak::soak(&Project::locate()?, minutes)?,
        Subcommand::LambdaLocal { emulate_arguments } => {
            lambda_local::lambda_local(&Project::locate()?, &emulate_arguments)?;
        }
        Subcommand::Deploy(options) => deploy::deploy(&Project::locate()?, &options)?,
        Subcommand::Destroy(options) => deploy::destroy(&Project::locate()?, &options)?,
        Subcommand::OpenWhenReady { address, url } => run::open_when_ready(&address, &url),
    }
    Ok(())
}
