//! Builds the program `tickertape`.

use crate::error::TaskError;
use crate::page;
use crate::project::Project;
use crate::step;
use crate::tools::{PageTools, program};
use std::path::PathBuf;

/// The Cargo profile of a build.
#[derive(Clone, Copy)]
pub enum Profile {
    /// Optimised, as people install it.
    Release,
    /// Compiled as quickly as possible.
    Dev,
}

/// Builds the page, then the program with the page embedded. Returns the path of the program.
pub fn build(project: &Project, profile: Profile) -> Result<PathBuf, TaskError> {
    page::build(project, &PageTools::set_up(project)?)?;
    compile(project, profile, &["--features", "site"])
}

/// Builds the program without the page, for a caller that serves the page in another way. Returns the path of the program.
pub fn build_without_page(project: &Project) -> Result<PathBuf, TaskError> {
    compile(project, Profile::Dev, &[])
}

fn compile(project: &Project, profile: Profile, features: &[&str]) -> Result<PathBuf, TaskError> {
    let (name, folder) = match profile {
        Profile::Release => ("release", "release"),
        Profile::Dev => ("dev", "debug"),
    };
    let mut build = project.cargo(["build", "--package", "tickertape", "--profile", name]);
    step::run(project, &format!("tickertape ({name})"), build.args(features))?;
    Ok(project.target.join(folder).join(program("tickertape")))
}
