//! Installs tools that Cargo builds from source.

use super::find;
use super::find::program;
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A tool that is installed from a package on crates.io, in exactly one version.
pub struct CargoTool {
    pub package: &'static str,
    pub version: String,
    /// Names of the programs that the package installs. All of them must be found in the same folder.
    pub programs: &'static [&'static str],
    /// A folder of the project with a small package and a lock file, from which the programs are built. If it is
    /// `None`, the package is built with the lock file with which it was published.
    pub folder: Option<&'static str>,
    /// Cargo's command-line arguments that select the features to build.
    pub features: &'static [&'static str],
    /// True to build the tool with optimisation, because it computes much.
    pub optimised: bool,
}

impl CargoTool {
    /// Finds the tool on the `PATH` or among the installed tools, or installs it. Returns the folder of its programs.
    pub fn set_up(&self, project: &Project) -> Result<PathBuf, TaskError> {
        let title = format!("{} {}", self.package, self.version);
        if let Some(folder) = self.found_on_path().or_else(|| self.found_in_cache(project)) {
            terminal::done(&title, "found");
            return Ok(folder);
        }
        terminal::note(&format!("building {title} from source takes some minutes, once per user"));
        self.install(project, &title)?;
        self.found_in_cache(project).ok_or_else(|| TaskError::MissingProgram {
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

    /// Builds and installs the tool with the versions of dependencies in its lock file. Cargo verifies their checksums,
    /// and fails if other versions would be needed.
    fn install(&self, project: &Project, title: &str) -> Result<(), TaskError> {
        self.require_folder_of_this_version(project)?;
        step::run(project, &format!("install {title}"), &mut self.command(project))?;
        // An error is ignored, because it only costs disk space.
        fs::remove_dir_all(self.scratch(project)).unwrap_or_default();
        Ok(())
    }

    fn require_folder_of_this_version(&self, project: &Project) -> Result<(), TaskError> {
        let Some(folder) = self.folder else { return Ok(()) };
        let manifest = project.root.join(folder).join("Cargo.toml");
        let text = fs::read_to_string(&manifest)
            .map_err(TaskError::while_doing(format!("reading {}", manifest.display())))?;
        let wanted = format!("{} = \"={}\"", self.package, self.version);
        if text.lines().any(|line| line == wanted) {
            return Ok(());
        }
        let reason =
            format!("it should have the line `{wanted}`; change it, and run `cargo update` in its folder");
        Err(TaskError::UnexpectedOutput { what: manifest.display().to_string(), reason })
    }

    fn command(&self, project: &Project) -> Command {
        let mut command = project.cargo(["install", "--debug", "--locked"]);
        match self.folder {
            Some(folder) => command.arg("--path").arg(project.root.join(folder)),
            None => command.args([self.package, "--version", &self.version]),
        };
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
