//! Tools that Cargo builds from source.

use super::{find, program};
use crate::failure::Failure;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A package whose programs are needed in exactly one version.
pub struct CargoTool {
    pub package: &'static str,
    pub version: String,
    /// What it installs; all of them must be there, side by side.
    pub programs: &'static [&'static str],
    /// Which features to build, as arguments for Cargo.
    pub features: &'static [&'static str],
    /// Whether it works hard enough that a slower build pays.
    pub optimised: bool,
}

impl CargoTool {
    /// The folder of the tool's programs; they are there when this returns.
    pub fn set_up(&self, project: &Project) -> Result<PathBuf, Failure> {
        let title = format!("{} {}", self.package, self.version);
        if let Some(folder) = self.found_on_path().or_else(|| self.found_in_cache(project)) {
            terminal::done(&title, "is there");
            return Ok(folder);
        }
        terminal::note(&format!("{title} is built from source: some minutes, once per user"));
        self.install(project, &title)?;
        self.found_in_cache(project).ok_or_else(|| Failure::Missing {
            what: title,
            install: format!("cargo install {} --version {} --locked", self.package, self.version),
        })
    }

    fn found_on_path(&self) -> Option<PathBuf> {
        let first = find::on_path(self.programs.first()?)?;
        let folder = first.parent()?.to_owned();
        let complete = self.programs.iter().all(|name| folder.join(program(name)).is_file());
        (complete && find::version_of(&first)? == self.version).then_some(folder)
    }

    fn found_in_cache(&self, project: &Project) -> Option<PathBuf> {
        let folder = self.home(project).join("bin");
        self.programs.iter().all(|name| folder.join(program(name)).is_file()).then_some(folder)
    }

    /// With the versions its authors tested; failing that, once more with whatever resolves, because a
    /// registry's mirror may lack the newest of them. What was compiled is kept until it succeeds.
    fn install(&self, project: &Project, title: &str) -> Result<(), Failure> {
        let locked =
            step::observe(project, &format!("install {title}"), self.command(project).arg("--locked"))?;
        if !locked.status.success() {
            terminal::note(&format!("{title} did not build as locked; trying its newest dependencies"));
            step::run(project, &format!("install {title} unlocked"), &mut self.command(project))?;
        }
        // A leftover costs disk, nothing else.
        fs::remove_dir_all(self.scratch(project)).unwrap_or_default();
        Ok(())
    }

    fn command(&self, project: &Project) -> Command {
        let mut command = project.cargo(["install", self.package, "--version", &self.version, "--debug"]);
        command.args(self.features);
        command.arg("--root").arg(self.home(project)).arg("--target-dir").arg(self.scratch(project));
        command.env("CARGO_PROFILE_DEV_DEBUG", "0");
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", if self.optimised { "1" } else { "0" });
        command
    }

    fn home(&self, project: &Project) -> PathBuf {
        project.tools.join(format!("{}-{}", self.package, self.version))
    }

    fn scratch(&self, project: &Project) -> PathBuf {
        project.tools.join("build").join(format!("{}-{}", self.package, self.version))
    }
}
