//! Builds the program `tickertape`.

use crate::error::TaskError;
use crate::page;
use crate::project::Project;
use crate::step;
use crate::tools::{PageTools, program};
use std::path::PathBuf;
use std::process::Command;

/// The Cargo profile of a build.
#[derive(Clone, Copy)]
pub enum Profile {
    /// The profile of a release, with optimisation.
    Release,
    /// The profile for development and tests, without optimisation, so that compiling is fast.
    Dev,
}

impl Profile {
    /// Returns the command that builds programs of the workspace with this profile. The caller adds the names of the
    /// programs.
    ///
    /// For development and tests, the command builds for the whole workspace. Cargo then compiles each dependency once,
    /// with the features that all crates need together, and tests and programs share the result. For a release, the
    /// command builds only for `package`, so that the programs have no feature that only a test needs.
    pub fn build(self, project: &Project, package: &str) -> Command {
        match self {
            Self::Release => project.cargo(["build", "--package", package]),
            Self::Dev => project.cargo(["build", "--workspace"]),
        }
    }
}

/// Builds the web page, then the program `tickertape`. Returns the path of the program. A release contains the page. Tests tell
/// the program the folder of the page, so that all of them run the same program and it is compiled once.
pub fn build(project: &Project, profile: Profile) -> Result<PathBuf, TaskError> {
    page::build(project, &PageTools::set_up(project)?)?;
    match profile {
        Profile::Release => compile(project, profile, &["--features", "tickertape/site"]),
        Profile::Dev => compile(project, profile, &[]),
    }
}

/// Builds the program `tickertape` without the web page in it, for a caller that serves the page in another way or not at all.
/// Returns the path of the program.
pub fn build_without_page(project: &Project, profile: Profile) -> Result<PathBuf, TaskError> {
    compile(project, profile, &[])
}

fn compile(project: &Project, profile: Profile, features: &[&str]) -> Result<PathBuf, TaskError> {
    let (name, folder) = match profile {
        Profile::Release => ("release", "release"),
        Profile::Dev => ("dev", "debug"),
    };
    let mut build = profile.build(project, "tickertape");
    build.args(["--bin", "tickertape", "--profile", name]).args(features);
    step::run(project, &format!("tickertape ({name})"), &mut build)?;
    Ok(project.target.join(folder).join(program("tickertape")))
}
