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

/// A package with programs of which exactly one version is needed.
pub struct CargoTool {
    pub package: &'static str,
    pub version: String,
    /// Programs that the package installs. All of them must be found, in the same folder.
    pub programs: &'static [&'static str],
    /// A folder of the project with a lock file and a package that builds the programs of `package`. If it is `None`, the lock
    /// file with which the package was published is used.
    pub folder: Option<&'static str>,
    /// The features to build, as command-line arguments for Cargo.
    pub features: &'static [&'static str],
    /// True to build with optimisation, for a tool that computes much.
    pub optimised: bool,
}

impl CargoTool {
    /// Finds or installs the tool, and returns the folder of its programs.
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

    /// Builds the tool with the versions of dependencies in its lock file, whose checksums Cargo verifies. If that is not
    /// possible, the build fails.
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
