//! The program `tickertape`, built.

use crate::failure::Failure;
use crate::page;
use crate::project::Project;
use crate::step;
use crate::tools::{PageTools, program};
use std::path::PathBuf;

/// How it is built.
#[derive(Clone, Copy)]
pub enum Profile {
    /// As people install it.
    Release,
    /// As quickly as possible.
    Dev,
}

/// Builds the page, then the program with the page inside; says where the program is.
pub fn build(project: &Project, profile: Profile) -> Result<PathBuf, Failure> {
    page::build(project, &PageTools::set_up(project)?)?;
    compile(project, profile, &["--features", "site"])
}

/// Builds the program alone, for whoever serves the page from elsewhere.
pub fn build_without_page(project: &Project) -> Result<PathBuf, Failure> {
    compile(project, Profile::Dev, &[])
}

fn compile(project: &Project, profile: Profile, features: &[&str]) -> Result<PathBuf, Failure> {
    let (name, folder) = match profile {
        Profile::Release => ("release", "release"),
        Profile::Dev => ("dev", "debug"),
    };
    let mut build = project.cargo(["build", "--package", "tickertape", "--profile", name]);
    step::run(project, &format!("tickertape ({name})"), build.args(features))?;
    Ok(project.target.join(folder).join(program("tickertape")))
}
